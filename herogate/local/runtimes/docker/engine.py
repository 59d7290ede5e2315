"""A docker engine, asked by its API over its socket: https://docs.docker.com/reference/api/engine/.

It speaks of containers, images and networks, and knows nothing of tasks. Values of variables go in the
bodies of requests: nothing of them is in anybody's argv.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from herogate.local.runtimes.docker.frames import Frame, Frames

Document = Mapping[str, Any]

_CONNECT_SECONDS = 10
_NOT_FOUND = 404


class EngineError(Exception):
    """The engine refuses, or does not answer; the message is its own."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status

    @property
    def is_not_found(self) -> bool:
        """Whether there is no such thing."""
        return self.status == _NOT_FOUND


@dataclass(frozen=True, kw_only=True)
class State:
    """A container that has ended."""

    exit_code: int
    ran_out_of_memory: bool


@dataclass(frozen=True, kw_only=True)
class Execution:
    """A program that was started in a container beside its own.

    Attributes:
        pid: on this machine.
        exit_code: None while it runs.
    """

    pid: int
    exit_code: int | None


class Stream:
    """What a container or a program in it writes, until it ends."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def frames(self) -> AsyncIterator[Frame]:
        """Each piece, as it comes."""
        frames = Frames()
        async for piece in self._response.content.iter_any():
            for frame in frames.take(piece):
                yield frame

    def close(self) -> None:
        """Listen no longer."""
        self._response.close()


class Waiting:
    """The end of a container, waited for since before its start."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def ended(self) -> None:
        """Return when it has ended. Raises `EngineError`: the engine is no more."""
        try:
            await self._response.read()
        except aiohttp.ClientError as error:
            raise EngineError(f"the engine has gone: {error}") from error

    def close(self) -> None:
        """Wait no longer."""
        self._response.close()


class Engine:
    """A docker engine. Everything it is asked raises `EngineError`."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._opened: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def version(self) -> str:
        """The engine's version."""
        return str((await self._ask("GET", "version"))["Version"])

    async def processors(self) -> int:
        """How many processors its containers can use."""
        return int((await self._ask("GET", "info"))["NCPU"])

    # --- containers ---

    async def create(self, name: str, document: Document) -> str:
        """Make a container; its id. If nobody waits for it any more, it is removed once it is made."""
        asked = self._ask("POST", "containers/create", {"name": name}, document)
        making = asyncio.ensure_future(asked)
        try:
            return str((await asyncio.shield(making))["Id"])
        except asyncio.CancelledError:
            await asyncio.wait({making})
            if making.exception() is None:
                await self.remove(making.result()["Id"])
            raise

    async def start(self, container: str) -> None:
        """Start a container's program."""
        await self._ask("POST", f"containers/{container}/start")

    async def attach(self, container: str) -> Stream:
        """What a container that is not started yet will write."""
        asked = {"stream": "1", "stdout": "1", "stderr": "1"}
        return Stream(await self._send("POST", f"containers/{container}/attach", asked))

    async def wait(self, container: str) -> Waiting:
        """The end of a container that is not started yet."""
        asked = {"condition": "next-exit"}
        return Waiting(await self._send("POST", f"containers/{container}/wait", asked))

    async def inspect(self, container: str) -> Document:
        """All about a container, in the API's shape."""
        found: Document = await self._ask("GET", f"containers/{container}/json")
        return found

    async def state(self, container: str) -> State:
        """How a container has ended."""
        state = (await self.inspect(container))["State"]
        return State(exit_code=state["ExitCode"], ran_out_of_memory=state["OOMKilled"])

    async def last_words(self, container: str) -> str:
        """The end of what a container has written, of one whose output the engine keeps."""
        asked = {"stdout": "1", "stderr": "1", "tail": "1"}
        response = await self._send("GET", f"containers/{container}/logs", asked)
        written = b"".join(frame.content for frame in Frames().take(await response.read()))
        return written.decode(errors="replace")

    async def signal(self, container: str, number: int) -> None:
        """Send a signal to a container's first process."""
        await self._ask("POST", f"containers/{container}/kill", {"signal": str(number)})

    async def remove(self, container: str) -> None:
        """Remove a container with its files, whatever it does; one that is not there is no error."""
        try:
            await self._ask("DELETE", f"containers/{container}", {"force": "1", "v": "1"})
        except EngineError as error:
            if not error.is_not_found:
                raise

    async def prepare(self, container: str, command: Sequence[str]) -> str:
        """Prepare another program in a container that runs; the id of its execution."""
        asked = {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True}
        return str((await self._ask("POST", f"containers/{container}/exec", body=asked))["Id"])

    async def execute(self, execution: str) -> Stream:
        """Start what was prepared."""
        asked = {"Detach": False, "Tty": False}
        return Stream(await self._send("POST", f"exec/{execution}/start", body=asked))

    async def execution(self, execution: str) -> Execution:
        """A program that was executed."""
        found = await self._ask("GET", f"exec/{execution}/json")
        return Execution(pid=found["Pid"], exit_code=found["ExitCode"])

    # --- images and networks ---

    async def has_image(self, reference: str) -> bool:
        """Whether an image needs not be pulled."""
        try:
            await self._ask("GET", f"images/{reference}/json")
        except EngineError as error:
            if not error.is_not_found:
                raise
            return False
        return True

    async def pull(self, reference: str, login: str) -> None:
        """Pull an image.

        Args:
            login: an ``X-Registry-Auth`` header.
        """
        headers = {"X-Registry-Auth": login}
        asked = {"fromImage": reference}
        response = await self._send("POST", "images/create", asked, headers=headers)
        for line in (await response.read()).splitlines():
            if complaint := json.loads(line).get("error"):
                raise EngineError(complaint)

    async def bring(self, archive: bytes, reference: str, label: str) -> None:
        """Make an image of the files in a tar."""
        asked = {"fromSrc": "-", "repo": reference, "changes": f"LABEL {label}"}
        headers = {"Content-Type": "application/x-tar"}
        response = await self._send("POST", "images/create", asked, archive, headers)
        await response.read()

    async def images(self) -> list[Document]:
        """Every image, in the API's shape."""
        return list(await self._ask("GET", "images/json"))

    async def remove_image(self, reference: str) -> None:
        """Remove an image that no container needs."""
        await self._ask("DELETE", f"images/{reference}")

    async def create_network(self, document: Document) -> None:
        """Make a network."""
        await self._ask("POST", "networks/create", body=document)

    # --- the wire ---

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Document | None = None,
    ) -> Any:
        response = await self._send(method, path, query, body)
        answered = await response.read()
        return json.loads(answered) if answered else None

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Document | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> aiohttp.ClientResponse:
        """A response whose body is still to be read, if the engine agrees."""
        content = {"data": body} if isinstance(body, bytes) else {"json": body}
        try:
            response = await self._session.request(
                method,
                f"http://docker/{path}",
                params=query,
                headers=headers,
                **(content if body is not None else {}),
            )
            if response.status < 400:
                return response
            answered = await response.text()
        except (aiohttp.ClientError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise EngineError(f"{self.socket} does not answer: {reason}") from error
        raise EngineError(_complaint(answered), response.status)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(path=str(self.socket), limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            )
        return self._opened


def _complaint(answered: str) -> str:
    try:
        return str(json.loads(answered)["message"])
    except (ValueError, KeyError, TypeError):
        return answered.strip() or "the engine refuses without a word"
