"""ECR's images: pushed, listed, described and deleted by API. They are the registry plane's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.planes.registry import manifests
from herogate.local.planes.registry.images import (
    ImageFailure,
    image_not_found,
    repository_not_found,
)
from herogate.local.planes.registry.records import Image, Repository

_PAGE = 100
_REFERRERS_PAGE = 50


@operation("ecr", "PutImage")
async def put_image(call: Call) -> Result:
    """An image whose contents were uploaded before; its digest is its manifest's."""
    check(call)
    asked = call.parameters
    repository = await declared(call)
    manifest = manifests.read(
        asked["imageManifest"].encode(), asked.get("imageManifestMediaType") or None
    )
    if asked.get("imageDigest", manifest.digest) != manifest.digest:
        raise AwsError(
            "ImageDigestDoesNotMatchException",
            f"Image digest '{asked['imageDigest']}' does not match the manifest's "
            f"'{manifest.digest}'.",
        )
    tag = asked.get("imageTag")
    if not await call.cloud.registry.images.put(repository, manifest, tag):
        raise AwsError(
            "ImageAlreadyExistsException",
            f"Image with digest '{manifest.digest}' and tag '{tag or 'null'}' already exists in the "
            f"repository with name '{repository.name}' in registry with id "
            f"'{call.cloud.account_id}'",
        )
    image_id = {"imageDigest": manifest.digest, **({"imageTag": tag} if tag else {})}
    return {"image": _manifest_of(call, repository, manifest, image_id)}


@operation("ecr", "BatchGetImage")
async def batch_get_image(call: Call) -> Result:
    """Manifests; an image that is not there is a failure beside the others."""
    check(call)
    repository = await declared(call)
    found, failures = [], []
    for image_id in call.parameters["imageIds"]:
        try:
            image = _found(call, repository, image_id)
        except ImageFailure as failure:
            failures.append(_failure(image_id, failure.code, failure.reason))
            continue
        shown = {**image_id, "imageDigest": image.digest}
        found.append(_manifest_of(call, repository, image.manifest, shown))
    return {"images": found, "failures": failures}


@operation("ecr", "ListImages")
async def list_images(call: Call) -> Result:
    """The ids of images, one for each tag."""
    check(call)
    repository = await declared(call)
    ids = [
        image_id
        for image in _filtered(call, repository)
        for image_id in _ids(image, every_tag=True)
    ]
    return _page(call, "imageIds", ids, _PAGE)


@operation("ecr", "DescribeImages")
async def describe_images(call: Call) -> Result:
    """Images with their sizes, tags and times."""
    check(call)
    repository = await declared(call)
    if not (asked := call.parameters.get("imageIds")):
        details = [_detail(call, repository, image) for image in _filtered(call, repository)]
        return _page(call, "imageDetails", details, _PAGE)
    details = []
    for image_id in asked:
        try:
            details.append(_detail(call, repository, _found(call, repository, image_id)))
        except ImageFailure:
            raise image_not_found(repository, image_id) from None
    return {"imageDetails": details}


@operation("ecr", "ListImageReferrers")
async def list_image_referrers(call: Call) -> Result:
    """The images that say something about one."""
    check(call)
    repository = await declared(call)
    asked, subject = call.parameters.get("filter", {}), call.parameters["subjectId"]["imageDigest"]
    kinds = asked.get("artifactTypes")
    referrers = [
        _referrer(image)
        for image in call.cloud.registry.images.all(repository)
        if image.manifest.subject == subject
        and (kinds is None or image.manifest.artifact_type in kinds)
    ]
    return _page(call, "referrers", referrers, _REFERRERS_PAGE)


@operation("ecr", "BatchDeleteImage")
async def batch_delete_image(call: Call) -> Result:
    """Delete images by digest, or tags of them; the last tag takes its image along."""
    check(call)
    repository = await declared(call)
    gone: list[Mapping[str, str]] = []
    failures = []
    for image_id in call.parameters["imageIds"]:
        try:
            _found(call, repository, image_id)
            reference = image_id.get("imageTag") or image_id["imageDigest"]
            gone += call.cloud.registry.images.delete(repository, reference)
        except ImageFailure as failure:
            failures.append(_failure(image_id, failure.code, failure.reason))
    return {"imageIds": gone, "failures": failures}


