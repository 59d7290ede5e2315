"""The local cloud's log file: written within bounds, read from its end."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

_POLL_SECONDS = 0.2
_LIMIT_BYTES = 10 * 1024 * 1024


class BoundedLog(logging.StreamHandler[TextIO]):
    """Logs to standard error, which is `file`; when that has grown large, it begins anew.

    The file stays the same one, since other processes write to it as well; what it held stands in
    another beside it, with ``.1`` added to the name.
    """

    def __init__(self, file: Path, *, limit_bytes: int = _LIMIT_BYTES) -> None:
        super().__init__()
        self._file = file
        self._limit_bytes = limit_bytes

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        super().emit(record)
        try:
            if self._file.stat().st_size > self._limit_bytes:
                shutil.copy(self._file, self._file.with_name(f"{self._file.name}.1"))
                os.truncate(self._file, 0)
        except OSError:
            self.handleError(record)


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
