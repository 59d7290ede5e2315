"""Handing a request to a target, and its answer to the client: streamed both ways, as ALBs do it.

Which target, and whether there is one, is not decided here.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate

from herogate.local.planes.elb import http1, pages, tls
from herogate.local.planes.elb.client import Client
from herogate.local.planes.elb.http1 import Body, Framing, Headers, MessageError, Request, Response
from herogate.local.planes.elb.table import ForwardedFor, Protocol, Settings, Target

CONNECT_TIMEOUT_SECONDS = 10
"""How long an ALB waits for a target to accept a connection before it answers 504."""

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_PIECE = 64 * 1024


async def forward(client: Client, request: Request, target: Target, protocol: Protocol) -> bool:
    """Let a target answer a request; whether the client's connection may be used again.

    Answers 502 or 504 where the target does not, or not in time.
    """
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            reader, writer = await asyncio.open_connection(
                target.address, target.port, limit=http1.HEAD_LIMIT, ssl=_security(protocol)
            )
    except TimeoutError:
        return await client.answer(request, pages.error(504))
    except OSError:
        return await client.answer(request, pages.error(502))
    exchange = _Exchange(client=client, request=request, reader=reader, writer=writer)
    try:
        return await exchange.run()
    finally:
        writer.close()


def _security(protocol: Protocol) -> ssl.SSLContext | None:
    return tls.client_context() if protocol is Protocol.HTTPS else None


@dataclass(kw_only=True)
class _Exchange:
    """One request and its answer, between a client and a connection to a target."""

    client: Client
    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    answered: bool = False
    uploaded: bool = False
    tunnelled: bool = False
    idle: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))

    async def run(self) -> bool:
        try:
            async with self.idle:
                self._progress()
                return await self._converse()
        except TimeoutError:
            return await self._fail(504 if self.uploaded else 408)
        except MessageError as error:
            return await self._fail(error.status)
        except OSError:
            return False

    async def _converse(self) -> bool:
        """Send and receive at once: a target may answer before it has read everything."""
        upload = asyncio.create_task(self._upload())
        download = asyncio.create_task(self._download())
        gone = asyncio.create_task(self.client.gone.wait())
        try:
            await asyncio.wait({upload, download, gone}, return_when=asyncio.FIRST_COMPLETED)
            if upload.done() and not download.done():
                upload.result()
                await asyncio.wait({download, gone}, return_when=asyncio.FIRST_COMPLETED)
            if download.done() or self.tunnelled:
                return await download
            raise ConnectionAbortedError("the client has closed")
        finally:
            await _cancel(upload, download, gone)

    async def _upload(self) -> None:
        headers = target_headers(self.request, self.client)
        line = f"{self.request.method} {self.client.path(self.request)} HTTP/1.1"
        framing = self.request.body.framing
        await self._to_target(http1.head(line, headers))
        if self.request.expects_continue:
            await self.client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        async for piece in http1.read_body(self.client.reader, self.request.body):
            self._progress()
            await self._to_target(http1.framed(piece, framing))
        await self._to_target(http1.end(framing))
        self.uploaded = True

    async def _to_target(self, data: bytes) -> None:
        """Send; a target that reads no more may still have answered, so that is no failure."""
        if not self.writer.is_closing():
            self.writer.write(data)
            try:
                await self.writer.drain()
            except ConnectionError:
                self.writer.close()

    async def _download(self) -> bool:
        response = await self._response()
        self._progress()
        if response.status == 101:
            return await self._tunnel(response)
        framing = client_framing(response, self.request)
        reusable = self.uploaded and framing is not Framing.UNTIL_CLOSE
        keep_alive = reusable and self.client.keeps_alive(self.request)
        headers = client_headers(response, framing, keep_alive=keep_alive)
        self.answered = True
        await self.client.send(http1.head(_status_line(response), headers))
        async for piece in http1.read_body(self.reader, response.body):
            self._progress()
            await self.client.send(http1.framed(piece, framing))
        await self.client.send(http1.end(framing))
        return keep_alive

    async def _response(self) -> Response:
        """The target's final answer, interim ones left out. Raises `MessageError` (502)."""
        try:
            while True:
                response = await http1.read_response(self.reader, method=self.request.method)
                asked = self.request.upgrades_to_websocket
                if response.status >= 200 or (response.status == 101 and asked):
                    return response
        except (MessageError, OSError) as error:
            raise MessageError(str(error), status=502) from error

    async def _tunnel(self, response: Response) -> bool:
        """After an upgrade bytes go both ways, until either side has closed or both are idle."""
        self.answered = self.tunnelled = True
        await self.client.send(http1.head(_status_line(response), response.headers))
        there = asyncio.create_task(self._pump(self.client.reader, self.writer))
        back = asyncio.create_task(self._pump(self.reader, self.client.writer))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancel(there, back)
        return False

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(_PIECE):
            self._progress()
            sink.write(piece)
            await sink.drain()

    def _progress(self) -> None:
        """Something was sent or received: the idle timeout begins anew."""
        if not self.idle.expired():
            now = asyncio.get_running_loop().time()
            self.idle.reschedule(now + self.client.listener.settings.idle_timeout_seconds)

    async def _fail(self, status: int) -> bool:
        """Say what went wrong, unless the answer has begun: then only closing tells it."""
        if self.answered:
            return False
        rest = Body() if self.uploaded else Body(framing=Framing.UNTIL_CLOSE)
        return await self.client.answer(self.request, pages.error(status), rest=rest)


