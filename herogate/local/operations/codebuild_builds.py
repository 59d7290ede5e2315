"""CodeBuild's builds: started, stopped, looked at. What they do is the codebuild plane's."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codebuild import (
    check_project,
    check_role,
    invalid,
    page_start,
    project_of,
)
from herogate.local.operations.codebuild_overrides import overridden
from herogate.local.planes.codebuild import Order, records

_STARTED = "codebuild.started"
"""What was started with idempotency tokens, by ``<region>/<token>``."""

_TOKEN_SECONDS = 300
_PAGE = 100


@operation("codebuild", "StartBuild")
async def start_build(call: Call) -> Result:
    check(call)
    asked = {**call.parameters}
    token = asked.pop("idempotencyToken", None)
    return await _once(call, token, asked)


@operation("codebuild", "RetryBuild")
async def retry_build(call: Call) -> Result:
    check(call)
    if "id" not in call.parameters:
        raise invalid("A build's id is required")
    document = _document(call, call.parameters["id"])
    if document["asked"] is None:
        raise invalid("A build that was started by AWS CodePipeline cannot be retried")
    return await _once(call, call.parameters.get("idempotencyToken"), document["asked"])


@operation("codebuild", "StopBuild")
async def stop_build(call: Call) -> Result:
    """The build is shown as it is when asked: its end follows."""
    check(call)
    document = _document(call, call.parameters["id"])
    call.cloud.codebuild.stop_build(document["build"]["id"])
    return {"build": records.shown(document)}


@operation("codebuild", "BatchGetBuilds")
async def batch_get_builds(call: Call) -> Result:
    check(call)
    found, missing = [], []
    for asked in call.parameters["ids"]:
        document = call.cloud.codebuild.builds.get(call.region, _id(call, asked))
        if document is None:
            missing.append(asked)
        else:
            found.append(records.shown(document))
    return {"builds": found, "buildsNotFound": missing}


@operation("codebuild", "BatchDeleteBuilds")
async def batch_delete_builds(call: Call) -> Result:
    check(call)
    deleted, kept = [], []
    for asked in call.parameters["ids"]:
        document = call.cloud.codebuild.builds.get(call.region, _id(call, asked))
        if document is None:
            kept.append({"id": asked, "statusCode": "BUILD_NOT_FOUND"})
        elif not document["build"]["buildComplete"]:
            kept.append({"id": document["build"]["arn"], "statusCode": "BUILD_IN_PROGRESS"})
        else:
            call.cloud.codebuild.builds.remove(call.region, document["build"]["id"])
            deleted.append(document["build"]["arn"])
    return {"buildsDeleted": deleted, "buildsNotDeleted": kept}


@operation("codebuild", "ListBuildsForProject")
async def list_builds_for_project(call: Call) -> Result:
    check(call)
    project = project_of(call, call.parameters["projectName"])
    return _listed(call, call.cloud.codebuild.builds.all(call.region, project["name"]))


@operation("codebuild", "ListBuilds")
async def list_builds(call: Call) -> Result:
    check(call)
    return _listed(call, call.cloud.codebuild.builds.all(call.region))


def _listed(call: Call, documents: list[records.Document]) -> Result:
    """A page of builds' ids, the newest first unless asked for otherwise."""
    if call.parameters.get("sortOrder") != "ASCENDING":
        documents.reverse()
    start = page_start(call.parameters.get("nextToken"))
    ids = [document["build"]["id"] for document in documents[start : start + _PAGE]]
    further = {"nextToken": str(start + _PAGE)} if len(documents) > start + _PAGE else {}
    return {"ids": ids, **further}


async def _once(call: Call, token: str | None, asked: Mapping[str, Any]) -> Result:
    """Start a build, or show the one that was started with the same token before."""
    if token is None:
        return {"build": records.shown(await _start(call, asked))}
    store, key, now = call.cloud.store, f"{call.region}/{token}", time.time()
    for other, known in list(store.all(_STARTED)):
        if now - known["at"] > _TOKEN_SECONDS:
            store.delete(_STARTED, other)
    known = store.get(_STARTED, key) or {}
    if known and known["asked"] != asked:
        raise invalid("The idempotency token was used with other parameters")
    document = call.cloud.codebuild.builds.get(call.region, known["id"]) if known else None
    if document is None:
        document = await _start(call, asked)
        store.put(_STARTED, key, {"asked": asked, "id": document["build"]["id"], "at": now})
    return {"build": records.shown(document)}


async def _start(call: Call, asked: Mapping[str, Any]) -> records.Document:
    declared = project_of(call, asked["projectName"])
    project = overridden(declared, asked)
    check_project(project)
    if project["source"]["type"] == "CODEPIPELINE":
        raise invalid(
            "Invalid project source: a build of the source type CODEPIPELINE is started by AWS "
            "CodePipeline"
        )
    if "serviceRoleOverride" in asked:
        await check_role(call, project["name"], project["serviceRole"])
    return await call.cloud.codebuild.begin(
        Order(
            region=call.region,
            account_id=call.cloud.account_id,
            project=project,
            initiator=call.caller.arn.partition("/")[2] or call.caller.arn,
            source_version=asked.get("sourceVersion", declared.get("sourceVersion")),
            asked=asked,
        )
    )


def _document(call: Call, asked: str) -> records.Document:
    document = call.cloud.codebuild.builds.get(call.region, _id(call, asked))
    if document is None:
        raise AwsError("ResourceNotFoundException", f"Build {asked} does not exist")
    return document


def _id(call: Call, asked: str) -> str:
    """A build's id; wherever AWS takes one, it takes the ARN too."""
    return asked.removeprefix(f"arn:aws:codebuild:{call.region}:{call.cloud.account_id}:build/")
