"""`schedule` in a form like that of releases, to the last space."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from command_line import Said
from shops import NAME, Shop
from waiting import wait_until

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


@pytest.mark.e2e
def test_a_schedule_is_added_run_and_removed(shop: Shop) -> None:
    added = shop.herogate("schedule:add", "0 3 1 1 *", "-z", "Asia/Tokyo", "--", "echo", "a b")
    (made,) = json.loads(shop.herogate("schedule", "--json").out)
    assert added == Said(
        out=f"{made['id']}: cron(0 3 1 1 ? *) Asia/Tokyo: echo 'a b'\n",
        err=f"Adding schedule to {NAME}... done, {made['id']}\n",
        code=0,
    )
    ran = shop.herogate("schedule:run", made["id"])
    process = ran.err.strip().rpartition(" ")[2]
    assert ran == Said(
        out=f"Run herogate logs --app {NAME} --dyno-name {process} to view the output.\n",
        err=f"Running schedule {made['id']} on {NAME}... done, {process}\n",
        code=0,
    )
    wait_until(lambda: "exit code 0" in shop.herogate("schedule").out)
    assert shop.herogate("schedule:remove", made["id"]) == Said(
        out="", err=f"Removing schedule {made['id']} from {NAME}... done\n", code=0
    )
    assert shop.herogate("schedule").out == f"{NAME} has no schedules.\n"


@pytest.mark.e2e
@pytest.mark.parametrize("command", ["schedule:run", "schedule:remove"])
def test_a_schedule_that_is_not_there_is_refused(shop: Shop, command: str) -> None:
    said = shop.herogate(command, "00c0ffee")
    assert (said.out, said.err.splitlines()[1], said.code) == (
        "",
        " ›   Error: Couldn't find that schedule.",
        2,
    )
