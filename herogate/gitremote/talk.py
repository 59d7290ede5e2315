"""What a push or a fetch tells people, on standard error, in the forms that git gives such words."""

from __future__ import annotations

import sys

from herogate.errors import HerogateError
from herogate.printable import printable


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


def _write(line: str) -> None:
    sys.stderr.buffer.write(f"{line}\n".encode(errors="replace"))
    sys.stderr.buffer.flush()
