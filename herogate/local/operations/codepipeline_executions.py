"""CodePipeline's executions: started, stopped, retried, listed. The plane carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codepipeline import document_of, page, start
from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codepipeline.notices import declared
from herogate.local.planes.codepipeline.records import Attempt, Execution

_PAGE = 100


@operation("codepipeline", "StartPipelineExecution")
async def start_pipeline_execution(call: Call) -> Result:
    check(call)
    declaration = document_of(call, call.parameters["name"])["pipeline"]
    return {"pipelineExecutionId": await start(call, declaration, "StartPipelineExecution")}


@operation("codepipeline", "StopPipelineExecution")
async def stop_pipeline_execution(call: Call) -> Result:
    check(call)
    plane, execution = call.cloud.codepipeline, _execution(call)
    abandon = call.parameters.get("abandon", False)
    reason = call.parameters.get("reason")
    await plane.follow(plane.requests.stop(execution, reason, abandon=abandon))
    return {"pipelineExecutionId": execution.id}


@operation("codepipeline", "RetryStageExecution")
async def retry_stage_execution(call: Call) -> Result:
    check(call)
    plane, execution = call.cloud.codepipeline, _execution(call)
    declaration = document_of(call, execution.pipeline)["pipeline"]
    stage = call.parameters["stageName"]
    if stage not in {each["name"] for each in declaration["stages"]}:
        raise AwsError(
            "StageNotFoundException",
            f"Stage '{stage}' does not exist in pipeline '{execution.pipeline}'",
        )
    failed_only = call.parameters["retryMode"] == "FAILED_ACTIONS"
    version = declaration["version"]
    await plane.follow(plane.requests.retry(execution, stage, version, failed_only=failed_only))
    return {"pipelineExecutionId": execution.id}


@operation("codepipeline", "GetPipelineExecution")
async def get_pipeline_execution(call: Call) -> Result:
    check(call)
    execution = _execution(call)
    shown = {
        "pipelineName": execution.pipeline,
        "pipelineVersion": execution.version,
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "artifactRevisions": [_artifact_revision(each) for each in _sources(execution)],
        "variables": [
            {"name": name, "resolvedValue": value} for name, value in execution.variables.items()
        ],
        **_common(execution),
    }
    return {"pipelineExecution": shown}


@operation("codepipeline", "ListPipelineExecutions")
async def list_pipeline_executions(call: Call) -> Result:
    """Newest first."""
    check(call)
    name = call.parameters["pipelineName"]
    document_of(call, name)
    executions = call.cloud.codepipeline.history.all(call.region, name)[::-1]
    succeeded_in = call.parameters.get("filter", {}).get("succeededInStage", {}).get("stageName")
    if succeeded_in is not None:
        executions = [each for each in executions if _succeeded_in(each, succeeded_in)]
    shown, further = page(call, executions, _PAGE)
    return {"pipelineExecutionSummaries": [_summary(each) for each in shown], **further}


@operation("codepipeline", "ListActionExecutions")
async def list_action_executions(call: Call) -> Result:
    """Newest first."""
    check(call)
    name, wanted = call.parameters["pipelineName"], call.parameters.get("filter", {})
    document_of(call, name)
    latest = wanted.get("latestInPipelineExecution", {})
    execution_id = wanted.get("pipelineExecutionId") or latest.get("pipelineExecutionId")
    attempts = [
        (execution, attempt)
        for execution in call.cloud.codepipeline.history.all(call.region, name)
        for attempt in execution.attempts
        if execution_id in {None, execution.id}
        and not (latest.get("startTimeRange") == "Latest" and attempt.is_stale)
    ]
    attempts.sort(key=lambda pair: pair[1].started_at, reverse=True)
    shown, further = page(call, attempts, _PAGE)
    return {"actionExecutionDetails": [_detail(*pair) for pair in shown], **further}


def _execution(call: Call) -> Execution:
    name = call.parameters["pipelineName"]
    execution_id = call.parameters["pipelineExecutionId"]
    document_of(call, name)
    execution = call.cloud.codepipeline.history.get(call.region, name, execution_id)
    if execution is None:
        raise AwsError(
            "PipelineExecutionNotFoundException",
            f"Execution '{execution_id}' does not exist in pipeline '{name}'",
        )
    return execution


def _succeeded_in(execution: Execution, stage: str) -> bool:
    visit = execution.visits.get(stage)
    return visit is not None and visit.status == "Succeeded"


def _summary(execution: Execution) -> dict[str, Any]:
    stopped = {} if execution.stop_reason is None else {"reason": execution.stop_reason}
    return {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "startTime": moment(execution.started_at),
        "lastUpdateTime": moment(execution.updated_at),
        "sourceRevisions": [_source_revision(each) for each in _sources(execution)],
        **({"stopTrigger": stopped} if stopped else {}),
        **_common(execution),
    }


def _common(execution: Execution) -> dict[str, Any]:
    trigger = {
        "triggerType": execution.trigger_type,
        "triggerDetail": execution.trigger_detail,
    }
    return {
        "trigger": trigger,
        "executionMode": execution.mode,
        "executionType": "STANDARD",
    }


def _sources(execution: Execution) -> Sequence[Attempt]:
    """The attempts that found a revision."""
    return [each for each in execution.attempts if each.revision is not None and not each.is_stale]


def _source_revision(attempt: Attempt) -> dict[str, str]:
    revision = attempt.revision or {}
    summary = {"revisionSummary": revision["summary"]} if revision.get("summary") else {}
    return {"actionName": attempt.action, "revisionId": revision["id"], **summary}


def _artifact_revision(attempt: Attempt) -> dict[str, Any]:
    shown = {**_source_revision(attempt), "created": moment(attempt.updated_at)}
    shown["name"] = attempt.outputs[0].name
    del shown["actionName"]
    return shown


def _detail(execution: Execution, attempt: Attempt) -> dict[str, Any]:
    action = declared(execution, attempt)
    given = {
        "actionTypeId": action["actionTypeId"],
        "configuration": action["configuration"],
        "resolvedConfiguration": attempt.configuration,
        "region": execution.region,
        "inputArtifacts": [_artifact(each) for each in attempt.inputs],
        **{name: action[name] for name in ("namespace", "roleArn") if name in action},
    }
    result = {
        "externalExecutionId": attempt.external_id or (attempt.revision or {}).get("id"),
        "externalExecutionSummary": attempt.summary or attempt.error_message,
        "errorDetails": error_details(attempt),
    }
    return {
        "pipelineExecutionId": execution.id,
        "actionExecutionId": attempt.id,
        "pipelineVersion": execution.version,
        "stageName": attempt.stage,
        "actionName": attempt.action,
        "startTime": moment(attempt.started_at),
        "lastUpdateTime": moment(attempt.updated_at),
        **({"updatedBy": attempt.updated_by} if attempt.updated_by else {}),
        "status": attempt.status,
        "input": given,
        "output": {
            "outputArtifacts": [_artifact(each) for each in attempt.outputs],
            "executionResult": {name: value for name, value in result.items() if value},
            "outputVariables": attempt.variables,
        },
    }


def _artifact(artifact: Artifact) -> dict[str, Any]:
    location = {"bucket": artifact.bucket, "key": artifact.key}
    return {"name": artifact.name, "s3location": location}


def error_details(attempt: Attempt) -> dict[str, str]:
    """Why an attempt failed; empty if it did not."""
    if attempt.error_code is None:
        return {}
    return {"code": attempt.error_code, "message": attempt.error_message or ""}


def moment(seconds: float) -> datetime:
    """A moment as answers carry it."""
    return datetime.fromtimestamp(seconds, UTC)
