"""``herogate ps``: the processes of an app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

import click

from herogate.cli import documents, options, output
from herogate.cli.ages import aged
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.models import Process
from herogate.printable import in_one_line

_ONE_OFF = "run"


@command(
    "ps",
    arguments={"TYPE": "show only processes of these types"},
    examples=["ps", "ps web", "ps web worker --json"],
)
@click.argument("types", nargs=-1, metavar="TYPE")
@click.option("--no-wrap", is_flag=True, help="for Heroku's users: no line is ever wrapped")
@options.as_json
@options.with_app
def index(target: Target, types: tuple[str, ...], *, as_json: bool, **_: bool) -> None:
    """list the processes of an app"""
    processes = chosen(target.platform.processes.all(target.app), types, target.app)
    if as_json:
        output.document([documents.process(each, app=target.app) for each in processes])
    elif not processes:
        output.say(f"No processes on {output.app(target.app)}")
    else:
        listed(processes, now=datetime.now(UTC))


def chosen(processes: Sequence[Process], types: Sequence[str], app: str) -> list[Process]:
    """The processes of some types, or all; the oldest of each type first.

    Raises:
        Unbarred: none is of a type named.
    """
    for name in types:
        if all(process.type != name for process in processes):
            raise output.Unbarred(f"No {name} processes on {app}")
    wanted = [process for process in processes if not types or process.type in types]
    return sorted(wanted, key=lambda process: (process.type, process.since, process.name))


def listed(processes: Sequence[Process], *, now: datetime) -> None:
    """Print processes type by type, in Heroku's form."""
    for process_type, members in groupby(processes, key=lambda process: process.type):
        group = list(members)
        if process_type == _ONE_OFF:
            output.heading(f"{_ONE_OFF}: one-off processes ({len(group)})")
        else:
            output.heading(f"{_of_type(group[0])} ({len(group)})")
        for process in group:
            told = _one_off if process_type == _ONE_OFF else _one
            output.say(in_one_line(told(process, now)))
        output.say()


def _of_type(process: Process) -> str:
    command = f": {process.command}" if process.command else ""
    return f"{process.type}{_size(process)}{command}"


def _one(process: Process, now: datetime) -> str:
    return f"{process.name}: {process.state} {aged(process.since, now)}"


def _one_off(process: Process, now: datetime) -> str:
    command = f": {process.command}" if process.command else ""
    return f"{process.name}{_size(process)}: {process.state} {aged(process.since, now)}{command}"


def _size(process: Process) -> str:
    return f" ({process.size})" if process.size else ""
