"""What the builder says: Heroku's lines, on standard output, as they come."""

from __future__ import annotations

import sys
from typing import TextIO


class Talk:
    """Says what is done."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream

    def step(self, line: str) -> None:
        """Something begins: ``-----> Python app detected``."""
        self._write(f"-----> {line}")

    def detail(self, line: str) -> None:
        """More on it, below."""
        self._write(f"       {line}" if line else "")

    def trouble(self, text: str) -> None:
        """What went wrong, or is not as it was wanted."""
        for line in text.split("\n"):
            self._write(f" !     {line}".rstrip())

    def line(self, text: str) -> None:
        """A line that has its form already."""
        self._write(text)

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()
