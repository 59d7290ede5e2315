"""Manifests, tags and referrers over HTTP."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from aiohttp import web

from herogate.local.errors import AwsError
from herogate.local.planes.registry import manifests
from herogate.local.planes.registry.door import Visit, refused, route
from herogate.local.planes.registry.door_blobs import body_of
from herogate.local.planes.registry.images import ImageFailure
from herogate.local.planes.registry.records import Image


@route("GET", "manifests")
@route("HEAD", "manifests")
async def show(visit: Visit) -> web.StreamResponse:
    """An image's manifest, exactly as it was pushed."""
    manifest = _image(visit).manifest
    headers = {"Docker-Content-Digest": manifest.digest, "Content-Type": manifest.media_type}
    return web.Response(body=manifest.text.encode(), headers=headers)


@route("PUT", "manifests")
async def put(visit: Visit) -> web.StreamResponse:
    """Take an image in whose contents are here."""
    body = await body_of(visit.request, manifests.LIMIT_BYTES)
    if len(body) > manifests.LIMIT_BYTES:
        message = f"A manifest has {manifests.LIMIT_BYTES} bytes at most."
        return refused(413, "MANIFEST_INVALID", message)
    media_type = visit.request.headers.get("Content-Type", "").partition(";")[0].strip()
    manifest = manifests.read(body, media_type or None)
    tag = None if ":" in visit.subject else visit.subject
    if tag is None and visit.subject != manifest.digest:
        raise AwsError("InvalidLayerException", f"The manifest's digest is {manifest.digest}.")
    try:
        async with visit.cloud.whole():
            await visit.registry.images.put(visit.repository, manifest, tag)
    except AwsError as error:
        if error.code != "LayersNotFoundException":
            raise
        return refused(404, "MANIFEST_BLOB_UNKNOWN", error.message)
    await visit.cloud.kept()
    headers = {
        "Location": visit.path("manifests", manifest.digest),
        "Docker-Content-Digest": manifest.digest,
    }
    if manifest.subject is not None:
        headers["OCI-Subject"] = manifest.subject
    return web.Response(status=201, headers=headers)


@route("DELETE", "manifests")
async def delete(visit: Visit) -> web.StreamResponse:
    """Delete an image, or one of its tags."""
    try:
        async with visit.cloud.whole():
            visit.registry.images.delete(visit.repository, visit.subject)
    except ImageFailure as refusal:
        code = "ImageNotFoundException" if refusal.code == "ImageNotFound" else refusal.code
        raise AwsError(code, refusal.reason) from refusal
    await visit.cloud.kept()
    return web.Response(status=202)


@route("GET", "tags")
async def tags(visit: Visit) -> web.StreamResponse:
    """Tags in alphabetical order, by pages of `n` beginning after `last`."""
    query = visit.request.query
    listed = sorted(visit.registry.images.tags(visit.repository))
    listed = [tag for tag in listed if tag > query.get("last", "")]
    size = int(query["n"]) if query.get("n", "").isdecimal() else len(listed)
    headers = {}
    if 0 < size < len(listed):
        after = quote(listed[size - 1])
        headers["Link"] = f'<{visit.path("tags", "list")}?last={after}&n={size}>; rel="next"'
    page = {"name": visit.repository.key, "tags": listed[:size]}
    return web.json_response(page, headers=headers)


@route("GET", "referrers")
async def referrers(visit: Visit) -> web.StreamResponse:
    """The images that say something about this one, as an index."""
    if not manifests.is_digest(visit.subject):
        return refused(400, "DIGEST_INVALID", f"{visit.subject!r} is not a digest.")
    wanted = visit.request.query.get("artifactType")
    found = [
        _descriptor(image)
        for image in visit.registry.images.all(visit.repository)
        if image.manifest.subject == visit.subject
        and wanted in {None, image.manifest.artifact_type}
    ]
    index = {"schemaVersion": 2, "mediaType": manifests.OCI_INDEX, "manifests": found}
    headers = {"Content-Type": manifests.OCI_INDEX}
    if wanted:
        headers["OCI-Filters-Applied"] = "artifactType"
    return web.Response(body=json.dumps(index).encode(), headers=headers)


def _image(visit: Visit) -> Image:
    image = visit.registry.images.find(visit.repository, visit.subject)
    if image is None:
        raise AwsError("ImageNotFoundException", "Requested image not found")
    return image


def _descriptor(image: Image) -> dict[str, Any]:
    manifest = image.manifest
    said = {"artifactType": manifest.artifact_type, "annotations": dict(manifest.annotations)}
    return {
        "mediaType": manifest.media_type,
        "digest": manifest.digest,
        "size": len(manifest.text.encode()),
        **{name: value for name, value in said.items() if value},
    }
