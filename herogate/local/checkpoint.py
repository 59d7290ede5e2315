"""When the cloud's state becomes durable: moto's snapshot and the store's documents, in one commit.

Work happens in *steps*: an API call from outside, or one resource handler's call with the recording of
its outcome. A checkpoint is only ever taken between steps, so a kill never separates a thing from the
record of it. A change made from outside is answered after the checkpoint that holds it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from herogate.local.moto_bridge.calls import Moto
from herogate.local.moto_bridge.snapshot import Snapshots, stamp
from herogate.local.store import Store

log = logging.getLogger("herogate.local")

_QUIET_SECONDS = 0.2
"""How long a change that nobody waits for may stay in memory: many such make one checkpoint."""


@dataclass(eq=False)
class _Step:
    """The outermost step of a task, and whether it is still under way."""

    is_open: bool = True


_within: ContextVar[_Step | None] = ContextVar("_within", default=None)


class Checkpoints:
    """The gate between steps and checkpoints. Lives on the control process's event loop."""

    def __init__(self, store: Store, moto: Moto, snapshots: Snapshots) -> None:
        self._store = store
        self._moto = moto
        self._snapshots = snapshots
        self._loop = asyncio.get_running_loop()
        self._moto_changed = False
        self._steps = 0
        self._closed = False
        self._gate = asyncio.Condition()
        self._wanted = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._writer = self._loop.create_task(self._write_forever())

    @asynccontextmanager
    async def step(self, *, within: bool = False) -> AsyncIterator[None]:
        """No checkpoint is taken inside: keep it short. A step inside a step is part of it.

        Args:
            within: it is part of a thread's step, which waits for it: a checkpoint that waits for that
                one must let this one through.
        """
        outer = _within.get()
        await self._enter(waiting=not within and (outer is None or not outer.is_open))
        own = _Step()
        token = _within.set(own)
        try:
            yield
        finally:
            own.is_open = False
            _within.reset(token)
            await self._leave()

    @contextmanager
    def step_in_thread(self) -> Iterator[None]:
        """`step` for a thread other than the event loop's."""
        self._on_loop(self._enter())
        try:
            yield
        finally:
            self._on_loop(self._leave())

    async def durable(self) -> None:
        """Return when everything done so far is on disk. Never call it inside a step."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append(future)
        self._wanted.set()
        await future

    def durable_in_thread(self) -> None:
        """`durable` for a thread other than the event loop's."""
        self._on_loop(self.durable())

    def moto_changed(self) -> None:
        """Note that moto was asked for something that may have changed its state."""
        self._moto_changed = True
        self._loop.call_soon_threadsafe(self._wanted.set)

    async def close(self) -> None:
        """Write the last checkpoint and stop."""
        await self.durable()
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def _enter(self, *, waiting: bool = True) -> None:
        async with self._gate:
            if waiting:
                await self._gate.wait_for(lambda: not self._closed)
            self._steps += 1

    async def _leave(self) -> None:
        async with self._gate:
            self._steps -= 1
            self._gate.notify_all()
        if self._store.changed:
            self._wanted.set()

    async def _write_forever(self) -> None:
        while True:
            await self._wanted.wait()
            if not self._waiting:
                await self._pause()
            self._wanted.clear()
            waiting, self._waiting = self._waiting, []
            failure = await self._try_to_write()
            for future in waiting:
                if future.done():
                    continue
                if failure is None:
                    future.set_result(None)
                else:
                    future.set_exception(failure)

    async def _try_to_write(self) -> Exception | None:
        """Write; a failure is told to those who wait and does not end the writing of later changes."""
        try:
            await self._write()
        except Exception as error:
            log.exception("a checkpoint failed")
            return error
        return None

    async def _pause(self) -> None:
        """Let changes gather, unless somebody begins to wait."""
        self._wanted.clear()
        deadline = self._loop.time() + _QUIET_SECONDS
        while not self._waiting and (left := deadline - self._loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._wanted.wait()
            except TimeoutError:
                return
            self._wanted.clear()

    async def _write(self) -> None:
        async with self._gate:
            self._closed = True
            try:
                await self._gate.wait_for(lambda: self._steps == 0)
                await self._commit()
            finally:
                self._closed = False
                self._gate.notify_all()

    async def _commit(self) -> None:
        changed, self._moto_changed = self._moto_changed, False
        try:
            body = await self._moto.run(self._snapshots.dump) if changed else None
            if body is not None or self._store.changed:
                await asyncio.to_thread(self._store.commit, stamp(), body)
        except BaseException:
            self._moto_changed = changed
            raise
        if body is not None:
            await asyncio.to_thread(self._snapshots.forget_unused)

    def _on_loop(self, work: object) -> None:
        if threading.current_thread() is threading.main_thread():
            raise RuntimeError("the event loop's own thread must not wait for itself")
        asyncio.run_coroutine_threadsafe(work, self._loop).result()  # type: ignore[arg-type]
