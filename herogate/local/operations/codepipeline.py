"""CodePipeline's pipelines, as declarations. How they are executed is the plane's."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codepipeline_structure import check_structure
from herogate.local.operations.iam import role_trusts
from herogate.local.planes.codepipeline.history import PIPELINES
from herogate.local.planes.codepipeline.requests import Start

T = TypeVar("T")

_TAGS = 50
_PAGE = 1000


@operation("codepipeline", "CreatePipeline")
async def create_pipeline(call: Call) -> Result:
    """A first execution starts at once, if nothing must be given for it."""
    check(call)
    declared = call.parameters["pipeline"]
    check_structure(declared)
    await _check_role(call, declared)
    name, tags = declared["name"], _mapped(call.parameters.get("tags", []))
    _check_tags(call, name, tags)
    if call.cloud.store.get(PIPELINES, _key(call, name)) is not None:
        raise AwsError(
            "PipelineNameInUseException",
            f"A pipeline with the name '{name}' already exists in account "
            f"'{call.cloud.account_id}'",
        )
    now = time.time()
    pipeline = _completed(declared, version=1)
    document = {"pipeline": pipeline, "tags": tags, "created": now, "updated": now}
    keep_document(call, name, document)
    if all("defaultValue" in variable for variable in pipeline.get("variables", [])):
        await start(call, pipeline, "CreatePipeline")
    return {"pipeline": pipeline, "tags": _listed(tags)}


@operation("codepipeline", "UpdatePipeline")
async def update_pipeline(call: Call) -> Result:
    """What runs is cancelled, since its definition is no longer the codepipeline's."""
    check(call)
    declared = call.parameters["pipeline"]
    check_structure(declared)
    await _check_role(call, declared)
    document = document_of(call, declared["name"])
    pipeline = _completed(declared, version=document["pipeline"]["version"] + 1)
    plane, name = call.cloud.codepipeline, declared["name"]
    changes = plane.requests.cancel(call.region, name)
    keep_document(call, name, {**document, "pipeline": pipeline, "updated": time.time()})
    await plane.follow(changes)
    return {"pipeline": pipeline}


@operation("codepipeline", "GetPipeline")
async def get_pipeline(call: Call) -> Result:
    check(call)
    name = call.parameters["name"]
    document = document_of(call, name)
    asked, kept = call.parameters.get("version"), document["pipeline"]["version"]
    if asked is not None and asked > kept:
        raise AwsError(
            "PipelineVersionNotFoundException",
            f"Pipeline '{name}' does not have a version '{asked}'",
        )
    if asked is not None and asked < kept:
        raise AwsError(
            "PipelineVersionNotFoundException",
            f"The local cloud keeps only the latest version of a pipeline; '{name}' is at {kept}",
        )
    return {
        "pipeline": document["pipeline"],
        "metadata": {"pipelineArn": _arn(call, name), **moments(document)},
    }


@operation("codepipeline", "DeletePipeline")
async def delete_pipeline(call: Call) -> Result:
    """Deleting what is not there succeeds, as on AWS."""
    check(call)
    plane, name = call.cloud.codepipeline, call.parameters["name"]
    call.cloud.store.delete(PIPELINES, _key(call, name))
    await plane.follow(plane.requests.forget(call.region, name))
    return {}


@operation("codepipeline", "ListPipelines")
async def list_pipelines(call: Call) -> Result:
    check(call)
    documents = [document for _, document in call.cloud.store.all(PIPELINES, f"{call.region}/")]
    shown, further = page(call, documents, _PAGE)
    return {"pipelines": [_summary(document) for document in shown], **further}


@operation("codepipeline", "TagResource")
async def tag_resource(call: Call) -> Result:
    check(call)
    name, document = _tagged(call)
    tags = {**document["tags"], **_mapped(call.parameters["tags"])}
    _check_tags(call, name, tags)
    keep_document(call, name, {**document, "tags": tags})
    return {}


@operation("codepipeline", "UntagResource")
async def untag_resource(call: Call) -> Result:
    check(call)
    name, document = _tagged(call)
    gone = set(call.parameters["tagKeys"])
    tags = {key: value for key, value in document["tags"].items() if key not in gone}
    keep_document(call, name, {**document, "tags": tags})
    return {}


