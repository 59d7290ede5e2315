"""The router as a child process: started, spoken to, ended. What it is told is ``plane.py``'s."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

_MODULE = "herogate.local.planes.elb.router"
_STOP_SECONDS = 5
_ANSWER_LIMIT = 16 * 1024 * 1024


class RouterEndedError(Exception):
    """The router is no more; what it was asked may or may not have been done."""


class RouterProcess:
    """A running router. It ends when its standard input does, so with this process at the latest."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._stdin = cast(asyncio.StreamWriter, process.stdin)
        self._stdout = cast(asyncio.StreamReader, process.stdout)
        self._turn = asyncio.Lock()
        self._numbers = itertools.count()

    @classmethod
    async def start(cls, inherited: Sequence[int]) -> RouterProcess:
        """Start a router that also holds the given file descriptors open as long as it lives."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _MODULE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=inherited,
            start_new_session=True,
            limit=_ANSWER_LIMIT,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, command: Mapping[str, Any]) -> dict[int, str]:
        """Have a command carried out; the ports it failed on, with reasons.

        Raises:
            RouterEndedError: before it had answered.
        """
        number = next(self._numbers)
        async with self._turn:
            try:
                self._stdin.write(json.dumps({**command, "number": number}).encode() + b"\n")
                await self._stdin.drain()
                failed = await self._answer(number)
            except ConnectionError as error:
                raise RouterEndedError(f"router {self.pid}") from error
        return {int(port): str(reason) for port, reason in failed.items()}

    async def _answer(self, number: int) -> dict[str, Any]:
        """The answer to a command; those to commands whose askers have left are passed over."""
        while line := await self._stdout.readline():
            answer = json.loads(line)
            if answer["number"] == number:
                return dict(answer["failed"])
        raise ConnectionResetError

    async def ended(self) -> int:
        """Wait for the end, however it comes; the exit status."""
        return await self._process.wait()

    async def stop(self) -> None:
        """End the router; by force if it does not heed the end of its input."""
        self._stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
