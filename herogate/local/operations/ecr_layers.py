"""ECR's layers: looked for, uploaded and downloaded by API. They are the registry plane's."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.ecr_images import declared
from herogate.local.planes.registry.layers import layers_not_found
from herogate.local.planes.registry.manifests import is_digest

_PART_BYTES = 20 << 20
"""What ECR takes in one part at most; it tells it to clients."""

_MEDIA_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@operation("ecr", "BatchCheckLayerAvailability")
async def batch_check_layer_availability(call: Call) -> Result:
    """Which layers need not be uploaded."""
    check(call)
    repository = await declared(call)
    layers, failures = [], []
    for digest in call.parameters["layerDigests"]:
        if not is_digest(digest):
            reason = f"Invalid layer digest '{digest}'"
            failures.append(
                {
                    "layerDigest": digest,
                    "failureCode": "InvalidLayerDigest",
                    "failureReason": reason,
                }
            )
            continue
        layer = call.cloud.registry.layers.offer(repository, digest)
        availability = "UNAVAILABLE" if layer is None else "AVAILABLE"
        size = {} if layer is None else {"layerSize": layer.size, "mediaType": _MEDIA_TYPE}
        layers.append({"layerDigest": digest, "layerAvailability": availability, **size})
    return {"layers": layers, "failures": failures}


@operation("ecr", "InitiateLayerUpload")
async def initiate_layer_upload(call: Call) -> Result:
    check(call)
    repository = await declared(call)
    upload = call.cloud.registry.uploads.begin(repository, time.time())
    return {"uploadId": upload.id, "partSize": _PART_BYTES}


@operation("ecr", "UploadLayerPart")
async def upload_layer_part(call: Call) -> Result:
    """The next part of a layer; parts come in order and without gaps."""
    check(call)
    repository, asked = await declared(call), call.parameters
    first, last, part = asked["partFirstByte"], asked["partLastByte"], asked["layerPartBlob"]
    async with call.cloud.registry.uploads.at(repository, asked["uploadId"]) as upload:
        if first != upload.size or last - first + 1 != len(part):
            raise AwsError(
                "InvalidLayerPartException",
                f"Layer part of {len(part)} bytes from byte {first} to {last} is not the one that "
                f"follows byte {upload.size - 1}",
            )
        await upload.add(_alone(part))
        received = upload.size - 1
    return {
        "registryId": call.cloud.account_id,
        "repositoryName": repository.name,
        "uploadId": asked["uploadId"],
        "lastByteReceived": received,
    }


@operation("ecr", "CompleteLayerUpload")
async def complete_layer_upload(call: Call) -> Result:
    """A layer of the parts that were uploaded, if its digest is one of those named."""
    check(call)
    repository, asked = await declared(call), call.parameters
    async with call.cloud.registry.uploads.at(repository, asked["uploadId"]) as upload:
        if not upload.size:
            raise AwsError("EmptyUploadException", "The upload contains no layer parts")
        named = asked["layerDigests"]
        digest = upload.digest if upload.digest in named else named[0]
        if call.cloud.registry.layers.find(repository, digest) is not None:
            raise AwsError(
                "LayerAlreadyExistsException",
                f"The layer with digest '{digest}' already exists in the repository with name "
                f"'{repository.name}' in the registry with id '{call.cloud.account_id}'",
            )
        await call.cloud.registry.layers.complete(repository, upload, digest)
    return {
        "registryId": call.cloud.account_id,
        "repositoryName": repository.name,
        "uploadId": asked["uploadId"],
        "layerDigest": digest,
    }


@operation("ecr", "GetDownloadUrlForLayer")
async def get_download_url_for_layer(call: Call) -> Result:
    """An address on this cloud from which anybody may fetch the layer for an hour."""
    check(call)
    repository, digest = await declared(call), call.parameters["layerDigest"]
    if call.cloud.registry.layers.find(repository, digest) is None:
        raise layers_not_found(repository, digest)
    path = call.cloud.registry.access.signed(f"/v2/{repository.key}/blobs/{digest}")
    return {"downloadUrl": f"{call.endpoint_url}{path}", "layerDigest": digest}


async def _alone(part: bytes) -> AsyncIterator[bytes]:
    yield part
