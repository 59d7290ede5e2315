"""Schedule expressions and the runs they call for."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.scheduler.expressions import next_run, parse, zone_of

SINCE = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)


def runs(expression: str, after: str, count: int, zone: str = "UTC") -> list[str]:
    """The next runs, as the zone's clocks show them."""
    where = zone_of(zone)
    read = parse(expression, where)
    moment = datetime.fromisoformat(after).replace(tzinfo=where).astimezone(UTC)
    found: list[str] = []
    while len(found) < count:
        following = next_run(read, moment, where, since=SINCE)
        if following is None:
            break
        assert following > moment
        moment = following.astimezone(UTC)
        found.append(moment.astimezone(where).strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("cron(0 3 * * ? *)", "2026-02-28T03:00", ["2026-03-01 03:00", "2026-03-02 03:00"]),
        ("cron(0/20 23 31 12 ? *)", "2026-12-31T23:21", ["2026-12-31 23:40", "2027-12-31 23:00"]),
        ("cron(15,45 8-9 ? * MON-FRI *)", "2026-11-20T09:45", ["2026-11-23 08:15"]),
        ("cron(0 0 L * ? *)", "2028-01-31T12:00", ["2028-02-29 00:00", "2028-03-31 00:00"]),
        ("cron(0 9 1W * ? *)", "2026-07-31T00:00", ["2026-08-03 09:00", "2026-09-01 09:00"]),
        ("cron(0 9 15W * ? *)", "2026-11-01T00:00", ["2026-11-16 09:00", "2026-12-15 09:00"]),
        ("cron(0 9 31W * ? *)", "2026-04-01T00:00", ["2026-05-29 09:00", "2026-07-31 09:00"]),
        ("cron(0 9 ? * 6L *)", "2026-11-01T00:00", ["2026-11-27 09:00", "2026-12-25 09:00"]),
        ("cron(0 9 ? * L *)", "2026-11-22T10:00", ["2026-11-28 09:00"]),
        ("cron(0 9 ? * FRI#5 *)", "2026-11-01T00:00", ["2027-01-29 09:00", "2027-04-30 09:00"]),
        ("cron(0 9 ? * 2#1 *)", "2026-11-03T00:00", ["2026-12-07 09:00"]),
        ("cron(0 0 29 2 ? *)", "2026-01-01T00:00", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("cron(0 0 29 FEB ? 2026-2027)", "2026-01-01T00:00", []),
        ("cron(0 0 1 1 ? 2027)", "2026-01-01T00:00", ["2027-01-01 00:00"]),
        ("cron(0 0 1 */6 ? *)", "2026-01-01T00:00", ["2026-07-01 00:00", "2027-01-01 00:00"]),
        ("rate(10 minutes)", "2025-12-31T00:00", ["2026-01-01 00:00", "2026-01-01 00:10"]),
        ("rate(1 hour)", "2026-01-01T05:00", ["2026-01-01 05:00", "2026-01-01 06:00"]),
        ("rate(2 days)", "2026-01-02T00:00", ["2026-01-03 00:00", "2026-01-05 00:00"]),
        ("at(2026-11-22T14:05:06)", "2026-11-22T14:05", ["2026-11-22 14:05"]),
        ("at(2026-11-22T14:05:06)", "2026-11-22T14:06", []),
    ],
)
def test_the_runs_that_an_expression_calls_for(
    expression: str, after: str, expected: list[str]
) -> None:
    assert runs(expression, after, max(len(expected), 1))[: len(expected) or 1] == expected


def test_a_time_that_the_clocks_skip_does_not_come() -> None:
    assert runs("cron(30 2 * * ? *)", "2026-03-28T00:00", 3, "Europe/Berlin") == [
        "2026-03-28 02:30",
        "2026-03-30 02:30",
        "2026-03-31 02:30",
    ]
    assert runs("at(2026-03-29T02:30:00)", "2026-03-01T00:00", 1, "Europe/Berlin") == []


def test_a_time_that_the_clocks_show_twice_comes_once() -> None:
    assert runs("cron(30 2 * * ? *)", "2026-10-24T12:00", 2, "Europe/Berlin") == [
        "2026-10-25 02:30",
        "2026-10-26 02:30",
    ]


def test_a_rate_keeps_its_rhythm_whatever_the_clocks_do() -> None:
    zone = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 23, 0, 30, tzinfo=UTC)
    read = parse("rate(1 day)", zone)

    assert next_run(read, before, zone, since=SINCE) == datetime(2026, 3, 29, 0, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    [
        "0 3 * * *",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
        "cron(0 3 ? * ? *)",
        "cron(60 3 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 3 0 * ? *)",
        "cron(0 3 * 13 ? *)",
        "cron(0 3 ? * 0 *)",
        "cron(0 3 ? * MON#6 *)",
        "cron(0 3 32W * ? *)",
        "cron(0 3 * * ? 1969)",
        "cron(30-10 3 * * ? *)",
        "cron(*/0 3 * * ? *)",
        "cron(*-3 3 * * ? *)",
        "cron(0, 3 * * ? *)",
        "rate(0 minutes)",
        "rate(10)",
        "rate(10 seconds)",
        "rate(-1 hours)",
        "rate(99999999999999999999 days)",
        "at(2026-11-22)",
        "at(2026-13-22T00:00:00)",
        "at(2026-11-22T00:00:00Z)",
        "",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(AwsError) as refusal:
        parse(expression, ZoneInfo("UTC"))

    assert (refusal.value.code, refusal.value.message) == (
        "ValidationException",
        f"Invalid Schedule Expression {expression}.",
    )


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", ""])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(AwsError):
        zone_of(name)
