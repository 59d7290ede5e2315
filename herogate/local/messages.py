"""HTTP's messages at the front door: requests as signatures cover them, and responses."""

from __future__ import annotations

from aiohttp import HttpVersion11, web

from herogate.local.errors import AwsError
from herogate.local.moto_bridge.calls import HttpRequest
from herogate.local.operations import Reply

_BODY_LIMIT = 1 << 30


def without_body(request: web.BaseRequest) -> HttpRequest:
    """A request as far as it can be judged before its body is read."""
    return HttpRequest(
        method=request.method, target=request.raw_path, headers=_joined(request), body=b""
    )


async def body(request: web.BaseRequest) -> bytes:
    """The whole body; aiohttp's own way refuses more than a megabyte."""
    expected = request.headers.get("Expect", "").lower()
    if expected == "100-continue" and request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer has not begun
    read = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        read.extend(chunk)
        if len(read) > _BODY_LIMIT:
            raise AwsError("EntityTooLarge", "The request body is over 1 GiB.", status=413)
    return bytes(read)


def response(request: web.BaseRequest, reply: Reply) -> web.Response:
    """What a client is answered."""
    return web.Response(status=reply.status, headers=_said(request, reply), body=reply.body)


def _joined(request: web.BaseRequest) -> dict[str, str]:
    """Headers as a plain mapping; a repeated one is joined, as HTTP allows."""
    joined: dict[str, str] = {}
    for name, value in request.headers.items():
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _said(request: web.BaseRequest, reply: Reply) -> dict[str, str]:
    """What is said beside the body, and to HEAD of the body that is not sent."""
    said = {name: value for name, value in reply.headers.items() if _may_pass(name)}
    lengths = (value for name, value in reply.headers.items() if name.lower() == "content-length")
    if request.method == "HEAD" and (length := next(lengths, None)) is not None:
        said["Content-Length"] = length
    return said


def _may_pass(name: str) -> bool:
    """Headers of moto's that would lie about this connection, or open it to web pages."""
    folded = name.lower()
    return folded not in {
        "content-length",
        "transfer-encoding",
        "connection",
        "server",
        "date",
    } and (not folded.startswith("access-control-"))
