"""Stopping, retrying, holding back, approving; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from codepipelines import Codepipeline, approval, source, stage
from local_cloud import LocalCloud
from waiting import eventually

Make = Callable[[str], Codepipeline]


def refused(operation: Callable[..., Any], **parameters: Any) -> str:
    """The code with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    return str(caught.value.response["Error"]["Code"])


def at_the_gate(line: Codepipeline, *, name: str = "Gate", **changes: Any) -> str:
    """A codepipeline with an execution that waits for approval; its id."""
    line.checkout.push({"a.txt": "one"})
    line.create(
        stage("Source", source(line.name)),
        stage(name, approval(), approval("Second", runOrder=2)),
        **changes,
    )
    execution_id = str(line.executions()[0]["pipelineExecutionId"])
    line.at_work(name, "Approve", execution_id)
    return execution_id


def test_a_stop_waits_for_what_is_at_work(codepipeline: Make) -> None:
    line = codepipeline("stop-and-wait")
    place = {"pipelineName": line.name, "pipelineExecutionId": at_the_gate(line)}
    token = line.action("Gate", "Approve")["token"]
    line.api.stop_pipeline_execution(**place, reason="enough")

    assert line.execution(place["pipelineExecutionId"])["status"] == "Stopping"
    assert refused(line.api.stop_pipeline_execution, **place) == "DuplicatedStopRequestException"
    line.approve("Gate", token)
    assert line.ended(place["pipelineExecutionId"]) == "Stopped"
    assert line.executions()[0]["stopTrigger"] == {"reason": "enough"}
    assert line.state("Gate")["latestExecution"]["status"] == "Stopped"
    assert line.action("Gate", "Second") == {}
    code = refused(line.api.stop_pipeline_execution, **place)
    assert code == "PipelineExecutionNotStoppableException"


def test_a_stop_may_abandon_what_is_at_work(codepipeline: Make) -> None:
    line = codepipeline("abandoned")
    execution_id = at_the_gate(line)
    token = line.action("Gate", "Approve")["token"]
    line.api.stop_pipeline_execution(
        pipelineName=line.name, pipelineExecutionId=execution_id, abandon=True
    )

    assert line.ended(execution_id) == "Stopped"
    assert line.action("Gate", "Approve")["status"] == "Abandoned"
    with pytest.raises(ClientError, match="has already been approved or rejected"):
        line.approve("Gate", token)


def test_a_failed_action_is_retried_in_the_same_execution(codepipeline: Make) -> None:
    line = codepipeline("retried")
    execution_id = at_the_gate(line)
    line.approve("Gate", line.action("Gate", "Approve")["token"])
    second = line.at_work("Gate", "Second")
    line.api.put_approval_result(
        pipelineName=line.name,
        stageName="Gate",
        actionName="Second",
        result={"summary": "no", "status": "Rejected"},
        token=second["token"],
    )
    assert line.ended(execution_id) == "Failed"
    retry = {"pipelineName": line.name, "stageName": "Gate", "pipelineExecutionId": execution_id}
    line.api.retry_stage_execution(**retry, retryMode="FAILED_ACTIONS")
    again = line.at_work("Gate", "Second")

    assert line.execution(execution_id)["status"] == "InProgress"
    assert again["token"] != second["token"]
    assert line.action("Gate", "Approve")["status"] == "Succeeded"
    code = refused(line.api.retry_stage_execution, **retry, retryMode="FAILED_ACTIONS")
    assert code == "ConflictException"
    stop = {"pipelineName": line.name, "pipelineExecutionId": execution_id, "abandon": True}
    line.api.stop_pipeline_execution(**stop)
    line.api.retry_stage_execution(**retry, retryMode="ALL_ACTIONS")
    assert line.at_work("Gate", "Approve")


def test_only_the_last_visitor_of_a_stage_is_retried(codepipeline: Make) -> None:
    line = codepipeline("retried-late")
    older = at_the_gate(line)
    line.approve("Gate", line.action("Gate", "Approve")["token"], "Rejected")
    newer = line.start()
    line.at_work("Gate", "Approve", newer)
    retry = {"pipelineName": line.name, "stageName": "Gate", "retryMode": "ALL_ACTIONS"}

    def code(execution_id: str, **changes: str) -> str:
        return refused(
            line.api.retry_stage_execution,
            **{**retry, "pipelineExecutionId": execution_id, **changes},
        )

    assert code(older) == "ConflictException"
    line.approve("Gate", line.action("Gate", "Approve")["token"], "Rejected")
    assert line.ended(newer) == "Failed"
    assert code(older) == "NotLatestPipelineExecutionException"
    assert code(newer, stageName="Source") == "StageNotRetryableException"
    assert code(newer, stageName="Nowhere") == "StageNotFoundException"


