"""Reading the local cloud's log file."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

_POLL_SECONDS = 0.2


def tail(file: Path, lines: int) -> list[str]:
    """The last `lines` lines; none while there is no log."""
    if not file.exists():
        return []
    with file.open(errors="replace") as log:
        return [line.rstrip("\n") for line in deque(log, maxlen=lines)]


def follow(file: Path, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """Lines as they are added from now on, without end; a log begun anew is read from its start."""
    position = file.stat().st_size if file.exists() else 0
    rest = ""
    while True:
        if file.exists():
            size = file.stat().st_size
            position = 0 if size < position else position
            with file.open(errors="replace") as log:
                log.seek(position)
                *whole, rest = (rest + log.read()).split("\n")
                position = log.tell()
            yield from whole
        sleep(_POLL_SECONDS)
