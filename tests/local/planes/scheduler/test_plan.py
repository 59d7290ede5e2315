"""What is done about a schedule, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from herogate.local.planes.scheduler.plan import Turn, begun, turn
from herogate.local.planes.scheduler.records import Schedule


def at(time: str) -> float:
    return datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()


CREATED = at("2026-11-22T10:00:30")


def schedule(expression: str, **settings: Any) -> Schedule:
    return Schedule(
        region="eu-west-1",
        group="default",
        name="nightly",
        account_id="123456789012",
        settings={"ScheduleExpression": expression, "Target": {}, **settings},
        created_at=CREATED,
        changed_at=CREATED,
    )


@pytest.mark.parametrize(
    ("expression", "settings", "expected"),
    [
        ("rate(10 minutes)", {}, "2026-11-22T10:00:30"),
        ("rate(10 minutes)", {"StartDate": at("2026-11-22T12:00")}, "2026-11-22T12:00:00"),
        ("rate(10 minutes)", {"StartDate": at("2026-11-22T09:55")}, "2026-11-22T10:05:00"),
        ("rate(10 minutes)", {"State": "DISABLED"}, None),
        ("cron(0 11 * * ? *)", {}, "2026-11-22T11:00:00"),
        ("cron(0 11 * * ? *)", {"StartDate": at("2026-11-23T11:00")}, "2026-11-23T11:00:00"),
        ("cron(0 11 * * ? *)", {"EndDate": at("2026-11-22T10:30")}, None),
        ("cron(0 11 * * ? *)", {"ScheduleExpressionTimezone": "Asia/Tokyo"}, "2026-11-23T02:00:00"),
        ("at(2026-11-22T10:00:00)", {}, "2026-11-22T10:00:00"),
        ("at(2026-11-22T09:00:00)", {}, None),
    ],
)
def test_the_first_run_of_a_schedule(
    expression: str, settings: dict[str, Any], expected: str | None
) -> None:
    assert begun(schedule(expression, **settings)).due_at == (expected and at(expected))


def test_a_changed_schedule_keeps_its_rhythm() -> None:
    changed = replace(schedule("rate(10 minutes)"), changed_at=at("2026-11-22T10:04"))

    assert begun(changed).due_at == at("2026-11-22T10:10:30")


@pytest.mark.parametrize(
    ("expression", "due", "now", "settings", "run_for", "following"),
    [
        ("rate(1 hour)", "11:00:30", "11:00:31", {}, "11:00:30", "12:00:30"),
        ("rate(1 hour)", "11:00:30", "16:20:00", {}, None, "17:00:30"),
        ("cron(0 * * * ? *)", "11:00:00", "11:00:59", {}, "11:00:00", "12:00:00"),
        ("cron(0 * * * ? *)", "11:00:00", "11:02:00", {}, None, "12:00:00"),
        ("at(2026-11-22T11:00:00)", "11:00:00", "11:00:01", {}, "11:00:00", None),
        ("at(2026-11-22T11:00:00)", "11:00:00", "15:00:00", {}, "11:00:00", None),
        (
            "at(2026-11-22T11:00:00)",
            "11:00:00",
            "15:00:00",
            {"Target": {"RetryPolicy": {"MaximumEventAgeInSeconds": 3600}}},
            None,
            None,
        ),
        (
            "rate(1 hour)",
            "11:00:30",
            "11:00:31",
            {"EndDate": at("2026-11-22T11:30")},
            "11:00:30",
            None,
        ),
    ],
)
def test_the_turn_of_a_schedule_that_is_due(
    expression: str,
    due: str,
    now: str,
    settings: dict[str, Any],
    run_for: str | None,
    following: str | None,
) -> None:
    def today(time: str | None) -> float | None:
        return None if time is None else at(f"2026-11-22T{time}")

    given = replace(schedule(expression, **settings), due_at=today(due))
    expected = Turn(run_for=today(run_for), then=replace(given, due_at=today(following)))

    assert turn(given, at(f"2026-11-22T{now}")) == expected


def test_nothing_is_done_before_the_time() -> None:
    given = begun(schedule("cron(0 11 * * ? *)"))

    assert turn(given, at("2026-11-22T10:59:59")) is None


def test_a_schedule_goes_after_its_last_run_if_it_is_to() -> None:
    given = begun(schedule("at(2026-11-22T11:00:00)", ActionAfterCompletion="DELETE"))

    assert turn(given, at("2026-11-22T11:00:00")) == Turn(run_for=at("2026-11-22T11:00"), then=None)