def test_a_closed_stage_lets_nobody_in(codepipeline: Make) -> None:
    line = codepipeline("closed")
    first = at_the_gate(line)
    stage_of_line = {"pipelineName": line.name, "stageName": "Gate", "transitionType": "Inbound"}
    line.api.disable_stage_transition(**stage_of_line, reason="not today")
    line.approve("Gate", line.action("Gate", "Approve")["token"], "Rejected")
    assert line.ended(first) == "Failed"
    second = line.start()

    def look() -> Any:
        inbound = line.state("Gate")["inboundExecutions"]
        return inbound or None

    assert [each["pipelineExecutionId"] for each in eventually(look)] == [second]
    transition = line.state("Gate")["inboundTransitionState"]
    assert (transition["enabled"], transition["disabledReason"]) == (False, "not today")
    line.api.enable_stage_transition(**stage_of_line)
    assert line.at_work("Gate", "Approve", second)


def test_a_changed_codepipeline_cancels_what_runs(codepipeline: Make) -> None:
    line = codepipeline("changed")
    execution_id = at_the_gate(line)
    changed = line.declaration(stage("Source", source(line.name)), stage("Other", approval()))
    line.api.update_pipeline(pipeline=changed)

    assert line.ended(execution_id) == "Cancelled"
    assert [each["stageName"] for each in line.api.get_pipeline_state(name=line.name)["stageStates"]
    ] == ["Source", "Other"]  # fmt: skip


def test_a_codepipeline_made_anew_has_no_past(codepipeline: Make) -> None:
    line = codepipeline("made-anew")
    at_the_gate(line)
    line.api.delete_pipeline(name=line.name)
    line.create(stage("Source", source(line.name)), stage("Gate", approval()))

    assert len(line.executions()) == 1
    assert line.at_work("Gate", "Approve")


def test_a_repeated_start_starts_nothing(codepipeline: Make) -> None:
    line = codepipeline("repeated")
    at_the_gate(line)
    first = line.start(clientRequestToken="one")

    assert line.start(clientRequestToken="one") == first
    assert len(line.executions()) == 2


def test_variables_are_declared_and_given(codepipeline: Make) -> None:
    line = codepipeline("with-variables")
    variables = [{"name": "branch", "defaultValue": "main"}, {"name": "to"}]
    line.checkout.push({"a.txt": "one"})
    line.create(
        stage("Source", source(line.name, configuration={"BranchName": "#{variables.branch}"})),
        stage("Gate", approval(configuration={"CustomData": "#{variables.to} #{source.Nothing}"})),
        variables=variables,
    )
    assert line.executions() == []
    assert refused(line.api.start_pipeline_execution, name=line.name) == "ValidationException"
    execution_id = line.start(variables=[{"name": "to", "value": "live"}])

    assert line.ended(execution_id) == "Failed"
    assert line.execution(execution_id)["variables"] == [
        {"name": "branch", "resolvedValue": "main"},
        {"name": "to", "resolvedValue": "live"},
    ]
    details = line.details(execution_id)
    assert details["Source"]["input"]["resolvedConfiguration"]["BranchName"] == "main"
    assert line.action("Gate", "Approve")["errorDetails"] == {
        "code": "ConfigurationError",
        "message": "The action configuration refers to the variable #{source.Nothing}, which has no "
        "value in this execution",
    }


def test_the_list_of_executions_has_pages(codepipeline: Make) -> None:
    line = codepipeline("paged")
    first = at_the_gate(line)
    second = line.start()
    pages = line.api.get_paginator("list_pipeline_executions").paginate(
        pipelineName=line.name, PaginationConfig={"PageSize": 1}
    )
    found = [
        each["pipelineExecutionId"] for one in pages for each in one["pipelineExecutionSummaries"]
    ]

    assert found == [second, first]


def test_what_an_unknown_codepipeline_answers(cloud: LocalCloud) -> None:
    api = cloud.client("codepipeline")
    nowhere = "00000000-0000-0000-0000-000000000000"

    assert refused(api.start_pipeline_execution, name="nowhere") == "PipelineNotFoundException"
    assert refused(api.get_pipeline_state, name="nowhere") == "PipelineNotFoundException"
    assert (
        refused(api.get_pipeline_execution, pipelineName="nowhere", pipelineExecutionId=nowhere)
        == "PipelineNotFoundException"
    )