def target_headers(request: Request, client: Client) -> list[tuple[str, str]]:
    """The request's headers as a target gets them."""
    settings = client.listener.settings
    dropped = _HOP_BY_HOP | set(request.tokens("connection"))
    dropped |= {"expect", "content-length", "host", "x-amzn-trace-id"}
    dropped |= {"x-forwarded-proto", "x-forwarded-port"}
    headers = [("Host", _host(request, client)), *_forwarded(request, client)]
    if settings.forwarded_for is not ForwardedFor.PRESERVE:
        dropped |= {"x-forwarded-for"}
    headers += [item for item in request.headers if item[0].lower() not in dropped]
    if settings.drop_invalid_header_fields:
        headers = [item for item in headers if re.fullmatch(r"[-A-Za-z0-9]+", item[0])]
    if request.upgrades_to_websocket:
        return [*headers, ("Connection", "Upgrade"), ("Upgrade", "websocket")]
    return [*headers, *_framing_headers(request), ("Connection", "close")]


def _host(request: Request, client: Client) -> str:
    """The Host header; unless it is to be preserved, an ALB names a port that is not the usual."""
    listener = client.listener
    host = client.host(request)
    if listener.settings.preserve_host_header or listener.port == listener.protocol.default_port:
        return host
    return host if re.search(r":\d*$", host) else f"{host}:{listener.port}"


def _forwarded(request: Request, client: Client) -> list[tuple[str, str]]:
    settings = client.listener.settings
    headers = [
        ("X-Forwarded-Proto", client.listener.protocol.scheme),
        ("X-Forwarded-Port", str(client.listener.port)),
        ("X-Amzn-Trace-Id", trace(request)),
    ]
    if settings.forwarded_for is ForwardedFor.APPEND:
        hops = [*request.values("x-forwarded-for"), _source(client, settings)]
        headers.insert(0, ("X-Forwarded-For", ", ".join(hops)))
    return headers


def _source(client: Client, settings: Settings) -> str:
    if not settings.forwarded_for_client_port:
        return client.address
    address = f"[{client.address}]" if ":" in client.address else client.address
    return f"{address}:{client.source_port}"


def trace(request: Request) -> str:
    """The request's trace: a root of its own, or what the client sent with this hop put first."""
    own = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    sent = ";".join(request.values("x-amzn-trace-id"))
    if "root=" not in sent.lower():
        return ";".join(filter(None, [f"Root={own}", sent]))
    kept = [part for part in sent.split(";") if not part.strip().lower().startswith("self=")]
    return ";".join([f"Self={own}", *kept])


def _framing_headers(request: Request) -> list[tuple[str, str]]:
    if request.body.framing is Framing.CHUNKED:
        return [("Transfer-Encoding", "chunked")]
    named = request.values("content-length")
    return [("Content-Length", str(request.body.length))] if named else []


def client_framing(response: Response, request: Request) -> Framing:
    """How the body goes to the client: an answer of unknown length in chunks, if it knows those."""
    if response.body.framing is Framing.LENGTH:
        return Framing.LENGTH
    return Framing.CHUNKED if request.minor else Framing.UNTIL_CLOSE


def client_headers(
    response: Response, framing: Framing, *, keep_alive: bool
) -> Iterable[tuple[str, str]]:
    """The response's headers as the client gets them."""
    dropped = _HOP_BY_HOP | set(response.tokens("connection"))
    if framing is not Framing.LENGTH:
        dropped |= {"content-length"}
    headers: Headers = tuple(item for item in response.headers if item[0].lower() not in dropped)
    if not response.values("date"):
        headers = (("Date", formatdate(usegmt=True)), *headers)
    if framing is Framing.CHUNKED:
        headers = (*headers, ("Transfer-Encoding", "chunked"))
    return (*headers, ("Connection", "keep-alive" if keep_alive else "close"))


def _status_line(response: Response) -> str:
    return f"HTTP/1.1 {response.status} {response.reason}"


async def _cancel(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
