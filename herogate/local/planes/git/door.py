"""git's smart HTTP protocol, spoken by git's own ``http-backend``; bodies stream both ways.

A fetch is answered as it comes. A push's answer is held back until EventBridge's news of it are on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from herogate.local.errors import AwsError
from herogate.local.planes.git.program import Running
from herogate.local.planes.git.visitors import NoCredentialsGiven, Visitor, identify

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

    from herogate.local.cloud import Cloud
    from herogate.local.planes.git.plane import GitPlane

_CHUNK_BYTES = 1 << 16
_PATH = re.compile(
    r"/v1/repos/(?P<name>[\w.-]{1,100})/+(?P<what>info/refs|git-upload-pack|git-receive-pack)",
    re.ASCII,
)
_SERVICES = ("git-upload-pack", "git-receive-pack")
_PROTOCOL = re.compile(r"[a-z0-9=:]{1,64}")


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What is asked of which repository: `what` is ``info/refs`` or a service's name."""

    name: str
    what: str
    query: str

    @property
    def is_push(self) -> bool:
        return self.what == "git-receive-pack"

    @property
    def action(self) -> str:
        """What IAM calls it."""
        pushing = self.is_push or self.query.endswith("git-receive-pack")
        return "codecommit:GitPush" if pushing else "codecommit:GitPull"


class GitDoor:
    """Answers requests under ``/v1/repos/``."""

    def __init__(self, cloud: Cloud, plane: GitPlane) -> None:
        self._cloud = cloud
        self._plane = plane
        self._running: set[Running] = set()
        self._pushes: set[asyncio.Task[None]] = set()

    async def __call__(self, request: web.BaseRequest, endpoint_url: str) -> web.StreamResponse:
        asked = _asked(request)
        if asked is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="There is no such page.\n")
        try:
            visitor = await identify(self._cloud, request, endpoint_url, asked.name)
            await self._check_right(visitor, asked)
        except NoCredentialsGiven:
            return web.Response(
                status=HTTPStatus.UNAUTHORIZED,
                headers={"WWW-Authenticate": 'Basic realm="CodeCommit"'},
                text="Say who you are, as AWS's credential helper does.\n",
            )
        return await self._serve(request, asked, visitor)

    async def close(self) -> None:
        """End every transfer."""
        for running in list(self._running):
            running.kill()
        await asyncio.gather(*self._pushes, return_exceptions=True)

    async def _check_right(self, visitor: Visitor, asked: _Request) -> None:
        try:
            await self._cloud.authority.require(
                visitor.caller_arn, [asked.action], visitor.repository_arn
            )
        except AwsError as error:
            raise AwsError("AccessDenied", error.message, status=HTTPStatus.FORBIDDEN) from error

    async def _serve(
        self, request: web.BaseRequest, asked: _Request, visitor: Visitor
    ) -> web.StreamResponse:
        running = await self._plane.git.start(
            "http-backend", environment=_environment(request, asked, visitor, self._plane.git.home)
        )
        self._running.add(running)
        feeding = asyncio.create_task(_feed(request, running))
        complaints = asyncio.create_task(running.stderr.read())
        try:
            status, headers = await _head(running.stdout)
            answer = web.StreamResponse(status=status, headers=headers)
            if asked.is_push:
                return await self._pushed(request, answer, running.stdout, visitor)
            await answer.prepare(request)
            await _copy(running.stdout, answer)
            return answer
        finally:
            feeding.cancel()
            running.kill()
            await asyncio.gather(
                running.process.wait(), feeding, complaints, return_exceptions=True
            )
            self._running.discard(running)

    async def _pushed(
        self,
        request: web.BaseRequest,
        answer: web.StreamResponse,
        said: StreamReader,
        visitor: Visitor,
    ) -> web.StreamResponse:
        report = await said.read()
        telling = asyncio.create_task(self._tell(visitor))
        self._pushes.add(telling)
        telling.add_done_callback(self._pushes.discard)
        await asyncio.shield(telling)
        await answer.prepare(request)
        await answer.write(report)
        return answer

    async def _tell(self, visitor: Visitor) -> None:
        await self._plane.tell(visitor.repository_id, visitor.caller_arn)
        await self._cloud.kept()


def _asked(request: web.BaseRequest) -> _Request | None:
    found = _PATH.fullmatch(request.path)
    if found is None:
        return None
    if found["what"] == "info/refs":
        service = request.query.get("service")
        query = f"service={service}"
        wanted = request.method == "GET" and service in _SERVICES
    else:
        query, wanted = "", request.method == "POST"
    return _Request(name=found["name"], what=found["what"], query=query) if wanted else None


def _environment(
    request: web.BaseRequest, asked: _Request, visitor: Visitor, root: Path
) -> Mapping[str, str]:
    """The request as the Common Gateway Interface tells it."""
    headers = request.headers
    protocol = headers.get("Git-Protocol", "")
    return {
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{visitor.repository_id}.git/{asked.what}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": asked.query,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": headers.get("Content-Length", ""),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
        "REMOTE_USER": visitor.caller_arn,
        "GIT_PROTOCOL": protocol if _PROTOCOL.fullmatch(protocol) else "",
    }


async def _feed(request: web.BaseRequest, running: Running) -> None:
    """Give git the body as it comes. Where the client goes away in the middle of it, git is killed."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await _let_continue(request)
    try:
        async for chunk in request.content.iter_chunked(_CHUNK_BYTES):
            await _write(running.stdin, chunk)
    except (ConnectionError, HttpProcessingError):
        running.kill()
    running.stdin.close()


async def _write(stdin: StreamWriter, chunk: bytes) -> None:
    """Write what git may not want to hear any more; what it says tells why."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(chunk)
        await stdin.drain()


async def _let_continue(request: web.BaseRequest) -> None:
    if request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer has not begun


async def _head(said: StreamReader) -> tuple[int, dict[str, str]]:
    """Status and headers, as the Common Gateway Interface gives them."""
    headers: dict[str, str] = {}
    while line := (await said.readline()).decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    status = headers.pop("Status", "200" if headers else "500")
    return int(status.split()[0]), headers


async def _copy(said: StreamReader, answer: web.StreamResponse) -> None:
    while chunk := await said.read(_CHUNK_BYTES):
        await answer.write(chunk)
