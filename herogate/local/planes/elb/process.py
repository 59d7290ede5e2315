"""The router as a child process: started, spoken to, ended. What it is told is ``plane.py``'s."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

_MODULE = "herogate.local.planes.elb.router"
_STOP_SECONDS = 5
_ANSWER_LIMIT = 16 * 1024 * 1024


class RouterEndedError(Exception):
    """The router is no more; what it was asked may or may not have been done."""


Report = Callable[[Mapping[str, Any]], None]
"""Takes what the router tells without being asked (``router.py`` says what that is)."""


class RouterProcess:
    """A running router. It ends when its standard input does, so with this process at the latest."""

    def __init__(self, process: asyncio.subprocess.Process, report: Report) -> None:
        self._process = process
        self._stdin = cast(asyncio.StreamWriter, process.stdin)
        self._stdout = cast(asyncio.StreamReader, process.stdout)
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen(report))

    @classmethod
    async def start(cls, inherited: Sequence[int], report: Report) -> RouterProcess:
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
        return cls(process, report)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, command: Mapping[str, Any]) -> dict[int, str]:
        """Have a command carried out; the ports it failed on, with reasons.

        Raises:
            RouterEndedError: before it had answered.
        """
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            if self._listening.done():
                raise RouterEndedError(f"router {self.pid}")
            self._stdin.write(json.dumps({**command, "number": number}).encode() + b"\n")
            await self._stdin.drain()
            failed = (await answer)["failed"]
        except ConnectionError as error:
            raise RouterEndedError(f"router {self.pid}") from error
        finally:
            del self._asked[number]
        return {int(port): str(reason) for port, reason in failed.items()}

    async def _listen(self, report: Report) -> None:
        """Hand answers to who asked, as far as they still wait, and reports on; until the end."""
        while line := await self._stdout.readline():
            said = json.loads(line)
            if "number" not in said:
                report(said)
            elif (asked := self._asked.get(said["number"])) and not asked.done():
                asked.set_result(said)
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(RouterEndedError(f"router {self.pid}"))

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
