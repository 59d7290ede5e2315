"""CodeCommit's repositories, as declarations. What git puts into them is the git plane's."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codecommit_requests import (
    checked_name,
    key,
    name_of,
    repository_of,
    start_of,
)
from herogate.local.planes.git.records import REPOSITORIES

_DESCRIPTION_CHARACTERS = 1000
_TAGS = 50
_PAGE = 1000

_Repository = dict[str, Any]


@operation("codecommit", "CreateRepository")
async def create_repository(call: Call) -> Result:
    name = name_of(call)
    _check_description(call.parameters.get("repositoryDescription", ""))
    _check_tags(call.parameters.get("tags", {}))
    if call.cloud.store.get(REPOSITORIES, key(call, name)) is not None:
        raise AwsError("RepositoryNameExistsException", f"Repository named {name} already exists")
    now = time.time()
    repository: _Repository = {
        "repositoryId": str(uuid.uuid4()),
        "creationDate": now,
        "lastModifiedDate": now,
        "tags": dict(call.parameters.get("tags", {})),
        **_given(call.parameters, "repositoryDescription", "kmsKeyId"),
    }
    call.cloud.store.put(REPOSITORIES, key(call, name), repository)
    await call.cloud.git.make(repository["repositoryId"])
    return {"repositoryMetadata": _metadata(call, name, repository)}


@operation("codecommit", "GetRepository")
async def get_repository(call: Call) -> Result:
    name = name_of(call)
    return {"repositoryMetadata": _metadata(call, name, repository_of(call, name))}


@operation("codecommit", "BatchGetRepositories")
async def batch_get_repositories(call: Call) -> Result:
    found, missing = [], []
    for name in call.parameters["repositoryNames"]:
        repository = call.cloud.store.get(REPOSITORIES, key(call, name))
        if repository is None:
            missing.append(name)
        else:
            found.append(_metadata(call, name, repository))
    return {"repositories": found, "repositoriesNotFound": missing}


@operation("codecommit", "ListRepositories")
async def list_repositories(call: Call) -> Result:
    named = [
        (key.partition("/")[2], repository)
        for key, repository in call.cloud.store.all(REPOSITORIES, f"{call.region}/")
    ]
    if call.parameters.get("sortBy") == "lastModifiedDate":
        named.sort(key=lambda pair: float(pair[1]["lastModifiedDate"]))
    if call.parameters.get("order") == "descending":
        named.reverse()
    start = start_of(call.parameters.get("nextToken"))
    page = [
        {"repositoryName": name, "repositoryId": repository["repositoryId"]}
        for name, repository in named[start : start + _PAGE]
    ]
    further = {"nextToken": str(start + _PAGE)} if len(named) > start + _PAGE else {}
    return {"repositories": page, **further}


@operation("codecommit", "DeleteRepository")
async def delete_repository(call: Call) -> Result:
    """Deleting what is not there succeeds and names no repository, as on AWS."""
    name = name_of(call)
    repository = call.cloud.store.get(REPOSITORIES, key(call, name))
    if repository is None:
        return {}
    call.cloud.store.delete(REPOSITORIES, key(call, name))
    call.cloud.git.remove(repository["repositoryId"])
    return {"repositoryId": repository["repositoryId"]}


@operation("codecommit", "UpdateRepositoryDescription")
async def update_repository_description(call: Call) -> Result:
    name = name_of(call)
    description = call.parameters.get("repositoryDescription", "")
    _check_description(description)
    _change(call, name, repositoryDescription=description)
    return {}


@operation("codecommit", "UpdateRepositoryName")
async def update_repository_name(call: Call) -> Result:
    old = checked_name(call.parameters["oldName"])
    new = checked_name(call.parameters["newName"])
    repository = repository_of(call, old)
    if call.cloud.store.get(REPOSITORIES, key(call, new)) is not None:
        raise AwsError("RepositoryNameExistsException", f"Repository named {new} already exists")
    call.cloud.store.put(
        REPOSITORIES, key(call, new), {**repository, "lastModifiedDate": time.time()}
    )
    call.cloud.store.delete(REPOSITORIES, key(call, old))
    return {}


@operation("codecommit", "TagResource")
async def tag_resource(call: Call) -> Result:
    name = _name_in_arn(call)
    tags = {**repository_of(call, name)["tags"], **call.parameters["tags"]}
    _check_tags(tags)
    _change(call, name, tags=tags)
    return {}


@operation("codecommit", "UntagResource")
async def untag_resource(call: Call) -> Result:
    name, gone = _name_in_arn(call), set(call.parameters["tagKeys"])
    kept = {
        key: value for key, value in repository_of(call, name)["tags"].items() if key not in gone
    }
    _change(call, name, tags=kept)
    return {}


@operation("codecommit", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Result:
    return {"tags": repository_of(call, _name_in_arn(call))["tags"]}


def _metadata(call: Call, name: str, repository: Mapping[str, Any]) -> dict[str, Any]:
    """A repository as AWS shows it; its clone URL leads to this cloud, as the caller addresses it."""
    return {
        **_given(repository, "repositoryId", "repositoryDescription", "defaultBranch", "kmsKeyId"),
        "accountId": call.cloud.account_id,
        "repositoryName": name,
        "creationDate": datetime.fromtimestamp(repository["creationDate"], UTC),
        "lastModifiedDate": datetime.fromtimestamp(repository["lastModifiedDate"], UTC),
        "cloneUrlHttp": f"{call.endpoint_url}/v1/repos/{name}",
        "cloneUrlSsh": f"ssh://git-codecommit.{call.region}.amazonaws.com/v1/repos/{name}",
        "Arn": _arn(call, name),
    }


def _given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _change(call: Call, name: str, **changes: Any) -> None:
    changed = {**repository_of(call, name), **changes, "lastModifiedDate": time.time()}
    call.cloud.store.put(REPOSITORIES, key(call, name), changed)


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:codecommit:{call.region}:{call.cloud.account_id}:{name}"


def _name_in_arn(call: Call) -> str:
    arn = call.parameters["resourceArn"]
    name = str(arn.rpartition(":")[2])
    if arn != _arn(call, name):
        raise AwsError(
            "InvalidResourceArnException", "The value for the resource ARN is not valid."
        )
    return name


def _check_description(description: str) -> None:
    if len(description) > _DESCRIPTION_CHARACTERS:
        raise AwsError(
            "InvalidRepositoryDescriptionException",
            "The repository description is not valid. Descriptions cannot be longer than "
            f"{_DESCRIPTION_CHARACTERS} characters.",
        )


def _check_tags(tags: Mapping[str, str]) -> None:
    if len(tags) > _TAGS:
        raise AwsError(
            "TooManyTagsException", f"The maximum number of tags for a resource is {_TAGS}."
        )
