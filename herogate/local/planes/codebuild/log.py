"""What a build says: its commands' output and CodeBuild's own lines, on their way to its log stream.

Lines are passed on as they come, in order, with secrets masked. Whoever adds lines waits while the
stream is far behind. What the lines say is not decided here.
"""

from __future__ import annotations

import asyncio
import codecs
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

log = logging.getLogger("herogate.local.codebuild")

Write = Callable[[Sequence[tuple[int, str]]], Awaitable[None]]

_LINE_LIMIT: Final = 60_000
"""Characters of a line before it is written as several: at most 240,000 bytes."""
_FAR_BEHIND: Final = 5_000
_BATCH: Final = 1_000
_SHORTEST_SECRET: Final = 4
"""Characters; masking what is shorter would make a log unreadable."""


class BuildLog:
    """A build's log. Ended by `close`."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._partial = ""
        self._secrets: list[str] = []
        self._waiting: list[tuple[int, str]] = []
        self._changed = asyncio.Condition()
        self._closing = False
        self._writer = asyncio.create_task(self._write_all())

    def hide(self, values: Iterable[str]) -> None:
        """Have `***` written in place of these values from now on."""
        lines = {line for value in values for line in value.splitlines()}
        known = [line for line in lines if len(line) >= _SHORTEST_SECRET]
        self._secrets = sorted({*self._secrets, *known}, key=len, reverse=True)

    async def output(self, piece: bytes) -> None:
        """Add what a command wrote; an unfinished line waits for its end."""
        *lines, self._partial = (self._partial + self._decoder.decode(piece)).split("\n")
        while len(self._partial) > _LINE_LIMIT:
            lines.append(self._partial[:_LINE_LIMIT])
            self._partial = self._partial[_LINE_LIMIT:]
        await self._add(lines)

    async def end_line(self) -> None:
        """Take what was written last as a whole line: the command that wrote it is over."""
        rest = self._partial + self._decoder.decode(b"", final=True)
        self._partial = ""
        if rest:
            await self._add([rest])

    async def say(self, text: str) -> None:
        """Add what CodeBuild itself says, each line marked as its own."""
        await self.end_line()
        now = datetime.now(UTC).strftime("%Y/%m/%d %H:%M:%S.%f")
        await self._add([f"[Container] {now} {line}" for line in text.rstrip("\n").split("\n")])

    async def close(self) -> None:
        """Return when all is written."""
        await self.end_line()
        async with self._changed:
            self._closing = True
            self._changed.notify_all()
        await self._writer

    async def _add(self, lines: Sequence[str]) -> None:
        if not lines:
            return
        now = int(time.time() * 1000)
        written = [(now, piece) for line in lines for piece in self._pieces(line.rstrip("\r"))]
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._waiting) < _FAR_BEHIND)
            self._waiting += written
            self._changed.notify_all()

    def _pieces(self, line: str) -> list[str]:
        for secret in self._secrets:
            line = line.replace(secret, "***")
        starts = range(0, len(line), _LINE_LIMIT)
        return [line[start : start + _LINE_LIMIT] for start in starts]

    async def _write_all(self) -> None:
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._waiting or self._closing)
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                self._changed.notify_all()
            if not batch:
                return
            try:
                await self._write(batch)
            except Exception as error:  # whatever it is, the build goes on
                log.warning("%d lines of a build's log are lost: %r", len(batch), error)
