"""Keeps the events that programs and builds write, as long as their groups say."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from herogate.local.errors import AwsError
from herogate.local.moto_bridge import log_groups
from herogate.local.planes.logs import encryption as encrypting
from herogate.local.planes.logs.archive import Archive, StreamAbsent, StreamExists
from herogate.local.planes.logs.events import Batch, Group, Range, Stream
from herogate.local.planes.logs.ingestion import Ingestion, pieces, storable
from herogate.local.planes.logs.patterns import Pattern
from herogate.local.planes.logs.searching import Page, page

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.logs")

T = TypeVar("T")

_HOUSEKEEPING_SECONDS = 600


class LogsPlane:
    """CloudWatch Logs: streams and their events.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, cloud: Cloud, *, clock: Callable[[], float] = time.time) -> None:
        self._cloud = cloud
        self._clock = clock
        self._groups: dict[tuple[str, str], Group] = {}
        self._untidy = asyncio.Event()
        self._housekeeper: asyncio.Task[None] | None = None
        self._ingestion = Ingestion(lambda batches: self._write(self._archive.write, batches))
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="logs-writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="logs-reader")
        self._archive: Archive

    async def start(self) -> None:
        """Open the archive and forget in it the groups that moto does not know any more."""
        file = self._cloud.directory.room("logs") / "events.db"
        self._archive = await self._write(Archive, file)
        self._groups = await self._declared()
        await self._write(self._archive.keep_only, tuple(self._groups.values()))
        self._untidy.set()
        self._housekeeper = asyncio.create_task(self._keep_house())

    async def stop(self) -> None:
        """Write what has come, and close the archive."""
        if self._housekeeper is None:
            return
        self._housekeeper.cancel()
        await asyncio.gather(self._housekeeper, return_exceptions=True)
        await self._ingestion.drain()
        await self._read(lambda: None)  # whoever reads has his answer
        await self._write(self._archive.close)
        self._reader.shutdown()
        self._writer.shutdown()

    def now(self) -> int:
        """The time in milliseconds."""
        return int(self._clock() * 1000)

    # --- groups ---

    def group(self, region: str, name: str) -> Group:
        """A log group. Raises `AwsError` if there is none."""
        group = self._groups.get((region, name))
        if group is None:
            raise _absent("group")
        return group

    def has_group(self, region: str, name: str) -> bool:
        """Whether there is such a log group."""
        return (region, name) in self._groups

    async def learn(self, region: str, name: str) -> None:
        """Take over what moto says of a group that was made, changed or deleted."""
        declared = (await self._declared()).get((region, name))
        if declared is not None:
            known = self._groups.get((region, name))
            self._groups[region, name] = declared
            if known is not None and known.kms_key != declared.kms_key:
                await self._ingestion.drain()  # what was on its way is under the key of before
                await self._write(self._archive.note_key, declared)
        elif self._groups.pop((region, name), None) is not None:
            await self._ingestion.drain()  # what was on its way goes with the rest
            await self._write(self._archive.forget_group, region, name)
        self._untidy.set()

    async def stored_bytes(self, region: str) -> dict[str, int]:
        """What each group of a region holds, by its name; those that hold nothing are left out."""
        return await self._read(self._archive.stored_bytes, region)

    # --- streams ---

    async def create_stream(self, group: Group, name: str) -> None:
        """Make a stream. Raises `AwsError` if it is there."""
        try:
            await self._write(self._archive.create_stream, group, name, self.now())
        except StreamExists as error:
            raise AwsError(
                "ResourceAlreadyExistsException", "The specified log stream already exists"
            ) from error

    async def delete_stream(self, group: Group, name: str) -> None:
        """Remove a stream with its events. Raises `AwsError` if it is not there."""
        try:
            await self._write(self._archive.delete_stream, group, name)
        except StreamAbsent as error:
            raise _absent("stream") from error
        self._untidy.set()

    async def streams(self, group: Group, prefix: str = "") -> list[Stream]:
        """A group's streams whose names begin so, by name."""
        return await self._read(self._archive.streams, group, prefix)

    async def check_stream(self, group: Group, name: str) -> None:
        """Raises `AwsError` if a stream is not there."""
        if not await self._read(self._archive.has_stream, group, name):
            raise _absent("stream")

    # --- events ---

    async def write(
        self, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]
    ) -> None:
        """Add events (time in milliseconds, message) to a stream, made if it is not there.

        For writers within this process. As the awslogs driver does, it leaves out empty messages and
        cuts long ones. Returns when no kill of this process can lose the events any more; what many
        writers add meanwhile goes in one transaction.

        Raises:
            AwsError: ``ResourceNotFoundException``: no such group; ``ServiceUnavailableException``: the
                disk is full, or fails.
        """
        whole = [(at, piece) for at, message in events for piece in pieces(storable(message))]
        await self._ingestion.add(
            Batch(
                group=self.group(region, group),
                stream=stream,
                events=whole,
                now=self.now(),
                create=True,
            )
        )

    async def put(self, group: Group, stream: str, events: Sequence[tuple[int, str]]) -> None:
        """Add events as they are to a stream. Raises `AwsError` if it is not there."""
        whole = [(at, storable(message)) for at, message in events]
        batch = Batch(group=group, stream=stream, events=whole, now=self.now())
        try:
            await self._ingestion.add(batch)
        except StreamAbsent as error:
            raise _absent("stream") from error

    async def search(
        self, group: Group, wanted: Range, pattern: Pattern, *, descending: bool, at_most: int
    ) -> Page:
        """A page of those events of a range that match, by position, or the last ones first.

        Raises:
            AwsError: ``AccessDeniedException``: an event is under a key that cannot be used any more.
        """
        encryption = await self._read(self._archive.encryption, group)
        locked = await encrypting.locked(self._cloud, group.region, group.name, encryption)
        arn = encrypting.group_arn(self._cloud, group.region, group.name)

        def read() -> Page:
            events = self._archive.read(group, wanted, descending=descending)
            return page(
                encrypting.opened(events, encryption, locked, arn), pattern, at_most=at_most
            )

        return await self._read(read)

    # --- behind the scenes ---

    async def _declared(self) -> dict[tuple[str, str], Group]:
        found = await self._cloud.moto.run(lambda: list(log_groups.declared()))
        return {
            (each.region, each.name): Group(
                region=each.region,
                name=each.name,
                created=each.created,
                retention_days=each.retention_days,
                kms_key=each.kms_key,
            )
            for each in found
        }

    async def _keep_house(self) -> None:
        """Remove what has expired or was deleted, a little at a time, now and whenever something was."""
        while True:
            self._untidy.clear()
            try:
                await self._tidy()
            except Exception:
                log.exception("old log events cannot be removed")
            with suppress(TimeoutError):
                async with asyncio.timeout(_HOUSEKEEPING_SECONDS):
                    await self._untidy.wait()

    async def _tidy(self) -> None:
        for group in list(self._groups.values()):
            oldest = group.keeps_from(self.now())
            while oldest and await self._write(self._archive.expire, group, oldest):
                pass
        while await self._write(self._archive.sweep):
            pass

    async def _write(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._writer, partial(work, *arguments)
        )

    async def _read(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._reader, partial(work, *arguments)
        )


def _absent(what: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"The specified log {what} does not exist.")
