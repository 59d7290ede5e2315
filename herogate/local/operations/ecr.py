"""ECR's repositories as declarations: addresses that lead to this cloud, login tokens, tag rules.

Moto keeps repositories, policies and images' records; the addresses it gives out are Amazon's.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, Result, operation

TOKEN_KIND = "ecr.token"  # noqa: S105  (the name of a kind of document)
"""Documents of login tokens still valid, by the token's SHA-256: who may use it, until when."""

_TOKEN_SECONDS = 12 * 3600
_USER = "AWS"


@operation("ecr", "CreateRepository")
@operation("ecr", "DeleteRepository")
async def change_repository(call: Call) -> Reply | Result:
    check(call)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    return {"repository": _addressed(call, reply.result["repository"])}


@operation("ecr", "DescribeRepositories")
async def describe_repositories(call: Call) -> Reply | Result:
    check(call)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    shown = [_addressed(call, repository) for repository in reply.result["repositories"]]
    return {**reply.result, "repositories": shown}


@operation("ecr", "GetAuthorizationToken")
async def get_authorization_token(call: Call) -> Result:
    """A password for this cloud's registry, good for 12 hours, of which only a digest is kept."""
    now = time.time()
    for key, token in call.cloud.store.all(TOKEN_KIND):
        if token["expiresAt"] < now:
            call.cloud.store.delete(TOKEN_KIND, key)
    password = secrets.token_urlsafe(48)
    expires_at = now + _TOKEN_SECONDS
    call.cloud.store.put(
        TOKEN_KIND,
        hashlib.sha256(password.encode()).hexdigest(),
        {"caller": call.caller.arn, "region": call.region, "expiresAt": expires_at},
    )
    authorization = {
        "authorizationToken": base64.b64encode(f"{_USER}:{password}".encode()).decode(),
        "expiresAt": datetime.fromtimestamp(expires_at, UTC),
        "proxyEndpoint": call.endpoint_url,
    }
    return {"authorizationData": [authorization]}


@operation("ecr", "PutImage")
async def put_image(call: Call) -> Reply | Result:
    """An image's record; its digest is its manifest's, and an immutable tag is not moved."""
    check(call)
    asked = call.parameters
    digest = f"sha256:{hashlib.sha256(asked['imageManifest'].encode()).hexdigest()}"
    if "imageDigest" not in asked:
        return await call.ask("ecr", "PutImage", **asked, imageDigest=digest)
    if asked["imageDigest"] != digest:
        raise AwsError(
            "ImageDigestDoesNotMatchException",
            f"Image digest '{asked['imageDigest']}' does not match the manifest's '{digest}'.",
        )
    await _check_tag(call, digest)
    return await call.proceed()


async def _check_tag(call: Call, digest: str) -> None:
    name, tag = call.parameters["repositoryName"], call.parameters.get("imageTag")
    answer = await call.ask("ecr", "DescribeRepositories", repositoryNames=[name])
    if tag is None or not _is_immutable(answer["repositories"][0], tag):
        return
    images = (await call.ask("ecr", "ListImages", repositoryName=name))["imageIds"]
    if any(image.get("imageTag") == tag and image["imageDigest"] != digest for image in images):
        raise AwsError(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{name}' repository and cannot be "
            "overwritten because the tag is immutable.",
        )


def _is_immutable(repository: Mapping[str, Any], tag: str) -> bool:
    filters = repository.get("imageTagMutabilityExclusionFilters", [])
    excluded = any(fnmatchcase(tag, rule["filter"]) for rule in filters)
    return bool(repository["imageTagMutability"].startswith("IMMUTABLE")) != excluded


def _addressed(call: Call, repository: Mapping[str, Any]) -> dict[str, Any]:
    """The repository with an address in this cloud; the region in it keeps namesakes apart."""
    host = urlsplit(call.endpoint_url).netloc
    return {**repository, "repositoryUri": f"{host}/{call.region}/{repository['repositoryName']}"}
