"""Runs containers in a docker engine: the agent's `Runtime` that isolates them."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from herogate.local.runtimes import host
from herogate.local.runtimes.choice import RuntimeName
from herogate.local.runtimes.docker import description, ground, sockets
from herogate.local.runtimes.docker.build_engine import BuildEngine, NoTools
from herogate.local.runtimes.docker.container import DockerContainer
from herogate.local.runtimes.docker.description import LABEL, Surroundings
from herogate.local.runtimes.docker.engine import Engine, EngineError
from herogate.local.runtimes.docker.ground import TaskNetwork
from herogate.local.runtimes.docker.guarding import Guard
from herogate.local.runtimes.docker.images import EngineImage, EngineImages
from herogate.local.runtimes.runtime import (
    BuildTools,
    Container,
    Ground,
    Image,
    ImageSource,
    Output,
)

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.runtimes")

_EMPTY_TAR: Final = bytes(10_240)


class DockerRuntime:
    """Containers of a docker engine on this machine.

    Args:
        socket: the engine's.
        version: the engine's, which was asked for when the runtime was chosen.
    """

    confines: Final = True

    def __init__(self, cloud: Cloud, socket: Path, version: str) -> None:
        self._cloud = cloud
        self._version = version
        self._engine = Engine(socket)
        self._images = EngineImages(cloud, self._engine)
        self._networks: dict[str, TaskNetwork] = {}
        self._id = hashlib.sha256(str(cloud.directory.path).encode()).hexdigest()[:12]
        self._guard: Guard | None = None
        self._here: Surroundings

    @property
    def description(self) -> Mapping[str, str]:
        """What `local status` shows of it."""
        return {
            "name": RuntimeName.DOCKER,
            "engine": self._version,
            "address": f"unix://{self._engine.socket}",
        }

    async def start(self) -> None:
        """Clear away what a cloud that was killed has left, and make what containers need.

        Raises:
            OSError: the engine does not do it.
        """
        label = f"{LABEL}={self._id}"
        directory = sockets.make_directory(self._id, os.environ)
        self._guard = await Guard.begin(
            self._engine.socket,
            label=label,
            directory=directory,
            registry=urlsplit(self._cloud.endpoint_url).netloc,
            inherited=self._cloud.lock,
        )
        try:
            self._here = await self._surroundings(directory)
            await self._cloud.answer_at(self._here.door)
            await self._engine.bring(_EMPTY_TAR, self._here.image, label)
            await self._engine.create_network(description.network(self._here))
        except EngineError as error:
            raise OSError(f"the docker engine refuses: {error}") from error

    async def stop(self) -> None:
        """Leave nothing in the engine."""
        if self._guard is not None:
            await self._guard.end()
        await self._engine.close()

    async def pull(self, source: ImageSource) -> EngineImage:
        """Have an image in the engine. Raises `CannotPull`."""
        return await self._images.pull(source)

    async def open(self, ground_of_task: Ground) -> None:
        """Make a task's network. Raises `CannotStart`."""
        made = await ground.make(self._engine, self._here, ground_of_task)
        self._networks[ground_of_task.task] = made

    async def close(self, task: str) -> None:
        """Remove a task's network."""
        network = self._networks.pop(task, None)
        if network is None:
            return
        try:
            await self._engine.remove(network.container)
        except EngineError as error:
            log.warning("the network of the task %s is still there: %s", task, error)

    async def run(self, image: Image, container: Container, output: Output) -> DockerContainer:
        """Start a container on its task's network. Raises `CannotStart`."""
        if not isinstance(image, EngineImage):
            raise TypeError("the image is another runtime's")
        network = self._networks[container.task]
        return await DockerContainer.start(
            self._engine,
            f"{self._here.network}-{container.task[:12]}-{container.name}",
            description.container(
                self._here, image.reference, image.settings, container, network.container
            ),
            output,
            {port: network.ports[port] for port in container.ports},
        )

    async def build_tools(self, directory: Path, *, is_privileged: bool) -> BuildTools:
        """An engine of the build's own, with no image and no layer. Raises `CannotStart`."""
        if not is_privileged:
            return NoTools()
        return await BuildEngine.begin(self._engine, self._here, settings=directory)

    async def _surroundings(self, directory: Path) -> Surroundings:
        name = f"herogate-{self._id}"
        return Surroundings(
            cloud=self._id,
            image=f"{name}:host",
            network=name,
            door=directory / "door.sock",
            port=urlsplit(self._cloud.endpoint_url).port or 0,
            interpreter=host.interpreter(),
            directories=host.directories_of_interpreter(),
            processors=await self._engine.processors(),
            group=os.getgid(),
        )
