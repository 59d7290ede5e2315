"""CodePipeline's stages as they stand: their state, their transitions, and approvals."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.codepipeline import document_of, keep_document, moments
from herogate.local.operations.codepipeline_executions import error_details, moment
from herogate.local.planes.codepipeline.records import Attempt, Execution
from herogate.local.planes.codepipeline.status import ActionStatus, ExecutionStatus, Mode


@operation("codepipeline", "GetPipelineState")
async def get_pipeline_state(call: Call) -> Result:
    check(call)
    name = call.parameters["name"]
    document = document_of(call, name)
    executions = call.cloud.codepipeline.history.all(call.region, name)
    return {
        "pipelineName": name,
        "pipelineVersion": document["pipeline"]["version"],
        "stageStates": [
            _stage_state(index, stage, document, executions)
            for index, stage in enumerate(document["pipeline"]["stages"])
        ],
        **moments(document),
    }


@operation("codepipeline", "DisableStageTransition")
async def disable_stage_transition(call: Call) -> Result:
    check(call)
    _change_transition(call, enabled=False, disabledReason=call.parameters["reason"])
    return {}


@operation("codepipeline", "EnableStageTransition")
async def enable_stage_transition(call: Call) -> Result:
    """What waits goes on."""
    check(call)
    _change_transition(call, enabled=True)
    await call.cloud.codepipeline.advance(call.region, call.parameters["pipelineName"])
    return {}


@operation("codepipeline", "PutApprovalResult")
async def put_approval_result(call: Call) -> Result:
    check(call)
    plane, asked = call.cloud.codepipeline, call.parameters
    name, token = asked["pipelineName"], asked["token"]
    stage = _stage(document_of(call, name), asked["stageName"])
    if asked["actionName"] not in {action["name"] for action in stage["actions"]}:
        raise AwsError(
            "ActionNotFoundException",
            f"Action '{asked['actionName']}' does not exist in stage '{stage['name']}'",
        )
    for execution in plane.history.all(call.region, name):
        for attempt in execution.attempts:
            if attempt.token == token and attempt.action == asked["actionName"]:
                _check_open(attempt)
                changes = plane.requests.answer(
                    attempt, execution, asked["result"], call.caller.arn
                )
                await plane.follow(changes)
                return {"approvedAt": moment(time.time())}
    raise AwsError(
        "InvalidApprovalTokenException", "The approval token is invalid. It may have expired."
    )


def _check_open(attempt: Attempt) -> None:
    if attempt.status.is_over:
        raise AwsError(
            "ApprovalAlreadyCompletedException",
            "The approval action has already been approved or rejected.",
        )


def _change_transition(call: Call, **changes: Any) -> None:
    asked = call.parameters
    document = document_of(call, asked["pipelineName"])
    stage = _stage(document, asked["stageName"])["name"]
    if asked["transitionType"] != "Inbound":
        raise not_supported("outbound stage transitions: disable the next stage's inbound one")
    if document["pipeline"]["executionMode"] == Mode.PARALLEL:
        raise AwsError(
            "ValidationException",
            "Stage transitions cannot be changed for a pipeline in PARALLEL execution mode",
        )
    transition = {**changes, "lastChangedBy": call.caller.arn, "lastChangedAt": time.time()}
    transitions = {**document.get("transitions", {}), stage: transition}
    keep_document(call, asked["pipelineName"], {**document, "transitions": transitions})


def _stage(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for stage in document["pipeline"]["stages"]:
        if stage["name"] == name:
            return dict(stage)
    raise AwsError(
        "StageNotFoundException",
        f"Stage '{name}' does not exist in pipeline '{document['pipeline']['name']}'",
    )


def _stage_state(
    index: int,
    stage: Mapping[str, Any],
    document: Mapping[str, Any],
    executions: Sequence[Execution],
) -> dict[str, Any]:
    name = stage["name"]
    inbound = [
        _shown(each, ExecutionStatus.IN_PROGRESS)
        for each in executions
        if not each.status.is_over and not each.is_inside and each.stage == index
    ]
    visitors = [each for each in executions if name in each.visits]
    latest = max(visitors, key=lambda each: each.visits[name].entered_at, default=None)
    return {
        "stageName": name,
        "inboundExecutions": inbound,
        **({"inboundExecution": inbound[-1]} if inbound else {}),
        "inboundTransitionState": _transition(document, name),
        "actionStates": [_action_state(name, action, visitors) for action in stage["actions"]],
        **(
            {}
            if latest is None
            else {"latestExecution": _shown(latest, latest.visits[name].status)}
        ),
    }


def _shown(execution: Execution, status: str) -> dict[str, str]:
    return {"pipelineExecutionId": execution.id, "status": status, "type": "STANDARD"}


def _transition(document: Mapping[str, Any], stage: str) -> dict[str, Any]:
    transition = document.get("transitions", {}).get(stage)
    if transition is None:
        return {"enabled": True}
    return {**transition, "lastChangedAt": moment(transition["lastChangedAt"])}


def _action_state(
    stage: str, action: Mapping[str, Any], executions: Sequence[Execution]
) -> dict[str, Any]:
    attempts = [
        attempt
        for execution in executions
        for attempt in execution.attempts
        if (attempt.stage, attempt.action) == (stage, action["name"])
    ]
    if not attempts:
        return {"actionName": action["name"]}
    latest = max(attempts, key=lambda each: each.started_at)
    state = {"actionName": action["name"], "latestExecution": _attempt(latest)}
    if latest.revision is not None:
        state["currentRevision"] = {
            "revisionId": latest.revision["id"],
            "revisionChangeId": latest.revision["id"],
            "created": moment(latest.updated_at),
        }
    return state


def _attempt(attempt: Attempt) -> dict[str, Any]:
    open_token = attempt.token if attempt.status is ActionStatus.IN_PROGRESS else None
    shown = {
        "actionExecutionId": attempt.id,
        "status": attempt.status,
        "summary": attempt.summary,
        "lastStatusChange": moment(attempt.updated_at),
        "token": open_token,
        "lastUpdatedBy": attempt.updated_by,
        "externalExecutionId": attempt.external_id or (attempt.revision or {}).get("id"),
        "errorDetails": error_details(attempt),
    }
    return {name: value for name, value in shown.items() if value}
