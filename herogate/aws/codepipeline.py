"""CodePipeline: executions and their actions.

The only place where their statuses are spelled. When one is started, and what its end means, is the
engine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from herogate.aws.session import Session
from herogate.errors import AwsRefused

_BUSY = "ConflictException"
"""What CodePipeline says while it is "busy handling ongoing activities. Try again later."."""

_STOPPED_ALREADY = {
    "DuplicatedStopRequestException",
    "PipelineExecutionNotStoppableException",
    "PipelineNotFoundException",
}


class ExecutionStatus(StrEnum):
    """What CodePipeline says of an execution."""

    CANCELLED = "Cancelled"
    IN_PROGRESS = "InProgress"
    STOPPED = "Stopped"
    STOPPING = "Stopping"
    SUCCEEDED = "Succeeded"
    SUPERSEDED = "Superseded"
    FAILED = "Failed"

    @property
    def is_over(self) -> bool:
        return self not in (ExecutionStatus.IN_PROGRESS, ExecutionStatus.STOPPING)

    @property
    def has_succeeded(self) -> bool:
        return self is ExecutionStatus.SUCCEEDED

    @property
    def is_superseded(self) -> bool:
        return self is ExecutionStatus.SUPERSEDED


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One way of a commit through a codepipeline; `commit` is None until it is known."""

    id: str
    status: ExecutionStatus
    commit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action of an execution.

    Attributes:
        build_id: CodeBuild's id, where the action is a build that has begun.
        has_failed: whether it is over without success.
        reason: why it failed, in AWS's words.
    """

    stage: str
    name: str
    is_over: bool
    has_failed: bool
    build_id: str | None = None
    reason: str | None = None


class Codepipelines:
    """The codepipelines of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("codepipeline")

    def executions(self, codepipeline: str, count: int = 20) -> list[Execution]:
        """The newest executions, newest first."""
        listed = self._service.items(
            "list_pipeline_executions",
            "pipelineExecutionSummaries",
            pipelineName=codepipeline,
            PaginationConfig={"PageSize": min(count, 100)},
        )
        return [_execution(item) for item in islice(listed, count)]

    def status(self, codepipeline: str, execution: str) -> ExecutionStatus:
        """How an execution stands."""
        answer = self._service.call(
            "get_pipeline_execution", pipelineName=codepipeline, pipelineExecutionId=execution
        )
        return ExecutionStatus(answer["pipelineExecution"]["status"])

    def start(self, codepipeline: str, action: str, commit: str) -> str | None:
        """Start an execution with a commit as what the source action gives; return its id.

        None while the codepipeline is too busy to take it.
        """
        revision = {"actionName": action, "revisionType": "COMMIT_ID", "revisionValue": commit}
        try:
            answer = self._service.call(
                "start_pipeline_execution", name=codepipeline, sourceRevisions=[revision]
            )
        except AwsRefused as refusal:
            if refusal.code != _BUSY:
                raise
            return None
        return str(answer["pipelineExecutionId"])

    def running(self, codepipeline: str) -> list[Execution]:
        """The executions that are not over; none if there is no such codepipeline."""
        try:
            return [each for each in self.executions(codepipeline, 100) if not each.status.is_over]
        except AwsRefused as refusal:
            if refusal.code != "PipelineNotFoundException":
                raise
            return []

    def stop(self, codepipeline: str, execution: str) -> None:
        """Stop an execution without waiting for what it has begun; one that is over stays so.

        A codepipeline that is too busy for that goes on, and is to be told again.
        """
        try:
            self._service.call(
                "stop_pipeline_execution",
                pipelineName=codepipeline,
                pipelineExecutionId=execution,
                abandon=True,
            )
        except AwsRefused as refusal:
            if refusal.code not in {*_STOPPED_ALREADY, _BUSY}:
                raise

    def actions(self, codepipeline: str, execution: str) -> list[Action]:
        """The actions of an execution that have begun, oldest first."""
        listed = self._service.items(
            "list_action_executions",
            "actionExecutionDetails",
            pipelineName=codepipeline,
            filter={"pipelineExecutionId": execution},
        )
        return [_action(item) for item in listed][::-1]


def _execution(item: Mapping[str, Any]) -> Execution:
    revisions = item.get("sourceRevisions", [])
    return Execution(
        id=item["pipelineExecutionId"],
        status=ExecutionStatus(item["status"]),
        commit=revisions[0].get("revisionId") if revisions else None,
    )


def _action(item: Mapping[str, Any]) -> Action:
    result = item.get("output", {}).get("executionResult", {})
    kind = item.get("input", {}).get("actionTypeId", {}).get("provider")
    return Action(
        stage=item["stageName"],
        name=item["actionName"],
        is_over=item["status"] != "InProgress",
        has_failed=item["status"] in ("Failed", "Abandoned"),
        build_id=result.get("externalExecutionId") if kind == "CodeBuild" else None,
        reason=result.get("errorDetails", {}).get("message")
        or result.get("externalExecutionSummary"),
    )
