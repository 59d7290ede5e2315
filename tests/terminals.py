"""Programs run at a terminal, and what somebody sitting there sees."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

_PART = re.compile(r"\x1b\[(?P<colour>[\d;]*)m|\x1b\[(?P<erase>K)|(?P<other>[\r\n]|.)", re.DOTALL)

_AT_ITS_TERMINAL = 'exec <>"$0" >&0 2>&0; exec "$@"'
"""The first that opens a terminal in a session of its own is who a Ctrl-C there is for."""

CTRL_C, CTRL_D = b"\x03", b"\x04"


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a program wrote to a terminal, to the last byte, and how it ended."""

    raw: str
    code: int

    @property
    def screen(self) -> list[str]:
        """What stands on the screen in the end, line by line."""
        return ["".join(character for character, _ in line) for line in self._lines()]

    @property
    def painted(self) -> list[str]:
        """The same with its colours, in a terminal's own notation."""
        return ["".join(map(_painted, groupby(line, itemgetter(1)))) for line in self._lines()]

    def _lines(self) -> list[list[tuple[str, str]]]:
        """The characters of each line, each with its colour."""
        lines: list[list[tuple[str, str]]] = [[]]
        column, colour = 0, ""
        for part in _PART.finditer(self.raw):
            character = part["other"]
            if part["erase"]:
                del lines[-1][column:]
            elif character == "\r":
                column = 0
            elif character == "\n":
                lines.append([])
                column = 0
            elif character is not None:
                lines[-1][column : column + 1] = [(character, colour)]
                column += 1
            else:
                colour = "" if part["colour"] == "0" else part["colour"]
        return lines if lines[-1] else lines[:-1]


def _painted(part: tuple[str, Iterator[tuple[str, str]]]) -> str:
    colour, characters = part
    text = "".join(character for character, _ in characters)
    return f"\x1b[{colour}m{text}\x1b[0m" if colour else text


class Terminal(io.TextIOWrapper):
    """A terminal of 256 colours, where what is under test runs in the test itself."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="surrogatepass", newline="")

    def isatty(self) -> bool:
        return True

    @property
    def shown(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode("utf-8", "surrogatepass")


def at_terminal(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    until: str | None = None,
    typed: bytes = CTRL_C,
    seconds: float = 180,
) -> Session:
    """Run a program at a terminal of 256 colours; type this when `until` has appeared."""
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (24, 100))
    process = subprocess.Popen(
        ["sh", "-c", _AT_ITS_TERMINAL, os.ttyname(child), *words],
        cwd=folder,
        env={**environment, "TERM": "xterm-256color"},
        stdin=child,
        start_new_session=True,
    )
    os.close(child)
    raw, deadline = b"", time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            if parent in select.select([parent], [], [], 0.1)[0]:
                with suppress(OSError):
                    if chunk := os.read(parent, 65536):
                        raw += chunk
                        if until is not None and until.encode() in raw:
                            until = None
                            os.write(parent, typed)
                        continue
                break
        code = process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    return Session(raw=raw.decode(), code=code)