async def declared(call: Call) -> Repository:
    """The repository that a call is about.

    Raises:
        AwsError: ``RepositoryNotFoundException``.
    """
    repository = Repository(region=call.region, name=call.parameters["repositoryName"])
    registry = call.parameters.get("registryId", call.cloud.account_id)
    if registry != call.cloud.account_id:
        raise repository_not_found(repository, registry)
    await call.cloud.registry.images.declared(repository)
    return repository


def _found(call: Call, repository: Repository, image_id: Mapping[str, str]) -> Image:
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    if digest is None and tag is None:
        raise ImageFailure(
            "MissingDigestAndTag",
            "Invalid request parameters: both tag and digest cannot be null",
        )
    if digest is not None and not manifests.is_digest(digest):
        raise ImageFailure(
            "InvalidImageDigest",
            "Invalid request parameters: image digest should satisfy the regex "
            "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        )
    image = call.cloud.registry.images.find(repository, digest or tag or "")
    if image is None:
        raise ImageFailure("ImageNotFound", "Requested image not found")
    if tag is not None and tag not in image.tags:
        raise ImageFailure(
            "ImageTagDoesNotMatchDigest", f"Tag '{tag}' does not match digest '{image.digest}'"
        )
    return image


def _failure(image_id: Mapping[str, str], code: str, reason: str) -> Result:
    return {"imageId": image_id, "failureCode": code, "failureReason": reason}


def _filtered(call: Call, repository: Repository) -> list[Image]:
    asked = call.parameters.get("filter", {})
    if asked.get("imageStatus", "ACTIVE") not in {"ACTIVE", "ANY"}:
        return []  # nothing is ever archived here
    wanted = asked.get("tagStatus", "ANY")
    return [
        image
        for image in call.cloud.registry.images.all(repository)
        if wanted in {"ANY", "TAGGED" if image.tags else "UNTAGGED"}
    ]


def _page(call: Call, name: str, found: list[Any], size: int) -> Result:
    token = call.parameters.get("nextToken", "0")
    if not token.isdecimal():
        raise AwsError("InvalidParameterException", "Invalid parameter at 'nextToken'")
    start, size = int(token), call.parameters.get("maxResults", size)
    further = {"nextToken": str(start + size)} if len(found) > start + size else {}
    return {name: found[start : start + size], **further}


def _ids(image: Image, *, every_tag: bool) -> list[dict[str, str]]:
    tagged = [{"imageDigest": image.digest, "imageTag": tag} for tag in image.tags]
    return tagged if tagged and every_tag else [{"imageDigest": image.digest}]


def _manifest_of(
    call: Call,
    repository: Repository,
    manifest: manifests.Manifest,
    image_id: Mapping[str, str],
) -> Result:
    return {
        "registryId": call.cloud.account_id,
        "repositoryName": repository.name,
        "imageId": image_id,
        "imageManifest": manifest.text,
        "imageManifestMediaType": manifest.media_type,
    }


def _detail(call: Call, repository: Repository, image: Image) -> Result:
    manifest = image.manifest
    said = {
        "imageTags": list(image.tags),
        "artifactMediaType": manifest.artifact_type,
        "subjectManifestDigest": manifest.subject,
    }
    return {
        "registryId": call.cloud.account_id,
        "repositoryName": repository.name,
        "imageDigest": image.digest,
        "imageSizeInBytes": _size(call, repository, manifest),
        "imagePushedAt": datetime.fromtimestamp(image.pushed_at, UTC),
        "imageManifestMediaType": manifest.media_type,
        "imageStatus": "ACTIVE",
        **{name: value for name, value in said.items() if value},
    }


def _size(call: Call, repository: Repository, manifest: manifests.Manifest) -> int:
    """Of an image the layers' size; of an index the largest in it."""
    if not manifest.is_index:
        return manifest.layers_bytes
    parts = [call.cloud.registry.images.find(repository, part.digest) for part in manifest.images]
    return max((part.manifest.layers_bytes for part in parts if part is not None), default=0)


def _referrer(image: Image) -> Result:
    manifest = image.manifest
    said = {"artifactType": manifest.artifact_type, "annotations": dict(manifest.annotations)}
    return {
        "digest": manifest.digest,
        "mediaType": manifest.media_type,
        "size": len(manifest.text.encode()),
        "artifactStatus": "ACTIVE",
        **{name: value for name, value in said.items() if value},
    }