@operation("codepipeline", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Result:
    check(call)
    _, document = _tagged(call)
    return {"tags": _listed(document["tags"])}


def _completed(declared: Mapping[str, Any], *, version: int) -> dict[str, Any]:
    """A declaration as CodePipeline shows it: with defaults filled in."""
    stages = [
        {**stage, "actions": [_completed_action(action) for action in stage["actions"]]}
        for stage in declared["stages"]
    ]
    return {
        "pipelineType": "V1",
        "executionMode": "SUPERSEDED",
        **declared,
        "stages": stages,
        "version": version,
    }


def _completed_action(action: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {"runOrder": 1, "configuration": {}, "outputArtifacts": [], "inputArtifacts": []}
    return {**defaults, **action}


def _summary(document: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("name", "version", "pipelineType", "executionMode")
    return {**{field: document["pipeline"][field] for field in shown}, **moments(document)}


def moments(document: Mapping[str, Any]) -> dict[str, datetime]:
    """When a codepipeline was made and last changed."""
    return {field: datetime.fromtimestamp(document[field], UTC) for field in ("created", "updated")}


async def _check_role(call: Call, declared: Mapping[str, Any]) -> None:
    role = declared["roleArn"]
    context = {
        "aws:sourceaccount": call.cloud.account_id,
        "aws:sourcearn": _arn(call, declared["name"]),
    }
    if not await role_trusts(call, role, "codepipeline.amazonaws.com", context):
        raise AwsError(
            "InvalidStructureException",
            f"CodePipeline is not authorized to perform AssumeRole on role {role}",
        )


def _check_tags(call: Call, name: str, tags: Mapping[str, str]) -> None:
    if len(tags) > _TAGS:
        raise AwsError(
            "TooManyTagsException",
            f"Tag limit exceeded for resource [{_arn(call, name)}].",
        )


def document_of(call: Call, name: str) -> dict[str, Any]:
    """A codepipeline's document. Raises `AwsError` where there is none."""
    document = call.cloud.store.get(PIPELINES, _key(call, name))
    if document is None:
        raise AwsError(
            "PipelineNotFoundException",
            f"Account '{call.cloud.account_id}' does not have a pipeline with name '{name}'",
        )
    return document


def _tagged(call: Call) -> tuple[str, dict[str, Any]]:
    arn = call.parameters["resourceArn"]
    name = arn.rpartition(":")[2]
    document = call.cloud.store.get(PIPELINES, _key(call, name))
    if document is None or arn != _arn(call, name):
        raise AwsError(
            "ResourceNotFoundException",
            f"The account with id '{call.cloud.account_id}' does not include a pipeline with the "
            f"name '{name}'",
        )
    return name, document


def keep_document(call: Call, name: str, document: Mapping[str, Any]) -> None:
    """Write a codepipeline's document."""
    call.cloud.store.put(PIPELINES, _key(call, name), document)


def page(call: Call, found: Sequence[T], most: int) -> tuple[Sequence[T], dict[str, str]]:
    """The part of a list that a call asks for, and where the next one begins."""
    token, size = call.parameters.get("nextToken", "0"), call.parameters.get("maxResults", most)
    if not token.isdecimal():
        raise AwsError("InvalidNextTokenException", "The next token is invalid.")
    start = int(token)
    further = {"nextToken": str(start + size)} if len(found) > start + size else {}
    return found[start : start + size], further


async def start(call: Call, declaration: Mapping[str, Any], trigger: str) -> str:
    """Start an execution for the call's caller; its id. EventBridge calls on behalf of a rule."""
    plane, rule = call.cloud.codepipeline, call.caller.source_arn
    asked = Start(
        trigger_type=trigger if rule is None else "CloudWatchEvent",
        trigger_detail=call.caller.arn if rule is None else rule,
        variables=call.parameters.get("variables", ()),
        revisions=call.parameters.get("sourceRevisions", ()),
        token=call.parameters.get("clientRequestToken"),
    )
    execution_id, changes = plane.requests.start(call.region, declaration, asked)
    await plane.follow(changes)
    return execution_id


def _mapped(tags: list[Mapping[str, str]]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags}


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:codepipeline:{call.region}:{call.cloud.account_id}:{name}"


def _key(call: Call, name: str) -> str:
    return f"{call.region}/{name}"
