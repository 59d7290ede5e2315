"""HTTP/1.1 messages as bytes on a stream: heads read and written, bodies framed.

The router passes messages on as they came, header order, case and repetitions included, which a
client or server library would not; so it reads them itself. Nothing here knows of load balancing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import StrEnum

Headers = tuple[tuple[str, str], ...]

LINE_LIMIT = 16 * 1024
RESPONSE_LINE_LIMIT = 32 * 1024
HEAD_LIMIT = 64 * 1024
"""Sizes of a request's line or header, of a response's, and of a whole head, that an ALB takes."""

_PIECE = 64 * 1024
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(r"[!-~\x80-\xff]+")


class MessageError(Exception):
    """What was read is no HTTP message to pass on; `status` is the answer to a client."""

    def __init__(self, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class Framing(StrEnum):
    """How the end of a body is told."""

    LENGTH = "length"
    CHUNKED = "chunked"
    UNTIL_CLOSE = "until-close"


@dataclass(frozen=True, kw_only=True)
class Body:
    """A body that is still on the stream. `length` counts only with Framing.LENGTH."""

    framing: Framing = Framing.LENGTH
    length: int = 0

    @property
    def is_empty(self) -> bool:
        return self.framing is Framing.LENGTH and self.length == 0


@dataclass(frozen=True, kw_only=True)
class Message:
    """What requests and responses have in common; `minor` is the version's part after ``1.``."""

    minor: int
    headers: Headers

    def values(self, name: str) -> list[str]:
        """Every value of a header, whatever its case."""
        return [value for key, value in self.headers if key.lower() == name]

    def tokens(self, name: str) -> list[str]:
        """The comma-separated words of a header in lower case."""
        words = ",".join(self.values(name)).lower().split(",")
        return [word.strip() for word in words if word.strip()]


@dataclass(frozen=True, kw_only=True)
class Request(Message):
    """A request's head. `is_ambiguous`: another parser might find its body's end elsewhere."""

    method: str
    target: str
    body: Body = Body()
    is_ambiguous: bool = False

    @property
    def keeps_alive(self) -> bool:
        connection = self.tokens("connection")
        return "close" not in connection if self.minor else "keep-alive" in connection

    @property
    def upgrades_to_websocket(self) -> bool:
        return (
            self.minor > 0
            and "upgrade" in self.tokens("connection")
            and self.tokens("upgrade") == ["websocket"]
        )

    @property
    def expects_continue(self) -> bool:
        return self.minor > 0 and "100-continue" in self.tokens("expect")


@dataclass(frozen=True, kw_only=True)
class Response(Message):
    """A response's head."""

    status: int
    reason: str
    body: Body = Body()


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request's head, or None when the client has closed. Raises `MessageError`."""
    line = await _line(reader, too_long=414)
    while line in ("\r\n", "\n"):
        line = await _line(reader, too_long=414)
    if not line:
        return None
    words = line.rstrip("\r\n").split(" ")
    version = re.fullmatch(r"HTTP/1\.([01])", words[-1])
    if len(words) != 3 or not version or not _TOKEN.fullmatch(words[0]):
        raise MessageError(f"{line!r} is no request line")
    if not _TARGET.fullmatch(words[1]):
        raise MessageError(f"{words[1]!r} is no request target")
    headers = await _read_headers(reader)
    body, is_ambiguous = _request_body(headers)
    return Request(
        method=words[0],
        target=words[1],
        minor=int(version[1]),
        headers=headers,
        body=body,
        is_ambiguous=is_ambiguous,
    )


async def read_response(reader: asyncio.StreamReader, *, method: str) -> Response:
    """The next response's head, as an answer to `method`. Raises `MessageError`."""
    line = await _line(reader, RESPONSE_LINE_LIMIT)
    found = re.fullmatch(r"HTTP/1\.([01]) ([1-9]\d\d)(?: ([^\r\n]*))?\r?\n", line)
    if not found:
        raise MessageError(f"{line!r} is no status line")
    headers = await _read_headers(reader, RESPONSE_LINE_LIMIT)
    status = int(found[2])
    bodiless = method == "HEAD" or status < 200 or status in (204, 304)
    return Response(
        status=status,
        reason=found[3] or "",
        minor=int(found[1]),
        headers=headers,
        body=Body() if bodiless else _response_body(headers),
    )


