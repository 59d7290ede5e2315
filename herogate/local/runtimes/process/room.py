"""What one container has of this machine: files, an environment, ports; and programs that run in it."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from herogate.local.runtimes.child import Child, Command
from herogate.local.runtimes.process import images
from herogate.local.runtimes.process.layout import Place
from herogate.local.runtimes.runtime import CannotStart, Output


@dataclass(frozen=True, kw_only=True)
class Room:
    """A container's place on this machine.

    Attributes:
        directory: where programs start.
        ports: loopback ports by the container's own.
        taken: all loopback ports it has, published or not.
        lock: the cloud's, held as long as a program runs.
    """

    place: Place
    environment: Mapping[str, str] = field(repr=False)
    directory: Path
    ports: Mapping[int, int]
    taken: tuple[int, ...]
    lock: int

    async def furnish(self, root: Path) -> None:
        """Bring the image's files in.

        Raises:
            CannotStart: they cannot be copied.
        """
        try:
            self.place.directory.mkdir(mode=0o700)
            self.place.home.mkdir(mode=0o700)
            self.place.scratch.mkdir(mode=0o700)
            await images.copy(root, self.place.root)
        except OSError as error:
            raise CannotStart(f"failed to prepare the container's files: {error}") from error

    async def start(self, words: tuple[str, ...], output: Output) -> Child:
        """Start a program.

        Raises:
            CannotStart: it cannot be executed.
        """
        command = Command(argv=words, environment=self.environment, directory=self.directory)
        if not self.directory.is_dir():
            raise CannotStart(
                f'chdir to cwd ("{self.directory}") failed: no such file or directory'
            )
        try:
            return await Child.start(command, inherited=(self.lock,), output=output)
        except OSError as error:
            raise CannotStart(_complaint(words[0], error)) from error
        except ValueError as error:
            raise CannotStart(str(error)) from error

    async def clear(self) -> None:
        """Remove the files."""
        await asyncio.to_thread(images.remove, self.place.directory)


def _complaint(program: str, error: OSError) -> str:
    """Why a program cannot be executed, as the container runtimes say it."""
    if error.errno == errno.ENOENT and "/" not in program:
        return f'exec: "{program}": executable file not found in $PATH'
    reason = os.strerror(error.errno or 0).lower()
    if error.errno == errno.ENOENT:
        return f'exec: "{program}": stat {program}: {reason}'
    return f'exec: "{program}": {reason}'
