"""Programs run at a terminal, and what somebody sitting there sees."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PART = re.compile(r"\x1b\[(?P<colour>[\d;]*)m|\x1b\[(?P<erase>K)|(?P<other>[\r\n]|.)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a program wrote to a terminal, to the last byte, and how it ended."""

    raw: str
    code: int

    @property
    def screen(self) -> list[str]:
        """What stands on the screen in the end, line by line."""
        lines, column = [""], 0
        for part in _PART.finditer(self.raw):
            character = part["other"]
            if part["erase"]:
                lines[-1] = lines[-1][:column]
            elif character == "\r":
                column = 0
            elif character == "\n":
                lines.append("")
                column = 0
            elif character is not None:
                line = lines[-1]
                lines[-1] = line[:column] + character + line[column + 1 :]
                column += 1
        return lines[:-1] if not lines[-1] else lines


def at_terminal(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    until: str | None = None,
    seconds: float = 180,
) -> Session:
    """Run a program at a terminal of 256 colours; interrupt it when `until` has appeared."""
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (24, 100))
    process = subprocess.Popen(
        words,
        cwd=folder,
        env={**environment, "TERM": "xterm-256color"},
        stdin=child,
        stdout=child,
        stderr=child,
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
                            process.send_signal(signal.SIGINT)
                        continue
                break
        code = process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    return Session(raw=raw.decode(), code=code)
