"""A client's connection to a listener's port: the requests it brings and the answers it takes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from herogate.local.planes.elb import http1
from herogate.local.planes.elb.http1 import Body, Framing, Request
from herogate.local.planes.elb.matching import Facts
from herogate.local.planes.elb.pages import Page
from herogate.local.planes.elb.table import DesyncMode, Listener

_LINGER_SECONDS = 5
_LINGER_LIMIT = 16 * 1024 * 1024


class ClientReader(asyncio.StreamReader):
    """A reader that also tells, without reading, when the other end has closed."""

    def __init__(self) -> None:
        super().__init__(limit=http1.HEAD_LIMIT)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: BaseException) -> None:
        super().set_exception(exc)  # type: ignore[arg-type]
        self.gone.set()


@dataclass(kw_only=True, eq=False)
class Client:
    """One connection. `listener` is what its port serves now; it may change between requests."""

    reader: ClientReader
    writer: asyncio.StreamWriter
    listener: Listener
    is_idle: bool = True
    closes: bool = False
    """Set when the port is being closed: the answer under way is the last one."""

    @property
    def gone(self) -> asyncio.Event:
        return self.reader.gone

    @property
    def address(self) -> str:
        return str(self.writer.get_extra_info("peername")[0])

    @property
    def source_port(self) -> int:
        return int(self.writer.get_extra_info("peername")[1])

    def keeps_alive(self, request: Request) -> bool:
        """Whether the connection may be used again after this request."""
        return request.keeps_alive and not request.is_ambiguous and not self.closes

    def host(self, request: Request) -> str:
        """The host asked for, with its port if it was named: the URL's, or the Host header's."""
        absolute = _absolute(request)
        if absolute and not self.listener.settings.preserve_host_header:
            return absolute[1]
        return next(iter(request.values("host")), "localhost")

    def host_name(self, request: Request) -> str:
        """The host asked for, without a port."""
        return re.sub(r":\d*$", "", self.host(request))

    def path(self, request: Request) -> str:
        """Path and query as they were sent."""
        absolute = _absolute(request)
        return (absolute[2] or "/") if absolute else request.target

    def facts(self, request: Request) -> Facts:
        """What the listener's rules may ask of a request."""
        path, _, query = self.path(request).partition("?")
        return Facts(
            method=request.method,
            host=self.host_name(request),
            path=path,
            query=query,
            headers=request.headers,
            source=self.address,
            protocol=self.listener.protocol,
            port=self.listener.port,
        )

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, request: Request, page: Page, *, rest: Body | None = None) -> bool:
        """Send a page of the load balancer's own; whether the connection may be used again.

        What the client is still sending (`rest`, its whole body unless given) is read to its end:
        closing at once would take the page away from it.
        """
        rest = request.body if rest is None else rest
        if request.expects_continue and not rest.is_empty:
            rest = Body(framing=Framing.UNTIL_CLOSE)
        reusable = rest.framing is not Framing.UNTIL_CLOSE and self.keeps_alive(request)
        await self.send(page.on_the_wire(method=request.method, keep_alive=reusable))
        return await self.discard(rest) and reusable

    async def discard(self, rest: Body) -> bool:
        """Read and drop what a client is still sending, within limits; whether all of it came."""
        size = 0
        if rest.framing is Framing.UNTIL_CLOSE and self.writer.can_write_eof():
            self.writer.write_eof()
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                async for piece in http1.read_body(self.reader, rest):
                    size += len(piece)
                    if size > _LINGER_LIMIT:
                        return False
        except (http1.MessageError, OSError):
            return False
        return True


def refusal(request: Request, listener: Listener) -> int | None:
    """The status with which an ALB refuses a request before it looks at any rule."""
    if request.method == "TRACE":
        return 405
    if request.method == "CONNECT" or (request.minor and len(request.values("host")) != 1):
        return 400
    if not request.target.startswith("/") and not _absolute(request) and request.target != "*":
        return 400
    if request.is_ambiguous and listener.settings.desync_mode is DesyncMode.STRICTEST:
        return 400
    hops = ",".join(request.values("x-forwarded-for"))
    return 463 if hops.count(",") >= 30 else None


def _absolute(request: Request) -> re.Match[str] | None:
    return re.fullmatch(r"(?i:https?)://([^/?#]+)([^#]*)", request.target)
