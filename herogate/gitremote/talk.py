"""What a push or a fetch tells people, on standard error, in the forms that git gives such words."""

from __future__ import annotations

import re
import sys

from herogate.errors import HerogateError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|\x1b\[[0-9;]*[A-Za-z]")


def remote(line: str) -> None:
    """A line from the other side, without what could play with the terminal."""
    _write(f"remote: {_CONTROL.sub('', line)}".rstrip())


def fatal(message: str) -> None:
    """Why it cannot go on."""
    _write(f"fatal: {_CONTROL.sub('', message)}")


def fail(error: HerogateError) -> None:
    """An error and, as git's hints are, what to do about it."""
    fatal(error.message)
    for line in (error.hint or "").splitlines():
        _write(f"hint: {_CONTROL.sub('', line)}")


def _write(line: str) -> None:
    sys.stderr.buffer.write(f"{line}\n".encode(errors="replace"))
    sys.stderr.buffer.flush()
