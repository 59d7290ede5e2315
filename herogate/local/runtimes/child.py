"""A program run by the local cloud, whose every descendant ends with it and with the cloud.

Knows nothing of tasks and builds. What stands between the two processes is ``shim.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

_SHIM = Path(__file__).with_name("shim.py")
_KILLED = 128 + signal.SIGKILL
_CHUNK_BYTES = 1 << 16
_OUTPUT_SECONDS = 1.0
"""How long output may be silent, after the end of all that is known, until it counts as complete: a
process elsewhere may have been handed the pipe."""

Output = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run. The environment is whole: the program inherits nothing.

    Attributes:
        argv: the program, found by the environment's PATH unless it has a slash, and its arguments.
        directory: where it starts.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path

    def encoded(self) -> bytes:
        """As the shim reads it. It goes through a pipe: an argv is for everybody's eyes.

        Raises:
            ValueError: there is a NUL in it.
        """
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        words = [str(self.directory), str(len(self.argv)), *self.argv, *variables]
        if any("\0" in word for word in words):
            raise ValueError("A program's arguments and environment cannot hold a NUL character.")
        body = b"".join(os.fsencode(word) + b"\0" for word in words)
        return b"%d\n" % len(body) + body


class Child:
    """A running program. `start` makes one."""

    def __init__(self, shim: asyncio.subprocess.Process, output: Output) -> None:
        self._shim = shim
        self._commands = cast(asyncio.StreamWriter, shim.stdin)
        self._reports = cast(asyncio.StreamReader, shim.stdout)
        self._output = output
        self._over = asyncio.Event()
        self._end: asyncio.Task[int]

    @classmethod
    async def start(cls, command: Command, *, inherited: Sequence[int], output: Output) -> Child:
        """Start a program in a session of its own, with standard output and error as one stream.

        Args:
            inherited: descriptors that stay open as long as anything of the program lives; the program
                itself does not get them.
            output: is awaited with each piece of output, in order; the program waits when it is slow.

        Raises:
            OSError: the program cannot be executed; ``errno`` says why.
            ValueError: there is a NUL in an argument or in the environment.
        """
        encoded = command.encoded()
        reading, writing = os.pipe()
        try:
            shim = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_SHIM), str(writing)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                pass_fds=(*inherited, writing),
                start_new_session=True,
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        child = cls(shim, output)
        pieces, transport = await _reader(reading)
        try:
            await child._begin(encoded, command.argv[0])
        except BaseException:
            transport.close()
            await child._dismiss()
            raise
        child._end = asyncio.create_task(child._follow(pieces, transport))
        return child

    @property
    def pid(self) -> int:
        """The process that keeps the program; the program is below it."""
        return self._shim.pid

    async def ended(self) -> int:
        """Wait until the program is over, nothing of it is left, and all output was delivered.

        Returns:
            the exit status, 0 to 255; 128 and the signal's number where a signal ended it.
        """
        return await asyncio.shield(self._end)

    def signal(self, number: int) -> None:
        """Send a signal to the program and its process group; nothing if it is over."""
        self._tell(b"signal %d\n" % number)

    def ask(self, number: int) -> None:
        """Send a signal to the program alone; nothing if it is over."""
        self._tell(b"ask %d\n" % number)

    def kill(self) -> None:
        """End the program and everything it ever started, at once."""
        self._tell(b"kill\n")

    def _tell(self, words: bytes) -> None:
        if not self._over.is_set():
            self._commands.write(words)

    async def _begin(self, encoded: bytes, program: str) -> None:
        with contextlib.suppress(ConnectionError):  # the shim has died: it reports nothing
            self._commands.write(encoded)
            await self._commands.drain()
        verb, _, number = (await self._reports.readline()).decode().strip().partition(" ")
        if verb == "failed":
            raise OSError(int(number), os.strerror(int(number)), program)
        if verb != "started":
            raise ChildProcessError(f"The process that was to start {program} has died.")

    async def _follow(self, pieces: asyncio.StreamReader, transport: asyncio.BaseTransport) -> int:
        delivery = asyncio.create_task(self._deliver(pieces))
        try:
            status = await self._status()
            self._over.set()
            await delivery
        finally:
            delivery.cancel()
            transport.close()
            await self._dismiss()
        return status

    async def _status(self) -> int:
        report = (await self._reports.read()).decode().split()
        return int(report[1]) if report else _KILLED

    async def _deliver(self, pieces: asyncio.StreamReader) -> None:
        """Hand on what the program writes; if nobody can take it, the program must not go on."""
        try:
            while piece := await self._next(pieces):
                await self._output(piece)
        except BaseException:
            self.kill()
            raise

    async def _next(self, pieces: asyncio.StreamReader) -> bytes:
        """The next piece; empty at the end, or when none came for a while after the program's end."""
        reading = asyncio.ensure_future(pieces.read(_CHUNK_BYTES))
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait((reading, over), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                await asyncio.wait((reading,), timeout=_OUTPUT_SECONDS)
            return reading.result() if reading.done() else b""
        finally:
            reading.cancel()
            over.cancel()

    async def _dismiss(self) -> None:
        """Let the shim go, which ends whatever is left below it."""
        self._commands.close()
        await self._shim.wait()


async def _reader(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    return reader, transport
