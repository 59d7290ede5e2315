"""Moves executions on: into stages, through their actions, to their end.

Everything here happens at once, without waiting: what was decided is in the store when a function
returns, together with the notices that it owes EventBridge and the attempts that are to begin. What an
action does is not known here.
"""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codepipeline import course
from herogate.local.planes.codepipeline.history import History
from herogate.local.planes.codepipeline.notices import Notice
from herogate.local.planes.codepipeline.plan import Move, Position, Supersede, plan
from herogate.local.planes.codepipeline.records import Attempt, Execution
from herogate.local.planes.codepipeline.status import (
    ActionStatus,
    ExecutionStatus,
    Mode,
    StageStatus,
)

_PREFIX = 20
_ARTIFACT_PREFIX = 10
_RANDOM = 7

_STATES: Mapping[str, str] = {"InProgress": "STARTED", "Cancelled": "CANCELED"}
"""What events call a status where it is not the same word in capitals."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        summary: shown with the action.
        error_code, error_message: of a failure.
    """

    status: ActionStatus
    summary: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    revision: Mapping[str, str] | None = None
    updated_by: str | None = None


@dataclass(kw_only=True)
class Changes:
    """What came of a move.

    Attributes:
        notices: for EventBridge, in order.
        begun: the attempts that are to be made now.
        left: the ids of attempts that nobody waits for any more.
    """

    notices: list[Notice] = field(default_factory=list)
    begun: list[tuple[Execution, Attempt]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class Progress:
    """The moves of executions, kept in their history."""

    def __init__(self, history: History, clock: Callable[[], float]) -> None:
        self._history = history
        self._clock = clock

    def advance(self, region: str, name: str, changes: Changes) -> Changes:
        """Do all that is due in a codepipeline."""
        while self._advanced(region, name, changes):
            pass
        return changes

    def settle(self, execution: Execution, attempt_id: str, outcome: Outcome) -> Changes:
        """An attempt is over. One that was given up meanwhile stays as it is."""
        changes = Changes()
        attempt = execution.attempt(attempt_id)
        if attempt is None or attempt.status.is_over:
            return changes
        now = self._clock()
        ended = replace(
            attempt,
            status=outcome.status,
            updated_at=now,
            summary=outcome.summary,
            error_code=outcome.error_code,
            error_message=outcome.error_message,
            variables=outcome.variables,
            revision=outcome.revision,
            updated_by=outcome.updated_by or attempt.updated_by,
        )
        execution = replace(execution.with_attempt(ended), updated_at=now)
        self._keep(execution, changes, stage=ended.stage, attempt=ended, status=ended.status)
        changes.left.append(ended.id)
        return self.advance(execution.region, execution.pipeline, changes)

    def leave(self, execution: Execution, status: ExecutionStatus, changes: Changes) -> Execution:
        """End an execution where it stands; what is at work in it is abandoned."""
        now = self._clock()
        for attempt in list(execution.at_work()):
            given_up = replace(attempt, status=ActionStatus.ABANDONED, updated_at=now)
            execution = execution.with_attempt(given_up)
            self.note(execution, changes, given_up.status, stage=given_up.stage, attempt=given_up)
            changes.left.append(attempt.id)
        if execution.is_inside:
            execution = self._close(execution, StageStatus(status), changes)
        return self._end(execution, status, changes)

    def keep(self, execution: Execution) -> None:
        """Note what an attempt has become without being over."""
        self._history.put(execution)

    def _advanced(self, region: str, name: str, changes: Changes) -> bool:
        executions = {each.number: each for each in self._history.unfinished(region, name)}
        pipeline = self._history.pipeline(region, name)
        if pipeline is None:
            return False
        moves = plan(
            Mode(pipeline["pipeline"]["executionMode"]),
            [_position(each) for each in executions.values() if _takes_part(each)],
            _closed(pipeline),
        )
        for move in moves:
            self._move(executions[move.number], move, changes)
        if moves:
            return True
        return any(self._stepped(each, changes) for each in executions.values())

    def _move(self, execution: Execution, move: Move, changes: Changes) -> None:
        if isinstance(move, Supersede):
            self._end(execution, ExecutionStatus.SUPERSEDED, changes)
            return
        inside = replace(execution, is_inside=True)
        inside = inside.with_visit(StageStatus.IN_PROGRESS, self._clock())
        self._keep(inside, changes, stage=inside.here["name"], status=StageStatus.IN_PROGRESS)

    def _stepped(self, execution: Execution, changes: Changes) -> bool:
        """Do what is due in one execution; whether anything was."""
        if not execution.is_inside:
            if execution.is_stopping:
                self._end(execution, ExecutionStatus.STOPPED, changes)
            return execution.is_stopping
        stage = execution.here
        current = execution.current(stage["name"])
        step = course.due(
            stage["actions"],
            {name: attempt.status for name, attempt in current.items()},
            is_stopping=execution.is_stopping,
        )
        if isinstance(step, course.Begin):
            self._begin(execution, step.actions, changes)
        elif isinstance(step, course.End):
            self._leave_stage(execution, step.status, changes)
        return step is not None

    def _begin(self, execution: Execution, names: tuple[str, ...], changes: Changes) -> None:
        stage, now = execution.here, self._clock()
        for action in stage["actions"]:
            if action["name"] in names:
                attempt = _attempt(execution, stage["name"], action, now)
                execution = replace(execution.with_attempt(attempt), updated_at=now)
                self.note(execution, changes, attempt.status, stage=stage["name"], attempt=attempt)
                changes.begun.append((execution, attempt))
        self._history.put(execution)

    def _leave_stage(self, execution: Execution, status: StageStatus, changes: Changes) -> None:
        execution = self._close(execution, status, changes)
        if status is not StageStatus.SUCCEEDED:
            self._end(execution, ExecutionStatus(status), changes)
        elif execution.is_stopping:
            self._end(execution, ExecutionStatus.STOPPED, changes)
        elif execution.stage + 1 == len(execution.stages):
            self._end(execution, ExecutionStatus.SUCCEEDED, changes)
        else:
            self._history.put(replace(execution, stage=execution.stage + 1))

    def _close(self, execution: Execution, status: StageStatus, changes: Changes) -> Execution:
        now = self._clock()
        closed = replace(execution.with_visit(status, now), is_inside=False)
        self.note(closed, changes, status, stage=closed.here["name"])
        return closed

    def _end(self, execution: Execution, status: ExecutionStatus, changes: Changes) -> Execution:
        ended = replace(execution, status=status, is_inside=False, updated_at=self._clock())
        self._keep(ended, changes, status=status)
        return ended

    def _keep(
        self,
        execution: Execution,
        changes: Changes,
        *,
        status: str,
        stage: str | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        self._history.put(execution)
        self.note(execution, changes, status, stage=stage, attempt=attempt)

    def note(
        self,
        execution: Execution,
        changes: Changes,
        status: str,
        *,
        stage: str | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        state = _STATES.get(status, status.upper())
        notice = Notice(execution=execution, state=state, stage=stage, attempt=attempt)
        changes.notices.append(notice)


def _takes_part(execution: Execution) -> bool:
    """Whether others meet it: one that stops enters nothing, but holds the stage it is in."""
    return execution.is_inside or not execution.is_stopping


def _position(execution: Execution) -> Position:
    return Position(number=execution.number, stage=execution.stage, is_inside=execution.is_inside)


def _closed(pipeline: Mapping[str, Any]) -> frozenset[int]:
    transitions = pipeline.get("transitions", {})
    return frozenset(
        index
        for index, stage in enumerate(pipeline["pipeline"]["stages"])
        if not transitions.get(stage["name"], {"enabled": True})["enabled"]
    )


def _attempt(execution: Execution, stage: str, action: Mapping[str, Any], now: float) -> Attempt:
    made = execution.made()
    return Attempt(
        id=str(uuid.uuid4()),
        stage=stage,
        action=action["name"],
        started_at=now,
        updated_at=now,
        configuration=action["configuration"],
        inputs=tuple(
            made[each["name"]] for each in action["inputArtifacts"] if each["name"] in made
        ),
        outputs=tuple(_output(execution, each["name"]) for each in action["outputArtifacts"]),
    )


def _output(execution: Execution, name: str) -> Artifact:
    alphabet = string.ascii_letters + string.digits
    random = "".join(secrets.choice(alphabet) for _ in range(_RANDOM))
    folder = f"{execution.pipeline[:_PREFIX]}/{name[:_ARTIFACT_PREFIX]}"
    return Artifact(name=name, bucket=_bucket(execution), key=f"{folder}/{random}")


def _bucket(execution: Execution) -> str:
    declaration = execution.declaration
    stores = declaration.get("artifactStores", {})
    store = declaration.get("artifactStore") or stores[execution.region]
    return str(store["location"])
