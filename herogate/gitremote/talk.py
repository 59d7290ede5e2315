"""What a push or a fetch tells people, on standard error, in the forms that git gives such words."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from types import TracebackType

from herogate.errors import HerogateError
from herogate.printable import is_live, printable

_TICK_SECONDS = 1.0


def remote(line: str) -> None:
    """A line from the other side, without what could play with the terminal."""
    _write(f"remote: {printable(line)}".rstrip())


def fatal(message: str) -> None:
    """Why it cannot go on."""
    _write(f"fatal: {printable(message)}")


def fail(error: HerogateError) -> None:
    """An error and, as git's hints are, what to do about it."""
    fatal(error.message)
    for line in (error.hint or "").splitlines():
        _write(f"hint: {printable(line)}")


class Silence:
    """How long nothing has come: told on a terminal's last line until something does."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._is_told = False
        self._is_over = threading.Event()
        self._writing = threading.Lock()

    def __enter__(self) -> Silence:
        if is_live(sys.stderr):
            threading.Thread(target=self._go_on, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self.broken()

    def broken(self) -> None:
        """Something has come: take the line away."""
        with self._writing:
            self._since = time.monotonic()
            if self._is_told:
                _rewrite("")
            self._is_told = False

    def _go_on(self) -> None:
        with suppress(OSError):
            while not self._is_over.wait(_TICK_SECONDS):
                with self._writing:
                    seconds = int(time.monotonic() - self._since)
                    self._is_told = seconds >= _TICK_SECONDS and not self._is_over.is_set()
                    if self._is_told:
                        _rewrite(f"remote: ... ({seconds}s)")


def _rewrite(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def _write(line: str) -> None:
    sys.stderr.buffer.write(f"{line}\n".encode(errors="replace"))
    sys.stderr.buffer.flush()
