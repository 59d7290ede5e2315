"""A first day at a terminal: the commands that the README begins with, and a few more. Its picture.

``make picture`` runs it on a local cloud of its own and draws what was seen into `docs/first-day.svg`; a
test runs it too, and holds the picture to what is seen then.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from deployed_apps import Checkout, checkout, plain_app
from local_cloud import running
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from terminals import CTRL_C, Session, at_terminal
from typed_pages import ROOT, blocks, is_passing, steps

from herogate.local import lifecycle
from herogate.local.directory import Directory

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURE = ROOT / "docs/first-day.svg"
COMMANDS = (
    *(step.command for block in blocks("README.md", "console") for step in steps(block.text)),
    "herogate config:set GREETING=Welcome",
    "herogate run 'echo \"$GREETING from a one-off process\"'",
    "herogate scale web=2 worker=1",
    "herogate ps:wait",
    "herogate ps",
)

_COLUMNS = 88
_NAME = "first-day"
_LINE = re.compile(rf"url\(#{_NAME}-line-(\d+)\)")
_OF_THE_MACHINE = re.compile(
    r"(Enumerating|Counting|Delta|Compressing|Writing|Total) |remote: +Looking in "
)
"""What git says while it sends, and where pip looks."""

_DARK = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    [
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (210, 153, 34),
        (88, 166, 255),
        (188, 140, 255),
        (57, 197, 207),
        (177, 186, 196),
    ],
)
"""Legible on a light page and on a dark one, since it brings its own background."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A command typed at a terminal, and what was seen."""

    command: str
    session: Session

    @property
    def lines(self) -> list[str]:
        """The prompt, which stands out, and what comes under it but for what depends on the machine."""
        shown = zip(self.session.screen, self.session.painted, strict=True)
        kept = [
            painted
            for plain, painted in shown
            if not (is_passing(plain) or _OF_THE_MACHINE.match(plain))
        ]
        return [f"\x1b[1;32m$ {self.command}\x1b[0m", *kept]


@contextmanager
def somebody_at_work(folder: Path) -> Iterator[Checkout]:
    """A checkout with an app in it, on a local cloud of its own that has a space."""
    directory = Directory(folder / "local")
    try:
        cloud = running(directory)
        environment = {
            **{key: value for key, value in cloud.environment.items() if key != "NO_COLOR"},
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
        }
        work = checkout(folder / "my-shop", environment)
        work.commit(plain_app("v1"))
        work.herogate("spaces:create")
        yield work
    finally:
        lifecycle.stop(directory)


def first_day(work: Checkout) -> list[Seen]:
    """The commands typed, one after the other."""
    return [Seen(command=command, session=seen(work, command)) for command in COMMANDS]


def seen(
    work: Checkout, command: str, *, until: str | None = None, typed: bytes = CTRL_C
) -> Session:
    """A command line typed at a terminal, and something more when `until` has appeared."""
    words = ["sh", "-c", f"exec {command}"]
    return at_terminal(
        words, folder=work.path, environment=work.environment, until=until, typed=typed
    )


def lines(day: Sequence[Seen]) -> list[str]:
    """What stands on the screen after a day."""
    return [line for each in day for line in each.lines]


def drawn(day: Sequence[Seen]) -> str:
    """The picture of a day."""
    console = Console(
        record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, color_system="256"
    )
    for line in lines(day):
        console.print(Text.from_ansi(line), overflow="crop", no_wrap=True)
    return console.export_svg(title="", theme=_DARK, unique_id=_NAME, code_format=_FORMAT)


def lines_of(picture: str) -> list[str]:
    """The lines that a picture shows."""
    found: Mapping[int, list[tuple[float, str]]] = defaultdict(list)
    for text in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text"):
        if number := _LINE.search(text.get("clip-path", "")):
            part = (text.text or "").replace("\N{NO-BREAK SPACE}", " ")
            found[int(number[1])].append((float(text.get("x", "0")), part))
    return [
        "".join(part for _, part in sorted(found[line])).rstrip() for line in range(max(found) + 1)
    ]


_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


if __name__ == "__main__":
    with TemporaryDirectory(prefix="herogate-picture-") as temporary:
        with somebody_at_work(Path(temporary)) as at_work:
            PICTURE.write_text(drawn(first_day(at_work)))
        sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes\n")
