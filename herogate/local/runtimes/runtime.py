"""What a runtime is: it gets images and runs containers. The agent knows no more of it than this.

The embedded one is ``process/``: containers are child processes of the local cloud. In ``docker/`` they
are a docker engine's. Which one a cloud has: ``choice.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from herogate.local.runtimes.confinement import Confinement

Output = Callable[[bytes], Awaitable[None]]


class CannotPull(Exception):
    """An image cannot be had, or not be run here; the message is the reason."""


class CannotStart(Exception):
    """A container's program cannot be started; the message is the reason."""


@dataclass(frozen=True, kw_only=True)
class ImageSource:
    """Which image, of which repository of this cloud.

    Attributes:
        written: the reference as the task definition has it.
        reference: a tag or a digest.
        architecture: ``amd64`` or ``arm64``; the one that the task asks for.
    """

    written: str
    region: str
    repository: str
    reference: str
    architecture: str


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the containers of a task have in common: a network interface with an address and ports.

    Attributes:
        task: the task's id (32 hexadecimal digits).
        address: of the interface, as the API shows it.
        ports: what its containers listen on, by their own account.
    """

    task: str
    address: str
    ports: tuple[int, ...] = ()

    @property
    def host_name(self) -> str:
        """What the task's machine calls itself."""
        return f"ip-{self.address.replace('.', '-')}.ec2.internal"


@dataclass(frozen=True, kw_only=True)
class Container:
    """What is to be run, in the image's own terms.

    Attributes:
        task: the task's id (32 hexadecimal digits).
        entry_point, command: None where the image's own are wanted.
        ports: what it listens on, by its own account.
        defaults: variables that the image and `environment` override.
        environment: the task's variables and secrets; what overrides the image's.
        forced: variables that nothing overrides.
        working_directory: None for the image's own.
        confinement: what it may have of the machine.
    """

    task: str
    name: str
    entry_point: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    ports: tuple[int, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    forced: Mapping[str, str] = field(default_factory=dict, repr=False)
    working_directory: str | None = None
    confinement: Confinement = field(default_factory=Confinement)


@dataclass(frozen=True, kw_only=True)
class ContainerEnd:
    """How a container ended.

    Attributes:
        exit_code: 0 to 255; 128 and the signal's number where a signal ended it; None: it was never
            started.
        reason: what the exit code does not tell.
    """

    exit_code: int | None
    reason: str | None = None


class Image(Protocol):
    """An image that has been pulled."""

    @property
    def digest(self) -> str:
        """Of its manifest."""

    @property
    def stop_signal(self) -> int:
        """What asks its program to end."""


class RunningContainer(Protocol):
    """A container whose program has been started."""

    @property
    def ports(self) -> Mapping[int, int]:
        """This machine's loopback ports by the container's own."""

    async def ended(self) -> ContainerEnd:
        """Wait for the end, and for all output to be delivered."""

    def signal(self, number: int) -> None:
        """Send a signal to the program; nothing if it is over."""

    def kill(self) -> None:
        """End the program and all that it started."""

    async def run(self, command: tuple[str, ...], seconds: float) -> int:
        """Run another program in the container for so long at most; its exit status.

        Raises:
            CannotStart: it cannot be started.
            TimeoutError: it did not end in time, and was killed.
        """

    async def remove(self) -> None:
        """Leave nothing of an ended container on this machine."""


class BuildTools(Protocol):
    """What a build makes images with."""

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables that tell the build's commands of it."""

    async def remove(self) -> None:
        """The build is over: leave nothing of it."""


class Runtime(Protocol):
    """Gets images and runs containers."""

    @property
    def confines(self) -> bool:
        """Whether a container may have a user, a size and a file system of its own."""

    @property
    def description(self) -> Mapping[str, str]:
        """What `local status` shows of it; ``name`` is its name."""

    async def start(self) -> None:
        """Clear away what an earlier run of the cloud has left."""

    async def stop(self) -> None:
        """Leave nothing on this machine; no container runs any more."""

    async def open(self, ground: Ground) -> None:
        """Make what the containers of a task have in common.

        Raises:
            CannotStart: it cannot be made.
        """

    async def close(self, task: str) -> None:
        """Remove what the containers of a task had in common, be it there or not."""

    async def pull(self, source: ImageSource) -> Image:
        """Have an image ready to be run.

        Raises:
            CannotPull: there is none, or none that this runtime runs.
        """

    async def run(self, image: Image, container: Container, output: Output) -> RunningContainer:
        """Start a container's program on its task's ground; its output is handed on piece by piece.

        Raises:
            CannotStart: the program cannot be started.
        """

    async def build_tools(self, directory: Path, *, is_privileged: bool) -> BuildTools:
        """What a build makes images with.

        Args:
            directory: the build's own, for what it needs there.
            is_privileged: whether its project lets it run docker.

        Raises:
            CannotStart: it cannot be had.
        """
