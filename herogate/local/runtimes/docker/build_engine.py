"""A docker engine for one build, with no image and no layer: new each time, as a build host on AWS.

It is this machine's own ``dockerd``, in a container of the machine's engine. The container has what an
engine needs of the kernel; its data lie in a volume of its own, its socket in the build's directory.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from herogate.local.runtimes import host
from herogate.local.runtimes.docker import description
from herogate.local.runtimes.docker.description import Surroundings
from herogate.local.runtimes.docker.engine import Engine, EngineError
from herogate.local.runtimes.docker.ground import RELAY
from herogate.local.runtimes.runtime import CannotStart

log = logging.getLogger("herogate.local.runtimes")

_READY_SECONDS: Final = 60
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class NoTools:
    """For a build that may not run docker: its project is not privileged."""

    variables: Mapping[str, str] = field(default_factory=dict)

    async def remove(self) -> None:
        """There is nothing to remove."""


class BuildEngine:
    """An engine at work. `begin` makes one."""

    def __init__(self, engine: Engine, container: str, directory: Path, settings: Path) -> None:
        self._engine = engine
        self._container = container
        self._directory = directory
        self._settings = settings

    @classmethod
    async def begin(cls, engine: Engine, here: Surroundings, *, settings: Path) -> BuildEngine:
        """Start an engine; returns when it answers.

        Args:
            engine: this machine's.
            settings: the directory of its client's settings.

        Raises:
            CannotStart: it does not come up; nothing of it is left.
        """
        daemon = host.engine()
        if daemon is None:
            raise CannotStart("This machine has no dockerd, which a build's own engine is made of.")
        number = secrets.token_hex(4)
        directory = here.door.with_name(number)
        directory.mkdir(mode=0o700)
        document = description.build_engine(
            here, daemon, host.directories_of_engine(), directory, RELAY
        )
        try:
            container = await engine.create(f"{here.network}-build-{number}", document)
            begun = cls(engine, container, directory, settings)
            try:
                await engine.start(container)
                await begun._answers()
            except BaseException:
                await asyncio.shield(begun.remove())
                raise
        except EngineError as error:
            raise CannotStart(f"A build's docker engine cannot be started: {error}") from error
        return begun

    @property
    def variables(self) -> Mapping[str, str]:
        """What docker's client finds it by."""
        return {
            "DOCKER_HOST": f"unix://{self._socket}",
            "DOCKER_CONFIG": str(self._settings),
        }

    async def remove(self) -> None:
        """Remove it with all its images and layers."""
        try:
            await self._engine.remove(self._container)
        except EngineError as error:
            log.warning("a build's engine is still there: %s", error)
        await asyncio.to_thread(shutil.rmtree, self._directory, ignore_errors=True)

    @property
    def _socket(self) -> Path:
        return self._directory / "docker.sock"

    async def _answers(self) -> None:
        """Return when it does."""
        own = Engine(self._socket)
        deadline = asyncio.get_running_loop().time() + _READY_SECONDS
        try:
            while True:
                try:
                    await own.version()
                except EngineError:
                    await self._check_alive(deadline)
                else:
                    return
        finally:
            await own.close()

    async def _check_alive(self, deadline: float) -> None:
        """Give it a little more time, if it is alive and there is time left."""
        is_running = (await self._engine.inspect(self._container))["State"]["Running"]
        if not is_running or asyncio.get_running_loop().time() > deadline:
            words = (await self._engine.last_words(self._container)).strip()
            raise CannotStart(f"A build's docker engine does not come up: {words}")
        await asyncio.sleep(_PAUSE_SECONDS)
