"""A container of a docker engine: followed from before its start to its end, with all that it writes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from herogate.local.runtimes.docker.engine import Document, Engine, EngineError, Stream, Waiting
from herogate.local.runtimes.docker.frames import Weave
from herogate.local.runtimes.runtime import CannotStart, ContainerEnd, Output

log = logging.getLogger("herogate.local.runtimes")

_KILLED: Final = 128 + signal.SIGKILL
_OUT_OF_MEMORY: Final = "OutOfMemoryError: Container killed due to memory usage"


class DockerContainer:
    """A container whose program has been started. `start` makes one."""

    def __init__(self, engine: Engine, container: str, ports: Mapping[int, int]) -> None:
        self._engine = engine
        self._id = container
        self._ports = ports
        self._told: set[asyncio.Task[None]] = set()
        self._end: asyncio.Task[ContainerEnd]

    @classmethod
    async def start(
        cls,
        engine: Engine,
        name: str,
        document: Document,
        output: Output,
        ports: Mapping[int, int],
    ) -> DockerContainer:
        """Make a container and start its program.

        Raises:
            CannotStart: the engine refuses; nothing of it is left.
        """
        created = await _created(engine, name, document)
        container = cls(engine, created, ports)
        try:
            written, waiting = await engine.attach(created), await engine.wait(created)
            await engine.start(created)
        except BaseException as error:
            await asyncio.shield(container.remove())
            if isinstance(error, EngineError):
                raise CannotStart(str(error)) from error
            raise
        container._end = asyncio.create_task(container._follow(written, waiting, output))
        return container

    @property
    def ports(self) -> Mapping[int, int]:
        """This machine's loopback ports by the task's own."""
        return self._ports

    async def ended(self) -> ContainerEnd:
        """Wait for the end, and for all output to be delivered."""
        return await asyncio.shield(self._end)

    def signal(self, number: int) -> None:
        """Send a signal to the program; nothing if it is over."""
        telling = asyncio.create_task(self._tell(self._engine.signal(self._id, number)))
        self._told.add(telling)
        telling.add_done_callback(self._told.discard)

    def kill(self) -> None:
        """End the program and all that it started."""
        self.signal(signal.SIGKILL)

    async def run(self, command: tuple[str, ...], seconds: float) -> int:
        """Run another program in the container. Raises `CannotStart`, `TimeoutError`."""
        try:
            execution = await self._engine.prepare(self._id, command)
            written = await self._engine.execute(execution)
            try:
                async with asyncio.timeout(seconds):
                    async for _ in written.frames():
                        pass
            except TimeoutError:
                await self._end_execution(execution)
                raise
            finally:
                written.close()
            ended = await self._engine.execution(execution)
        except EngineError as error:
            raise CannotStart(str(error)) from error
        return _KILLED if ended.exit_code is None else ended.exit_code

    async def remove(self) -> None:
        """Leave nothing of the container."""
        try:
            await self._engine.remove(self._id)
        except EngineError as error:
            log.warning("the container %s is still there: %s", self._id, error)

    async def _end_execution(self, execution: str) -> None:
        """End a program that takes too long: the engine knows no way, its superuser does."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill((await self._engine.execution(execution)).pid, signal.SIGKILL)

    async def _follow(self, written: Stream, waiting: Waiting, output: Output) -> ContainerEnd:
        delivery = asyncio.create_task(self._deliver(written, output))
        try:
            await waiting.ended()
            await delivery
            state = await self._engine.state(self._id)
        finally:
            delivery.cancel()
            written.close()
            waiting.close()
        return ContainerEnd(
            exit_code=state.exit_code, reason=_OUT_OF_MEMORY if state.ran_out_of_memory else None
        )

    async def _deliver(self, written: Stream, output: Output) -> None:
        """Hand on what the program writes; if nobody can take it, the program must not go on."""
        weave = Weave()
        try:
            async for frame in written.frames():
                if piece := weave.take(frame):
                    await output(piece)
            if rest := weave.rest():
                await output(rest)
        except BaseException:
            self.kill()
            raise

    async def _tell(self, asking: Coroutine[Any, Any, None]) -> None:
        try:
            await asking
        except EngineError as error:
            log.info("the container %s could not be told: %s", self._id, error)


async def _created(engine: Engine, name: str, document: Document) -> str:
    try:
        return await engine.create(name, document)
    except EngineError as error:
        raise CannotStart(str(error)) from error
