"""Executions as they are kept: what was run, how far it came, what each action did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codepipeline.status import (
    ActionStatus,
    ExecutionStatus,
    Mode,
    StageStatus,
)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt at an action.

    Attributes:
        configuration: as declared until it begins, then with variables resolved.
        token: what an approval must be answered with.
        external_id: of the build that works for it.
        variables: what it gives to its namespace.
        revision: of a source action: ``id``, ``summary``.
        is_stale: a retry has made another attempt due.
    """

    id: str
    stage: str
    action: str
    status: ActionStatus = ActionStatus.IN_PROGRESS
    started_at: float
    updated_at: float
    updated_by: str | None = None
    configuration: Mapping[str, str]
    inputs: tuple[Artifact, ...] = ()
    outputs: tuple[Artifact, ...] = ()
    token: str | None = None
    external_id: str | None = None
    summary: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    revision: Mapping[str, str] | None = None
    is_stale: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Attempt:
        return cls(
            **{
                **document,
                "status": ActionStatus(document["status"]),
                "inputs": tuple(Artifact(**each) for each in document["inputs"]),
                "outputs": tuple(Artifact(**each) for each in document["outputs"]),
            }
        )


@dataclass(frozen=True, kw_only=True)
class Visit:
    """An execution in a stage."""

    status: StageStatus
    entered_at: float

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Visit:
        return cls(status=StageStatus(document["status"]), entered_at=document["entered_at"])


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One run of a codepipeline.

    Attributes:
        number: counts the codepipeline's executions.
        declaration: the codepipeline as it was when this began.
        stage: the index of the stage it is in (`is_inside`) or waits for.
        visits: the stages entered so far, by name.
        overrides: commits to be taken instead of a branch's tip, by source action.
        request_token: a start repeated with it starts nothing.
        tries: one, and one more for each retry.
    """

    id: str
    number: int
    region: str
    declaration: Mapping[str, Any]
    trigger_type: str
    trigger_detail: str
    started_at: float
    updated_at: float
    variables: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    request_token: str | None = None
    status: ExecutionStatus = ExecutionStatus.IN_PROGRESS
    stop_reason: str | None = None
    stage: int = 0
    is_inside: bool = False
    visits: Mapping[str, Visit] = field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()
    tries: int = 1

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Execution:
        visits = document["visits"].items()
        return cls(
            **{
                **document,
                "status": ExecutionStatus(document["status"]),
                "visits": {name: Visit.of(visit) for name, visit in visits},
                "attempts": tuple(Attempt.of(each) for each in document["attempts"]),
            }
        )

    @property
    def document(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def pipeline(self) -> str:
        """The codepipeline's name."""
        return str(self.declaration["name"])

    @property
    def version(self) -> int:
        return int(self.declaration["version"])

    @property
    def mode(self) -> Mode:
        return Mode(self.declaration["executionMode"])

    @property
    def stages(self) -> list[Mapping[str, Any]]:
        return list(self.declaration["stages"])

    @property
    def here(self) -> Mapping[str, Any]:
        """The stage it is in or waits for, as declared."""
        return self.stages[self.stage]

    @property
    def is_stopping(self) -> bool:
        return self.status is ExecutionStatus.STOPPING

    def current(self, stage: str) -> dict[str, Attempt]:
        """The attempts of a stage that count, by action."""
        return {
            each.action: each for each in self.attempts if each.stage == stage and not each.is_stale
        }

    def at_work(self) -> Iterator[Attempt]:
        """The attempts that are not over."""
        return (each for each in self.attempts if not each.status.is_over)

    def attempt(self, attempt_id: str) -> Attempt | None:
        return next((each for each in self.attempts if each.id == attempt_id), None)

    def with_attempt(self, attempt: Attempt) -> Execution:
        """With an attempt changed, or added."""
        if self.attempt(attempt.id) is None:
            return replace(self, attempts=(*self.attempts, attempt))
        changed = tuple(attempt if each.id == attempt.id else each for each in self.attempts)
        return replace(self, attempts=changed)

    def with_visit(self, status: StageStatus, now: float) -> Execution:
        """With the present stage in a status."""
        name = self.here["name"]
        before = self.visits.get(name)
        entered_at = now if before is None or before.status.is_over else before.entered_at
        visit = Visit(status=status, entered_at=entered_at)
        return replace(self, visits={**self.visits, name: visit}, updated_at=now)

    def made(self) -> dict[str, Artifact]:
        """The artifacts that its actions have made, by name."""
        return {
            artifact.name: artifact
            for each in self.attempts
            if each.status is ActionStatus.SUCCEEDED and not each.is_stale
            for artifact in each.outputs
        }

    def namespaces(self) -> dict[str, Mapping[str, str]]:
        """What configurations may refer to."""
        spaces: dict[str, Mapping[str, str]] = {
            "codepipeline": {"PipelineExecutionId": self.id},
            "variables": self.variables,
        }
        for stage in self.stages:
            current = self.current(stage["name"])
            for action in stage["actions"]:
                if "namespace" in action and action["name"] in current:
                    spaces[action["namespace"]] = current[action["name"]].variables
        return spaces
