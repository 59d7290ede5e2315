"""``herogate run …``: a command run once in the newest release of an app."""

from __future__ import annotations

import array
import fcntl
import sys
import termios
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from herogate.cli import options, output
from herogate.cli.foreign import RunningCommand
from herogate.cli.help import command
from herogate.cli.logs import shown
from herogate.cli.options import Target
from herogate.cli.progress import action, perform
from herogate.errors import HerogateError, InvalidRequest, RequestError
from herogate.interruptions import Interrupted, Interruptions

if TYPE_CHECKING:
    from herogate.engine.one_offs import OneOff

_WORDS = {"COMMAND": "a command line, or the words of a command"}


def _of_a_process(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says what is run, and how large."""
    for decorate in (
        click.option("--no-launcher", is_flag=True, help="for Heroku's users: there is none"),
        click.option("--type", "process_type", help="as large as the processes of this type"),
        click.option("-e", "--env", multiple=True, help="variables for it: A=1, or 'A=1;B=2'"),
        click.option("-s", "--size", help="how large it is (standard-2x)"),
        click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND"),
    ):
        function = decorate(function)
    return function


@command(
    "run",
    arguments=_WORDS,
    examples=[
        "run rake db:migrate",
        "run 'ls | wc -l'",
        "run -s standard-2x -e 'A=1;B=2' -- myscript.sh -a arg1 -s arg2",
    ],
    kind=RunningCommand,
)
@_of_a_process
@click.option("-x", "--exit-code", is_flag=True, help="for Heroku's users: it is always passed on")
@click.option("--no-notify", is_flag=True, help="for Heroku's users: nobody is ever notified")
@click.option("--no-tty", is_flag=True, help="for Heroku's users: there is never a terminal")
@options.with_app
@click.pass_obj
def index(
    interruptions: Interruptions, /, target: Target, words: tuple[str, ...], **given: Any
) -> None:
    """run a command in a one-off process

    Its output is passed on until it ends, and so is its exit code. Ctrl-C stops it. It has neither a
    terminal nor standard input, and CloudWatch Logs, by which its output comes, keeps no empty lines.

    One argument is a command line for the shell of the app's image; several are the words of a command,
    taken to the letter. Flags before the command are Herogate's, and so are --app, --remote and --size
    behind it; put -- before a command that has such flags itself.
    """
    one_off = _prepared(target, words, **given)
    code = _attached(one_off, _title(target, words), interruptions)
    if code:
        larger = "Give it more: `herogate run --size performance-m …`"
        hint = larger if one_off.lacked_memory else None
        output.fail(HerogateError(f"Process {one_off.end}", hint))
    click.get_current_context().exit(code)


@command(
    "run:detached",
    arguments=_WORDS,
    examples=["run:detached rake db:migrate", "run:detached --tail rake db:migrate"],
    kind=RunningCommand,
)
@_of_a_process
@click.option("-t", "--tail", is_flag=True, help="go on with its log, until Ctrl-C")
@options.with_app
def detached(target: Target, words: tuple[str, ...], *, tail: bool, **given: Any) -> None:
    """run a command in a one-off process whose output goes to the log alone

    It goes on when this command has ended.
    """
    one_off = _prepared(target, words, **given)
    perform(_title(target, words), one_off.start, done=lambda _: f"done, {one_off.name}")
    if tail:
        shown(target.platform.logs.tail(target.app, process=one_off.name), coloured=True)
    else:
        logs = f"herogate logs --app {target.app} --dyno {one_off.name}"
        output.say(f"Run {logs} to view the output.\n")


def heroku_form(words: Sequence[str]) -> str:
    """A command as Heroku shows it, on one line."""
    quoted = [
        '"' + word.replace('"', '\\"') + '"' if {" ", '"'} & {*word} else word for word in words
    ]
    return (words[0] if len(words) == 1 else " ".join(quoted)).replace("\n", " ")


def variables(given: Sequence[str]) -> dict[str, str]:
    """The variables that ``-e`` gives, several of them between semicolons. Raises `InvalidRequest`."""
    found: dict[str, str] = {}
    for pair in (pair for each in given for pair in each.split(";") if pair.strip()):
        name, equals, value = pair.strip().partition("=")
        if not (equals and name.isascii() and name.isidentifier()):
            raise InvalidRequest(f"{pair} is invalid. Must be in the format FOO=bar.")
        found[name] = value
    return found


def _prepared(
    target: Target,
    words: tuple[str, ...],
    *,
    size: str | None,
    env: Sequence[str],
    process_type: str | None,
    **_: bool,
) -> OneOff:
    from herogate.engine.sizes import named

    if not words:
        raise output.Unbarred(
            "Usage: herogate run COMMAND", "Example: herogate run rake db:migrate"
        )
    return target.platform.one_offs.prepare(
        target.app,
        words,
        size=None if size is None else named(size),
        process_type=process_type,
        environment=variables(env),
    )


def _title(target: Target, words: Sequence[str]) -> str:
    return f"Running {heroku_form(words)} on {output.app(target.app)}"


def _attached(one_off: OneOff, title: str, interruptions: Interruptions) -> int:
    """Run it to its end, or until this program is told to end; the exit code."""
    begin = partial(_begin, one_off, interruptions)
    try:
        perform(title, begin, done=lambda _: f"up, {one_off.name}")
        _warn_of_input()
        for line in one_off.output():
            output.pass_on(line)
    except Interrupted as interrupted:
        interrupted.taken()
        if one_off.is_started:
            _stop(one_off, interruptions)
        raise click.exceptions.Exit(interrupted.exit_code) from None
    except OSError:
        one_off.stop()  # nobody reads what it writes
        raise
    except RequestError:
        if one_off.is_started:
            output.warn(f"It may still run. `herogate ps:stop {one_off.name}` stops it.")
        raise
    return one_off.exit_code or 0


def _begin(one_off: OneOff, interruptions: Interruptions) -> None:
    # Whoever is interrupted while ECS is asked would not know what to stop.
    with interruptions.held_back():
        one_off.start()
    one_off.wait_until_up()


def _stop(one_off: OneOff, interruptions: Interruptions) -> None:
    """Have it stopped, wait until it is, and show its last words."""
    try:
        with interruptions.held_back():
            one_off.stop()
        with action(f"Stopping {one_off.name}"):
            last = list(one_off.output())
    except Interrupted as interrupted:
        interrupted.taken()
        output.warn(f"{one_off.name} was told to end; after 30 seconds it is made to.")
    else:
        for line in last:
            output.pass_on(line)


def _warn_of_input() -> None:
    """Say that what waits on standard input goes nowhere. It is not read: a loop may live of it."""
    waiting = array.array("i", [0])
    try:
        fcntl.ioctl(sys.stdin.fileno(), termios.FIONREAD, waiting)
    except (OSError, ValueError):
        return
    if waiting[0] and not sys.stdin.isatty():
        output.warn("A one-off process has no standard input: what waits there is not passed on.")
