"""The cloud's end of the process that leaves nothing of it in the engine (``guard.py``)."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final, cast

_GUARD: Final = Path(__file__).with_name("guard.py")


class Guard:
    """A guard at work. `begin` makes one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def begin(
        cls, socket: Path, *, label: str, directory: Path, registry: str, inherited: int
    ) -> Guard:
        """Have everything with the label removed, now and at this process's end.

        Args:
            socket: the engine's.
            directory: is removed at the end.
            registry: the address from which images are pulled that go at the end.
            inherited: a descriptor that stays open until the guard has ended.

        Raises:
            OSError: the engine does not answer.
        """
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-I",
                "-S",
                str(_GUARD),
                str(socket),
                label,
                str(directory),
                registry,
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(inherited,),
            start_new_session=True,
        )
        said = await cast(asyncio.StreamReader, process.stdout).readline()
        if said.strip() != b"ready":
            await process.wait()
            raise OSError(f"the docker engine cannot be cleared up: {said.decode().strip()}")
        return cls(process)

    async def end(self) -> None:
        """Return when everything is gone."""
        cast(asyncio.StreamWriter, self._process.stdin).close()
        await self._process.wait()
