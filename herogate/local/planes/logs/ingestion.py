"""Events on their way into the archive: whatever has gathered goes in one transaction, in order."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence

from herogate.local.errors import AwsError
from herogate.local.planes.logs.archive import StreamAbsent
from herogate.local.planes.logs.events import EVENT_OVERHEAD_BYTES, Batch

_DRIVER_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES
"""Docker's awslogs driver cuts longer messages."""

Write = Callable[[Sequence[Batch]], Awaitable[Collection[int]]]


class Ingestion:
    """The queue in front of the archive. Lives on the event loop.

    Args:
        write: writes batches in one transaction; the places of those whose stream is not there.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[tuple[Batch, asyncio.Future[None]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def add(self, *batches: Batch) -> None:
        """Return when they are in the archive, with all that was added before.

        Raises:
            StreamAbsent: a batch's stream is not there and may not be made; others are kept.
            AwsError: ``ServiceUnavailableException``: they cannot be written.
        """
        done: list[asyncio.Future[None]] = []
        for batch in batches:
            done.append(asyncio.get_running_loop().create_future())
            self._waiting.append((batch, done[-1]))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        await asyncio.gather(*done)

    async def drain(self) -> None:
        """Return when nothing is on its way."""
        if self._worker is not None:
            await asyncio.wait([self._worker])

    async def _work(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            failure: Exception | None = None
            absent: Collection[int] = ()
            try:
                absent = await self._write([batch for batch, _ in taken])
            except sqlite3.Error as error:
                failure = AwsError(
                    "ServiceUnavailableException",
                    f"The local cloud cannot keep log events: {error}.",
                    status=503,
                )
            for place, (batch, done) in enumerate(taken):
                _settle(done, StreamAbsent(batch.stream) if place in absent else failure)


def pieces(message: str) -> Iterator[str]:
    """A message as the awslogs driver would send it: cut where it is too long, left out if empty."""
    if len(message) * 4 <= _DRIVER_BYTES:
        if message:
            yield message
        return
    rest = message.encode()
    while rest:
        piece = rest[:_DRIVER_BYTES].decode(errors="ignore")
        yield piece
        rest = rest[len(piece.encode()) :]


def storable(message: str) -> str:
    """A message in which half characters, which cannot be written, are question marks."""
    return message.encode(errors="replace").decode()


def _settle(done: asyncio.Future[None], failure: Exception | None) -> None:
    if done.done():
        return  # whoever waited has been cancelled
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
