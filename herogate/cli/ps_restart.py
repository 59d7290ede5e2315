"""``herogate ps:restart`` and ``ps:stop``: processes replaced, and stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from herogate.cli import options, output, progress
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import HerogateError, InvalidRequest

F = TypeVar("F", bound=Callable[..., Any])

_ARGUMENTS = {"PROCESS": "a process (web.3f9a1c2e, web.1 for the oldest) or a process type (web)"}


def _which(function: F) -> F:
    for add in (
        click.option("-p", "--process-type", help="a process type"),
        click.option("-d", "--process-name", "--dyno-name", "name", help="a process"),
        click.argument("word", required=False, metavar="PROCESS"),
    ):
        function = add(function)
    return function


@command(
    "ps:restart",
    arguments=_ARGUMENTS,
    examples=["restart", "restart web", "restart worker.1", "restart --process-type web"],
)
@_which
@options.with_app
def restart(target: Target, word: str | None, name: str | None, process_type: str | None) -> None:
    """restart all processes of an app, those of a type, or one

    New ones start before old ones end, and no request fails. Web processes are restarted together, since
    the load balancer knows them; any other can be restarted alone.
    """
    process, kind = _meant(word, name, process_type)
    restarts, app = target.platform.restarts, output.app(target.app)
    if process is not None:
        with progress.action(f"Restarting process {process} on {app}"):
            restarts.of_process(target.app, process)
    elif kind is not None:
        with progress.action(f"Restarting all {kind} processes on {app}"):
            restarts.of_type(target.app, kind)
    else:
        with progress.action(f"Restarting all processes on {app}"):
            restarts.all(target.app)


@command(
    "ps:stop",
    arguments=_ARGUMENTS,
    examples=["ps:stop run.3f9a1c2e", "ps:stop worker", "ps:stop --process-type worker"],
)
@_which
@options.with_app
def stop(target: Target, word: str | None, name: str | None, process_type: str | None) -> None:
    """stop a process, or those of a type

    A one-off process ends. What belongs to the formation is replaced, as on Heroku: `herogate scale
    worker=0` lets none run.
    """
    process, kind = _meant(word, name, process_type)
    restarts, app = target.platform.restarts, output.app(target.app)
    if process is not None:
        with progress.action(f"Stopping process {process} on {app}"):
            restarts.stop(target.app, process)
    elif kind is not None:
        with progress.action(f"Stopping all {kind} processes on {app}"):
            restarts.of_type(target.app, kind)
    else:
        raise HerogateError("Must specify a process or a process type to stop.")


def _meant(
    word: str | None, name: str | None, process_type: str | None
) -> tuple[str | None, str | None]:
    """The process, or else the process type, that is meant; neither for all."""
    if word is not None:
        output.warn(
            "PROCESS is a deprecated argument. Use --process-name or --process-type instead."
        )
    if sum(each is not None for each in (word, name, process_type)) > 1:
        raise InvalidRequest("Name one process, or one process type.")
    if word is not None and "." not in word:
        return None, word
    return name or word, process_type
