"""What clients ask of executions: start, stop, retry, approve; and what is refused, in AWS's words.

Decided at once, without waiting; see ``progress.py`` for what follows.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.codepipeline import variables
from herogate.local.planes.codepipeline.history import History
from herogate.local.planes.codepipeline.progress import Changes, Outcome, Progress
from herogate.local.planes.codepipeline.records import Attempt, Execution
from herogate.local.planes.codepipeline.status import (
    ActionStatus,
    ExecutionStatus,
    Failure,
    Mode,
    StageStatus,
)

_MOST_AT_ONCE = 50
"""Executions that a codepipeline in mode QUEUED or PARALLEL takes at the same time."""

_STOPPING_ALREADY = (
    "The pipeline execution is already in a Stopping state. If you already chose to stop and wait, "
    "you cannot make that request again. You can choose to stop and abandon now, but be aware that "
    "this option can lead to failed tasks or out of sequence tasks. If you already chose to stop and "
    "abandon, you cannot make that request again."
)


@dataclass(frozen=True, kw_only=True)
class Start:
    """What is asked for with a new execution.

    Attributes:
        trigger_detail: who or what asked.
        variables, revisions: as StartPipelineExecution takes them.
    """

    trigger_type: str
    trigger_detail: str
    variables: Sequence[Mapping[str, str]] = ()
    revisions: Sequence[Mapping[str, str]] = ()
    token: str | None = None


class Requests:
    """Requests about the executions of one region's codepipelines at a time."""

    def __init__(self, history: History, progress: Progress, clock: Callable[[], float]) -> None:
        self._history = history
        self._progress = progress
        self._clock = clock

    def start(
        self, region: str, declaration: Mapping[str, Any], asked: Start
    ) -> tuple[str, Changes]:
        """Begin an execution of a codepipeline; its id. A repeated request gets the first one's."""
        name, changes = declaration["name"], Changes()
        executions = self._history.all(region, name)
        for execution in executions:
            if asked.token is not None and execution.request_token == asked.token:
                return execution.id, changes
        _check_room(declaration, executions)
        now = self._clock()
        execution = Execution(
            id=str(uuid.uuid4()),
            number=executions[-1].number + 1 if executions else 1,
            region=region,
            declaration=declaration,
            trigger_type=asked.trigger_type,
            trigger_detail=asked.trigger_detail,
            started_at=now,
            updated_at=now,
            variables=variables.of_execution(declaration.get("variables", []), asked.variables),
            overrides=_overrides(declaration, asked.revisions),
            request_token=asked.token,
        )
        self._history.prune(region, name)
        self._progress.keep(execution)
        self._progress.note(execution, changes, execution.status)
        return execution.id, self._progress.advance(region, name, changes)

    def stop(self, execution: Execution, reason: str | None, *, abandon: bool) -> Changes:
        """Let what is at work finish and stop then, or give it up and stop now."""
        if execution.status.is_over:
            raise AwsError(
                "PipelineExecutionNotStoppableException",
                "Unable to stop the pipeline execution. The execution might already be in a Stopped "
                "state, or it might no longer be in progress.",
            )
        if execution.is_stopping and not abandon:
            raise AwsError("DuplicatedStopRequestException", _STOPPING_ALREADY)
        changes = Changes()
        stopping = replace(
            execution, status=ExecutionStatus.STOPPING, stop_reason=reason, updated_at=self._clock()
        )
        if stopping.is_inside:
            stopping = stopping.with_visit(StageStatus.STOPPING, self._clock())
        self._progress.keep(stopping)
        self._progress.note(stopping, changes, stopping.status)
        if abandon:
            self._progress.leave(stopping, ExecutionStatus.STOPPED, changes)
        return self._progress.advance(execution.region, execution.pipeline, changes)

    def retry(
        self, execution: Execution, stage: str, version: int, *, failed_only: bool
    ) -> Changes:
        """Go back into the stage in which an execution failed or was stopped."""
        self._check_retry(execution, stage, version)
        now, changes = self._clock(), Changes()
        for attempt in execution.current(stage).values():
            if not failed_only or attempt.status is not ActionStatus.SUCCEEDED:
                execution = execution.with_attempt(replace(attempt, is_stale=True))
        execution = replace(
            execution,
            status=ExecutionStatus.IN_PROGRESS,
            stop_reason=None,
            is_inside=True,
            tries=execution.tries + 1,
        ).with_visit(StageStatus.IN_PROGRESS, now)
        self._progress.keep(execution)
        self._progress.note(execution, changes, "Resumed")
        self._progress.note(execution, changes, "Resumed", stage=stage)
        return self._progress.advance(execution.region, execution.pipeline, changes)

    def answer(
        self, attempt: Attempt, execution: Execution, result: Mapping[str, str], by: str
    ) -> Changes:
        """Approve or reject what waits for it."""
        approved = result["status"] == "Approved"
        outcome = Outcome(
            status=ActionStatus.SUCCEEDED if approved else ActionStatus.FAILED,
            summary=result["summary"] or None,
            error_code=None if approved else Failure.JOB,
            error_message=None if approved else result["summary"] or "Rejected",
            updated_by=by,
        )
        return self._progress.settle(execution, attempt.id, outcome)

    def cancel(self, region: str, name: str) -> Changes:
        """The codepipeline has changed: what was under way does not go on."""
        changes = Changes()
        for execution in self._history.unfinished(region, name):
            self._progress.leave(execution, ExecutionStatus.CANCELLED, changes)
        return changes

    def forget(self, region: str, name: str) -> Changes:
        """The codepipeline is gone, and its executions with it."""
        changes = Changes()
        for execution in self._history.unfinished(region, name):
            changes.left += [attempt.id for attempt in execution.at_work()]
        self._history.forget(region, name)
        return changes

    def _check_retry(self, execution: Execution, stage: str, version: int) -> None:
        visit = execution.visits.get(stage)
        if visit is None or execution.version != version or not visit.status.is_retryable:
            if visit is not None and not visit.status.is_over:
                _refuse_busy()
            raise AwsError(
                "StageNotRetryableException",
                "Unable to retry. The pipeline structure or stage state might have changed while "
                "actions awaited retry, or the stage contains no failed actions.",
            )
        if execution.mode is Mode.PARALLEL:
            return
        for other in self._history.all(execution.region, execution.pipeline):
            later = other.visits.get(stage)
            if later is None or other.id == execution.id:
                continue
            if not later.status.is_over:
                _refuse_busy()
            if later.entered_at > visit.entered_at:
                raise AwsError(
                    "NotLatestPipelineExecutionException",
                    "The stage has failed in a later run of the pipeline and the "
                    "pipelineExecutionId associated with the request is out of date.",
                )


def _refuse_busy() -> NoReturn:
    raise AwsError(
        "ConflictException",
        "Your request cannot be handled because the pipeline is busy handling ongoing activities. "
        "Try again later.",
    )


def _check_room(declaration: Mapping[str, Any], executions: Sequence[Execution]) -> None:
    under_way = sum(not each.status.is_over for each in executions)
    if declaration["executionMode"] != Mode.SUPERSEDED and under_way >= _MOST_AT_ONCE:
        raise AwsError(
            "ConcurrentPipelineExecutionsLimitExceededException",
            "The pipeline has reached the limit for concurrent pipeline executions.",
        )


def _overrides(
    declaration: Mapping[str, Any], revisions: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Commits by source action."""
    sources = {action["name"] for action in declaration["stages"][0]["actions"]}
    for revision in revisions:
        if revision["actionName"] not in sources:
            raise AwsError(
                "ValidationException",
                f"The source action '{revision['actionName']}' does not exist in the pipeline",
            )
        if revision["revisionType"] != "COMMIT_ID":
            raise not_supported(f"source revisions of type {revision['revisionType']}")
    return {each["actionName"]: each["revisionValue"] for each in revisions}
