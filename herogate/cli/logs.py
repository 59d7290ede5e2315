"""``herogate logs``: what an app's processes, builds and releases write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from zlib import crc32

import click

from herogate.cli import options, output
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import InvalidRequest
from herogate.models import LogLine, LogSource

_SOURCES = {**{str(source): source for source in LogSource}, "heroku": LogSource.HEROGATE}
_STYLES = ("36", "33", "32", "35", "34", "96", "93", "92", "95", "94")


@command(
    "logs",
    examples=["logs", "logs --tail", "logs -n 500 -p worker", "logs -d web.1", "logs -s herogate"],
)
@click.option(
    "-n",
    "--num",
    default=100,
    type=click.IntRange(min=1),
    help="how many lines; 100 if not given",
)
@click.option("-t", "--tail", is_flag=True, help="go on as further lines come, until Ctrl-C")
@click.option("-p", "--process-type", "--ps", help="only this process type (web)")
@click.option(
    "-d",
    "--process-name",
    "--dyno-name",
    "--dyno",
    help="only this process (web.1 or web.3f9a1c2e)",
)
@click.option(
    "-s",
    "--source",
    type=click.Choice(_SOURCES),
    help="only this source: app or herogate (or heroku, which means the same)",
)
@click.option("--no-color", is_flag=True, help="no colours, whatever the terminal can show")
@click.option("--force-colors", is_flag=True, help="colours, wherever the log goes")
@options.with_app
def index(
    target: Target,
    num: int,
    process_type: str | None,
    process_name: str | None,
    source: str | None,
    *,
    tail: bool,
    no_color: bool,
    force_colors: bool,
) -> None:
    """show the log of an app

    The lines of all its processes, builds and releases, by time.
    """
    read = target.platform.logs.tail if tail else target.platform.logs.recent
    lines = read(
        target.app,
        lines=num,
        process=_process(process_type, process_name),
        source=None if source is None else _SOURCES[source],
    )
    shown(lines, coloured=force_colors or not no_color, is_forced=force_colors)


def shown(lines: Iterable[LogLine], *, coloured: bool, is_forced: bool = False) -> None:
    """Print lines in Heroku's form, each as it comes."""
    for line in lines:
        time = line.time.astimezone(UTC).isoformat(timespec="microseconds")
        style = _style(line.process) if coloured else None
        label = f"{time} {line.source}[{line.process}]:"
        output.say_at_once(line.message, label=label, style=style, is_forced=is_forced)


def _style(process: str) -> str:
    """The colour of a process: the same for the same name."""
    return _STYLES[crc32(process.encode(errors="replace")) % len(_STYLES)]


def _process(process_type: str | None, name: str | None) -> str | None:
    """The one process or type that the flags name."""
    if name is None:
        return process_type
    if process_type not in (None, name.partition(".")[0]):
        raise InvalidRequest(f"--process-type says {process_type}, but --process-name says {name}.")
    if "." not in name:
        raise InvalidRequest(
            f"{name} is not a process.", "A process is web.1 or web.3f9a1c2e; a type goes to -p."
        )
    return name