async def read_body(reader: asyncio.StreamReader, body: Body) -> AsyncIterator[bytes]:
    """A body's bytes as they arrive, without framing. Raises `MessageError` when cut short."""
    try:
        if body.framing is Framing.CHUNKED:
            while length := await _chunk_length(reader):
                async for piece in _exactly(reader, length):
                    yield piece
                if (await reader.readline()).rstrip(b"\r\n"):
                    raise MessageError("a chunk is longer than it said")
            await _read_headers(reader)
        elif body.framing is Framing.LENGTH:
            async for piece in _exactly(reader, body.length):
                yield piece
        else:
            while piece := await reader.read(_PIECE):
                yield piece
    except ValueError as error:
        raise MessageError("a line of a chunked body is too long") from error


def head(first_line: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """A message's head on the wire."""
    lines = [first_line, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def framed(piece: bytes, framing: Framing) -> bytes:
    """A piece of a body on the wire."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if framing is Framing.CHUNKED else piece


def end(framing: Framing) -> bytes:
    """What follows the last piece of a body."""
    return b"0\r\n\r\n" if framing is Framing.CHUNKED else b""


async def _line(
    reader: asyncio.StreamReader, limit: int = LINE_LIMIT, *, too_long: int = 400
) -> str:
    try:
        line = await reader.readline()
    except ValueError as error:
        raise MessageError("a line is too long", status=too_long) from error
    if len(line) > limit:
        raise MessageError("a line is too long", status=too_long)
    return line.decode("latin-1")


async def _read_headers(reader: asyncio.StreamReader, limit: int = LINE_LIMIT) -> Headers:
    headers, size = [], 0
    while (line := await _line(reader, limit)) not in ("\r\n", "\n"):
        size += len(line)
        name, colon, value = line.partition(":")
        if not line.endswith("\n") or not colon or not _TOKEN.fullmatch(name):
            raise MessageError(f"{line!r} is no header")
        if size > HEAD_LIMIT:
            raise MessageError("the headers are too long")
        value = value.strip(" \t\r\n")
        if "\r" in value or "\0" in value:
            raise MessageError(f"{value!r} is no header's value")
        headers.append((name, value))
    return tuple(headers)


def _request_body(headers: Headers) -> tuple[Body, bool]:
    lengths, codings = _framing_headers(headers)
    if codings not in ([], ["chunked"], ["identity"]):
        raise MessageError(f"transfer coding {codings} is not supported", status=501)
    if "chunked" in codings:
        return Body(framing=Framing.CHUNKED), bool(lengths)
    return Body(length=_length(lengths)), len(lengths) > 1 or bool(codings)


def _response_body(headers: Headers) -> Body:
    lengths, codings = _framing_headers(headers)
    if codings:
        chunked = codings[-1] == "chunked"
        return Body(framing=Framing.CHUNKED if chunked else Framing.UNTIL_CLOSE)
    return Body(length=_length(lengths)) if lengths else Body(framing=Framing.UNTIL_CLOSE)


def _framing_headers(headers: Headers) -> tuple[list[str], list[str]]:
    message = Message(minor=1, headers=headers)
    return message.tokens("content-length"), message.tokens("transfer-encoding")


def _length(lengths: list[str]) -> int:
    different = set(lengths)
    if len(different) > 1 or not all(re.fullmatch(r"[0-9]{1,18}", length) for length in different):
        raise MessageError(f"content length {', '.join(lengths)}")
    return int(different.pop()) if different else 0


async def _chunk_length(reader: asyncio.StreamReader) -> int:
    line = await _line(reader)
    size = re.match(r"([0-9a-fA-F]{1,16})[ \t]*(?:;|\r?\n)", line)
    if not size:
        raise MessageError(f"{line!r} is no chunk size")
    return int(size[1], 16)


async def _exactly(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    while length:
        piece = await reader.read(min(length, _PIECE))
        if not piece:
            raise MessageError("the body was cut short")
        length -= len(piece)
        yield piece
