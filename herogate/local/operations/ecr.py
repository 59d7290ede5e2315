"""ECR's repositories as declarations: addresses that lead to this cloud, login tokens, refusals.

Moto keeps repositories and policies; images are the registry plane's (``ecr_images.py``).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.planes.registry.access import USER
from herogate.local.planes.registry.records import Repository


@operation("ecr", "CreateRepository")
async def create_repository(call: Call) -> Reply | Result:
    check(call)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    return {"repository": _addressed(call, reply.result["repository"])}


@operation("ecr", "DeleteRepository")
async def delete_repository(call: Call) -> Reply | Result:
    """A repository goes with its images, if it is told to."""
    check(call)
    repository = Repository(region=call.region, name=call.parameters["repositoryName"])
    if call.cloud.registry.images.all(repository) and not call.parameters.get("force"):
        raise AwsError(
            "RepositoryNotEmptyException",
            f"The repository with name '{repository.name}' in registry with id "
            f"'{call.cloud.account_id}' cannot be deleted because it still contains images",
        )
    reply = await call.proceed()
    if not reply.ok:
        return reply
    call.cloud.registry.images.forget(repository)
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
    """A password for this cloud's registry, good for 12 hours."""
    password, expires_at = call.cloud.registry.access.grant(call.caller.arn)
    authorization = {
        "authorizationToken": base64.b64encode(f"{USER}:{password}".encode()).decode(),
        "expiresAt": datetime.fromtimestamp(expires_at, UTC),
        "proxyEndpoint": call.endpoint_url,
    }
    return {"authorizationData": [authorization]}


def _addressed(call: Call, repository: Mapping[str, Any]) -> dict[str, Any]:
    """The repository with an address in this cloud; the region in it keeps namesakes apart."""
    host = urlsplit(call.endpoint_url).netloc
    return {**repository, "repositoryUri": f"{host}/{call.region}/{repository['repositoryName']}"}
