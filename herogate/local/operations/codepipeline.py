"""CodePipeline's pipelines, as declarations. Nothing is executed here."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codepipeline_structure import check_structure
from herogate.local.operations.iam import role_trusts

KIND = "codepipeline.pipeline"
"""Documents of pipelines by ``<region>/<name>``: declaration, tags, moments."""

_TAGS = 50
_PAGE = 1000


@operation("codepipeline", "CreatePipeline")
async def create_pipeline(call: Call) -> Result:
    check(call)
    declared = call.parameters["pipeline"]
    check_structure(declared)
    await _check_role(call, declared)
    name, tags = declared["name"], _mapped(call.parameters.get("tags", []))
    _check_tags(call, name, tags)
    if call.cloud.store.get(KIND, _key(call, name)) is not None:
        raise AwsError(
            "PipelineNameInUseException",
            f"A pipeline with the name '{name}' already exists in account "
            f"'{call.cloud.account_id}'",
        )
    now = time.time()
    pipeline = _completed(declared, version=1)
    document = {"pipeline": pipeline, "tags": tags, "created": now, "updated": now}
    call.cloud.store.put(KIND, _key(call, name), document)
    return {"pipeline": pipeline, "tags": _listed(tags)}


@operation("codepipeline", "UpdatePipeline")
async def update_pipeline(call: Call) -> Result:
    check(call)
    declared = call.parameters["pipeline"]
    check_structure(declared)
    await _check_role(call, declared)
    document = _document(call, declared["name"])
    pipeline = _completed(declared, version=document["pipeline"]["version"] + 1)
    changed = {**document, "pipeline": pipeline, "updated": time.time()}
    call.cloud.store.put(KIND, _key(call, declared["name"]), changed)
    return {"pipeline": pipeline}


@operation("codepipeline", "GetPipeline")
async def get_pipeline(call: Call) -> Result:
    check(call)
    name = call.parameters["name"]
    document = _document(call, name)
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
        "metadata": {"pipelineArn": _arn(call, name), **_moments(document)},
    }


@operation("codepipeline", "DeletePipeline")
async def delete_pipeline(call: Call) -> Result:
    """Deleting what is not there succeeds, as on AWS."""
    check(call)
    call.cloud.store.delete(KIND, _key(call, call.parameters["name"]))
    return {}


@operation("codepipeline", "ListPipelines")
async def list_pipelines(call: Call) -> Result:
    check(call)
    documents = [document for _, document in call.cloud.store.all(KIND, f"{call.region}/")]
    start, size = _start(call), call.parameters.get("maxResults", _PAGE)
    page = [_summary(document) for document in documents[start : start + size]]
    further = {"nextToken": str(start + size)} if len(documents) > start + size else {}
    return {"pipelines": page, **further}


@operation("codepipeline", "GetPipelineState")
async def get_pipeline_state(call: Call) -> Result:
    check(call)
    name = call.parameters["name"]
    document = _document(call, name)
    stages = document["pipeline"]["stages"]
    return {
        "pipelineName": name,
        "pipelineVersion": document["pipeline"]["version"],
        "stageStates": [_stage_state(stage) for stage in stages],
        **_moments(document),
    }


@operation("codepipeline", "ListPipelineExecutions")
async def list_pipeline_executions(call: Call) -> Result:
    check(call)
    _document(call, call.parameters["pipelineName"])
    return {"pipelineExecutionSummaries": []}


@operation("codepipeline", "ListActionExecutions")
async def list_action_executions(call: Call) -> Result:
    check(call)
    _document(call, call.parameters["pipelineName"])
    return {"actionExecutionDetails": []}


@operation("codepipeline", "GetPipelineExecution")
async def get_pipeline_execution(call: Call) -> Result:
    check(call)
    name, execution = call.parameters["pipelineName"], call.parameters["pipelineExecutionId"]
    _document(call, name)
    raise AwsError(
        "PipelineExecutionNotFoundException",
        f"Execution '{execution}' does not exist in pipeline '{name}'",
    )


@operation("codepipeline", "TagResource")
async def tag_resource(call: Call) -> Result:
    check(call)
    name, document = _tagged(call)
    tags = {**document["tags"], **_mapped(call.parameters["tags"])}
    _check_tags(call, name, tags)
    call.cloud.store.put(KIND, _key(call, name), {**document, "tags": tags})
    return {}


@operation("codepipeline", "UntagResource")
async def untag_resource(call: Call) -> Result:
    check(call)
    name, document = _tagged(call)
    gone = set(call.parameters["tagKeys"])
    tags = {key: value for key, value in document["tags"].items() if key not in gone}
    call.cloud.store.put(KIND, _key(call, name), {**document, "tags": tags})
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


def _stage_state(stage: Mapping[str, Any]) -> dict[str, Any]:
    """A stage that nothing has ever entered."""
    return {
        "stageName": stage["name"],
        "inboundExecutions": [],
        "inboundTransitionState": {"enabled": True},
        "actionStates": [{"actionName": action["name"]} for action in stage["actions"]],
    }


def _summary(document: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("name", "version", "pipelineType", "executionMode")
    return {**{field: document["pipeline"][field] for field in shown}, **_moments(document)}


def _moments(document: Mapping[str, Any]) -> dict[str, datetime]:
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


def _document(call: Call, name: str) -> dict[str, Any]:
    document = call.cloud.store.get(KIND, _key(call, name))
    if document is None:
        raise AwsError(
            "PipelineNotFoundException",
            f"Account '{call.cloud.account_id}' does not have a pipeline with name '{name}'",
        )
    return document


def _tagged(call: Call) -> tuple[str, dict[str, Any]]:
    arn = call.parameters["resourceArn"]
    name = arn.rpartition(":")[2]
    document = call.cloud.store.get(KIND, _key(call, name))
    if document is None or arn != _arn(call, name):
        raise AwsError(
            "ResourceNotFoundException",
            f"The account with id '{call.cloud.account_id}' does not include a pipeline with the "
            f"name '{name}'",
        )
    return name, document


def _start(call: Call) -> int:
    token = call.parameters.get("nextToken", "0")
    if not token.isdecimal():
        raise AwsError("InvalidNextTokenException", "The next token is invalid.")
    return int(token)


def _mapped(tags: list[Mapping[str, str]]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags}


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:codepipeline:{call.region}:{call.cloud.account_id}:{name}"


def _key(call: Call, name: str) -> str:
    return f"{call.region}/{name}"
