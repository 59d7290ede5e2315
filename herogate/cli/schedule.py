"""``herogate schedule …``: commands run again and again in what is live of an app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from herogate.cli import options, output
from herogate.cli.ages import aged
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.cli.progress import action, perform
from herogate.models import Schedule

_ID = {"ID": "id of the schedule, as `herogate schedule` shows it"}
_id = click.argument("schedule_id", metavar="ID")


@command("schedule", examples=["schedule", "schedule --json"])
@options.as_json
@options.with_app
def index(target: Target, *, as_json: bool) -> None:
    """list the schedules of an app

    With each its last run and how that ended, as far as the last 30 days tell.
    """
    schedules = target.platform.schedules.all(target.app)
    if as_json:
        output.document(schedules)
    elif not schedules:
        output.say(f"{output.app(target.app)} has no schedules.")
    else:
        listed(target.app, schedules, now=datetime.now(UTC))


@command(
    "schedule:add",
    arguments={
        "WHEN": "rate(10 minutes), cron(0 3 * * ? *), 30 4 * * 1-5, @daily, every monday at 9:30 am",
        "COMMAND": "a command line, or the words of a command",
    },
    examples=[
        'schedule:add "rate(10 minutes)" -- rake cleanup',
        'schedule:add "30 4 * * 1-5" --timezone Europe/Berlin -- bin/report --all',
        "schedule:add 'every day at 4:30 am' 'rake digest | tee digest.txt'",
    ],
)
@click.option(
    "-z", "--timezone", default="UTC", help="whose time it is (Europe/Berlin); UTC if not given"
)
@click.option("-s", "--size", help="how large a process it runs in (standard-2x)")
@click.argument("when", metavar="WHEN")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND")
@options.with_app
def add(
    target: Target, when: str, words: tuple[str, ...], *, timezone: str, size: str | None
) -> None:
    """run a command again and again

    Each time in a process of its own, of the release that is live by then. A rate begins at once. Put --
    before a command that has flags.
    """
    from herogate.engine.sizes import named
    from herogate.models import Size

    chosen = Size.STANDARD_1X if size is None else named(size)
    schedules = target.platform.schedules
    made = perform(
        f"Adding schedule to {output.app(target.app)}",
        lambda: schedules.add(target.app, when, words, timezone=timezone, size=chosen),
        done=lambda made: f"done, {made.id}",
    )
    output.say(f"{made.id}: {_when(made)}: {made.command}")


@command("schedule:remove", arguments=_ID, examples=["schedule:remove 3f9a1c2e"])
@_id
@options.with_app
def remove(target: Target, schedule_id: str) -> None:
    """run a command no more

    What it has started goes on to its end.
    """
    with action(f"Removing schedule {schedule_id} from {output.app(target.app)}"):
        target.platform.schedules.remove(target.app, schedule_id)


@command("schedule:run", arguments=_ID, examples=["schedule:run 3f9a1c2e"])
@_id
@options.with_app
def run(target: Target, schedule_id: str) -> None:
    """run a schedule now, beside its own times"""
    process = perform(
        f"Running schedule {schedule_id} on {output.app(target.app)}",
        lambda: target.platform.schedules.run(target.app, schedule_id),
        done=lambda process: f"done, {process}",
    )
    logs = f"herogate logs --app {target.app} --dyno-name {process}"
    output.say(f"Run {logs} to view the output.")


def listed(app: str, schedules: Sequence[Schedule], *, now: datetime) -> None:
    """Print schedules in a table."""
    output.heading(f"{app} Schedules")
    output.table(
        ["id", "when", "next run", "last run", "command"],
        [
            [
                schedule.id,
                _when(schedule),
                output.moment(schedule.next_run) if schedule.next_run else "never",
                _last(schedule, now),
                schedule.command,
            ]
            for schedule in schedules
        ],
    )
    output.say()


def _when(schedule: Schedule) -> str:
    zone = "" if schedule.timezone == "UTC" else f" {schedule.timezone}"
    return f"{schedule.expression}{zone}"


def _last(schedule: Schedule, now: datetime) -> str:
    run = schedule.last_run
    if run is None:
        return ""
    told = aged(run.started_at, now)
    if run.ended_at is None:
        return f"{told}, running"
    return f"{told}, {run.reason if run.exit_code is None else f'exit code {run.exit_code}'}"
