"""Runs containers as children of the local cloud: the agent's `Runtime` that needs nothing installed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from herogate.local.planes.registry.pulled import PulledImage
from herogate.local.runtimes import image_settings, pulling
from herogate.local.runtimes.child import Child
from herogate.local.runtimes.choice import RuntimeName
from herogate.local.runtimes.image_settings import ImageSettings, Unclear
from herogate.local.runtimes.process import images, layout
from herogate.local.runtimes.process.images import UnpackedImage, UnpackedImages
from herogate.local.runtimes.process.layout import Place
from herogate.local.runtimes.process.ports import Ports
from herogate.local.runtimes.process.room import Room
from herogate.local.runtimes.runtime import (
    CannotPull,
    CannotStart,
    Container,
    ContainerEnd,
    Ground,
    Image,
    ImageSource,
    Output,
)

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_ROOT = {"", "0", "root", "0:0", "root:root"}
"""Whom an image may name as its user: whoever runs the cloud stands in for them."""


class HostTools:
    """Builds make images with this machine's own programs."""

    variables: Final = {"HEROGATE_BUILDER": "host-base"}

    async def remove(self) -> None:
        """There is nothing to remove."""


class ProcessRuntime:
    """Containers as child processes, from images of the host base."""

    confines: Final = False
    description: Final = {"name": RuntimeName.PROCESS}

    def __init__(self, cloud: Cloud) -> None:
        directory = cloud.directory.room("runtime")
        self._cloud = cloud
        self._ports = Ports()
        self._images = UnpackedImages(directory / "images")
        self._rooms = directory / "rooms"
        self._in_use: dict[Path, Path] = {}

    async def start(self) -> None:
        """Clear away the containers of a cloud that was killed; their processes died with it."""
        await asyncio.to_thread(images.remove, self._rooms)
        self._rooms.mkdir(mode=0o700, parents=True)
        await self._images.start()

    async def stop(self) -> None:
        """Nothing is left: the last container has taken its files along."""

    async def open(self, ground: Ground) -> None:
        """Containers stand on this machine itself, and have ports of their own."""

    async def close(self, task: str) -> None:
        """Nothing was made for the task."""

    async def build_tools(
        self,
        directory: Path,  # noqa: ARG002
        *,
        is_privileged: bool,  # noqa: ARG002
    ) -> HostTools:
        """This machine's own programs."""
        return HostTools()

    async def pull(self, source: ImageSource) -> UnpackedImage:
        """Have an image of the host base unpacked. Raises `CannotPull`."""
        image = await pulling.find(self._cloud.registry, source)
        _check_base(image, source)
        settings = _settings(image)
        root = await self._images.unpack(image)
        await self._images.prune(lambda: set(self._in_use.values()))
        return UnpackedImage(digest=image.digest, root=root, settings=settings)

    async def run(self, image: Image, container: Container, output: Output) -> ProcessContainer:
        """Start a container's program in a copy of its image. Raises `CannotStart`."""
        if not isinstance(image, UnpackedImage):
            raise TypeError("the image is another runtime's")
        room = self._room(image.settings, container)
        self._in_use[room.place.directory] = image.root
        try:
            words = layout.arguments(
                image.settings,
                room.place,
                entry_point=container.entry_point,
                command=container.command,
            )
            await room.furnish(image.root)
            program = await room.start(words, output)
        except BaseException as error:
            await self._clear(room)
            raise CannotStart(str(error)) if isinstance(error, Unclear) else error from error
        return ProcessContainer(room, program, self._clear)

    def _room(self, image: ImageSettings, container: Container) -> Room:
        name = f"{container.task[:8]}-{secrets.token_hex(4)}"  # short: sockets' paths are limited
        place = Place(directory=self._rooms / name)
        ports = {port: self._ports.take() for port in container.ports}
        own = self._own_port(container, ports)
        environment = layout.environment(
            image,
            place,
            defaults=container.defaults,
            own=container.environment,
            forced={**container.forced, **({} if own is None else {"PORT": str(own)})},
        )
        return Room(
            place=place,
            environment=environment,
            directory=layout.working_directory(image, place, container.working_directory),
            ports=ports,
            taken=tuple({*ports.values(), *({} if own is None else {own})}),
            lock=self._cloud.lock,
        )

    def _own_port(self, container: Container, ports: Mapping[int, int]) -> int | None:
        """What PORT is to say: the loopback port behind what it said, or a free one if it said anything.

        Without a network of its own, a container that listened on the port it was told would be in the
        way of the next one.
        """
        said = container.environment.get("PORT")
        if said is not None and said.isdecimal() and int(said) in ports:
            return ports[int(said)]
        if ports:
            return next(iter(ports.values()))
        return None if said is None else self._ports.take()

    async def _clear(self, room: Room) -> None:
        for port in room.taken:
            self._ports.give_back(port)
        await room.clear()
        self._in_use.pop(room.place.directory, None)


class ProcessContainer:
    """A container that is a child process."""

    def __init__(
        self, room: Room, program: Child, clear: Callable[[Room], Awaitable[None]]
    ) -> None:
        self._room = room
        self._program = program
        self._clear = clear

    @property
    def ports(self) -> Mapping[int, int]:
        """This machine's loopback ports by the container's own."""
        return self._room.ports

    async def ended(self) -> ContainerEnd:
        """Wait for the end."""
        return ContainerEnd(exit_code=await self._program.ended())

    def signal(self, number: int) -> None:
        """Send a signal to the program, as docker does; not to what it has started."""
        self._program.ask(number)

    def kill(self) -> None:
        """End the program and all that it started."""
        self._program.kill()

    async def run(self, command: tuple[str, ...], seconds: float) -> int:
        """Run another program in the same surroundings. Raises `CannotStart`, `TimeoutError`."""
        words = tuple(map(self._room.place.path, command))
        other = await self._room.start(words, _drop)
        try:
            async with asyncio.timeout(seconds):
                return await other.ended()
        finally:
            other.kill()
            await other.ended()

    async def remove(self) -> None:
        """Remove the container's files and give its ports back."""
        await self._clear(self._room)


async def _drop(_: bytes) -> None:
    """For output that nobody is to see."""


def _check_base(image: PulledImage, source: ImageSource) -> None:
    if not image_settings.is_of_host_base(image):
        name, value = image_settings.HOST_BASE
        raise CannotPull(
            f"{source.written} brings an operating system of its own. The process runtime runs images "
            f"of the host base alone ({name}: {value}); this one needs the docker runtime"
        )


def _settings(image: PulledImage) -> ImageSettings:
    """What the image says of how it is run."""
    settings = image_settings.of(image)
    if settings.user not in _ROOT:
        raise CannotPull(f"the process runtime cannot be another user: {settings.user}")
    return settings
