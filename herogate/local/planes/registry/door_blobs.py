"""Blobs over HTTP: read whole or in ranges, uploaded whole or piece by piece, mounted."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator

from aiohttp import HttpVersion11, web

from herogate.local.errors import AwsError
from herogate.local.planes.registry.door import Visit, refused, route
from herogate.local.planes.registry.layers import layers_not_found
from herogate.local.planes.registry.manifests import is_digest
from herogate.local.planes.registry.records import Repository
from herogate.local.planes.registry.uploads import Upload

_CHUNK_BYTES = 1 << 20
_RANGE = re.compile(r"(\d+)-(\d+)")


@route("GET", "blobs")
async def read(visit: Visit) -> web.StreamResponse:
    """A blob's content, or the range that is asked for."""
    if visit.registry.layers.find(visit.repository, visit.subject) is None:
        raise layers_not_found(visit.repository, visit.subject)
    return _file(visit)


@route("HEAD", "blobs")
async def look(visit: Visit) -> web.StreamResponse:
    """Whether a blob is here; who pushes need not upload it, and may rely on it for a while."""
    if visit.registry.layers.offer(visit.repository, visit.subject) is None:
        raise layers_not_found(visit.repository, visit.subject)
    return _file(visit)


@route("POST", "blobs/uploads")
async def begin(visit: Visit) -> web.StreamResponse:
    """Begin an upload; or finish it, with the content at hand or in another repository."""
    query = visit.request.query
    if await _is_mounted(visit, query.get("mount", ""), query.get("from", "")):
        return _created(visit, query["mount"])
    async with visit.cloud.whole():
        upload = visit.registry.uploads.begin(visit.repository, time.time())
    await visit.cloud.kept()
    if "digest" in query:
        return await _finish(visit, upload.id, query["digest"])
    return _accepted(visit, upload)


@route("GET", "blobs/uploads")
async def progress(visit: Visit) -> web.StreamResponse:
    """How far an upload has come, also while a request adds to it."""
    upload = await visit.registry.uploads.find(visit.repository, visit.subject)
    return _accepted(visit, upload, status=204)


@route("PATCH", "blobs/uploads")
async def add(visit: Visit) -> web.StreamResponse:
    """Add to an upload."""
    async with visit.registry.uploads.at(visit.repository, visit.subject) as upload:
        if not _continues(visit.request, upload):
            return _misplaced(visit, upload)
        await upload.add(_chunks(visit.request))
        return _accepted(visit, upload)


@route("PUT", "blobs/uploads")
async def finish(visit: Visit) -> web.StreamResponse:
    """Complete an upload under its digest, with a last piece if there is one."""
    return await _finish(visit, visit.subject, visit.request.query.get("digest", ""))


@route("DELETE", "blobs/uploads")
async def give_up(visit: Visit) -> web.StreamResponse:
    """Forget an upload."""
    async with visit.registry.uploads.at(visit.repository, visit.subject) as upload:
        visit.registry.uploads.end(upload)
    await visit.cloud.kept()
    return web.Response(status=204)


async def body_of(request: web.BaseRequest, limit: int) -> bytes:
    """A body that must be short. One that is longer is cut off just beyond the limit."""
    body = bytearray()
    async for chunk in _chunks(request):
        body.extend(chunk)
        if len(body) > limit:
            break
    return bytes(body)


async def _finish(visit: Visit, upload_id: str, digest: str) -> web.StreamResponse:
    if not is_digest(digest):
        raise AwsError("InvalidLayerException", f"{digest!r} is not a digest this registry knows.")
    async with visit.registry.uploads.at(visit.repository, upload_id) as upload:
        if not _continues(visit.request, upload):
            return _misplaced(visit, upload)
        await upload.add(_chunks(visit.request))
        await visit.registry.layers.complete(visit.repository, upload, digest)
    await visit.cloud.kept()
    return _created(visit, digest)


async def _is_mounted(visit: Visit, digest: str, source: str) -> bool:
    """Have a blob of another repository here; False where who asks has to upload it after all."""
    region, _, name = source.partition("/")
    place = Repository(region=region, name=name)
    if visit.registry.layers.find(place, digest) is None or not await visit.may_read(place):
        return False
    async with visit.cloud.whole():
        there = visit.registry.layers.mount(visit.repository, digest, place)
    if there:
        await visit.cloud.kept()
    return there


def _continues(request: web.BaseRequest, upload: Upload) -> bool:
    """Whether a piece that says where it belongs follows what has arrived, and is as long as it says."""
    said = request.headers.get("Content-Range")
    if said is None:
        return True
    placed = _RANGE.fullmatch(said)
    if placed is None or int(placed[1]) != upload.size:
        return False
    return request.content_length in {None, int(placed[2]) - int(placed[1]) + 1}


def _misplaced(visit: Visit, upload: Upload) -> web.Response:
    message = f"The next piece begins at byte {upload.size}, and is as long as its range."
    return refused(416, "BLOB_UPLOAD_INVALID", message, _headers(visit, upload))


async def _chunks(request: web.BaseRequest) -> AsyncIterator[bytes]:
    expected = request.headers.get("Expect", "").lower()
    if expected == "100-continue" and request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer has not begun
    async for chunk in request.content.iter_chunked(_CHUNK_BYTES):
        yield chunk


def _file(visit: Visit) -> web.StreamResponse:
    headers = {
        "Content-Type": "application/octet-stream",
        "Docker-Content-Digest": visit.subject,
    }
    return web.FileResponse(
        visit.blobs.path(visit.subject), chunk_size=_CHUNK_BYTES, headers=headers
    )


def _accepted(visit: Visit, upload: Upload, *, status: int = 202) -> web.Response:
    return web.Response(status=status, headers=_headers(visit, upload))


def _headers(visit: Visit, upload: Upload) -> dict[str, str]:
    return {
        "Location": visit.path("blobs", "uploads", upload.id),
        "Range": f"0-{max(upload.size - 1, 0)}",
        "Docker-Upload-UUID": upload.id,
    }


def _created(visit: Visit, digest: str) -> web.Response:
    headers = {"Location": visit.path("blobs", digest), "Docker-Content-Digest": digest}
    return web.Response(status=201, headers=headers)
