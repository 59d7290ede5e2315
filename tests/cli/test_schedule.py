"""`schedule` in a form like that of releases, to the last space."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from herogate.cli import schedule
from herogate.models import Schedule, ScheduledRun, Size

NOW = datetime(2026, 11, 22, 14, 21, 37, tzinfo=UTC)


def scheduled(number: int, expression: str, command: str, **more: object) -> Schedule:
    values = {"timezone": "UTC", "written": expression, "size": Size.STANDARD_1X, **more}
    return Schedule(
        id=f"{number:08x}",
        expression=expression,
        command=command,
        created_at=NOW - timedelta(days=1),
        **values,  # type: ignore[arg-type]
    )


def run(age: timedelta, **more: object) -> ScheduledRun:
    return ScheduledRun(process="scheduler.3f9a1c2e", started_at=NOW - age, **more)  # type: ignore[arg-type]


def test_schedules_stand_in_a_table_with_their_next_and_last_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    soon, ended = NOW + timedelta(minutes=4), {"ended_at": NOW}
    failed = run(timedelta(minutes=6), exit_code=3, **ended)
    stillborn = run(timedelta(days=2), reason="CannotPullContainerError: no", **ended)
    schedule.listed(
        "my-shop",
        [
            scheduled(1, "rate(10 minutes)", "rake a", next_run=soon, last_run=failed),
            scheduled(2, "cron(0 3 * * ? *)", "b | c", timezone="Asia/Tokyo", next_run=soon),
            scheduled(3, "rate(1 hour)", "d", next_run=soon, last_run=run(timedelta(seconds=5))),
            scheduled(4, "cron(0 0 1 1 ? 2026)", "e", last_run=stillborn),
        ],
        now=NOW,
    )
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines() if "─" not in line] == [
        "=== my-shop Schedules",
        "",
        "  id         when                           next run                    "
        "last run                                                  command",
        "  00000001   rate(10 minutes)               2026/11/22 14:25:37 +0000   "
        "2026/11/22 14:15:37 +0000 (~ 6m ago), exit code 3         rake a",
        "  00000002   cron(0 3 * * ? *) Asia/Tokyo   2026/11/22 14:25:37 +0000   "
        "                                                          b | c",
        "  00000003   rate(1 hour)                   2026/11/22 14:25:37 +0000   "
        "2026/11/22 14:21:32 +0000 (~ 5s ago), running             d",
        "  00000004   cron(0 0 1 1 ? 2026)           never                       "
        "2026/11/20 14:21:37 +0000, CannotPullContainerError: no   e",
        "",
    ]
