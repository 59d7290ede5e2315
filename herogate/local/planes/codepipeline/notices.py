"""What EventBridge is told of executions, stages and actions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codepipeline.records import Attempt, Execution

SOURCE = "aws.codepipeline"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A change of state, of an execution's stage or action if one is named.

    Attributes:
        state: as events spell it (``STARTED``).
    """

    execution: Execution
    state: str
    stage: str | None = None
    attempt: Attempt | None = None

    @property
    def detail_type(self) -> str:
        what = "Pipeline" if self.stage is None else "Stage" if self.attempt is None else "Action"
        return f"CodePipeline {what} Execution State Change"

    def detail(self) -> dict[str, Any]:
        """The event's detail."""
        execution = self.execution
        detail: dict[str, Any] = {
            "pipeline": execution.pipeline,
            "execution-id": execution.id,
            "start-time": _written(self._since()),
            "state": self.state,
            "version": execution.version,
            "pipeline-execution-attempt": float(execution.tries),
        }
        if self.stage is not None:
            detail["stage"] = self.stage
        else:
            detail["execution-trigger"] = {
                "trigger-type": execution.trigger_type,
                "trigger-detail": execution.trigger_detail,
            }
        return detail if self.attempt is None else {**detail, **self._of_action(self.attempt)}

    def _since(self) -> float:
        if self.attempt is not None:
            return self.attempt.started_at
        if self.stage is not None and self.stage in self.execution.visits:
            return self.execution.visits[self.stage].entered_at
        return self.execution.started_at

    def _of_action(self, attempt: Attempt) -> dict[str, Any]:
        kind = declared(self.execution, attempt)["actionTypeId"]
        result = {
            "external-execution-id": attempt.external_id,
            "external-execution-summary": attempt.summary or attempt.error_message,
            "error-code": attempt.error_code,
        }
        return {
            "action": attempt.action,
            "action-execution-id": attempt.id,
            "region": self.execution.region,
            "type": {name: kind[name] for name in ("owner", "provider", "category", "version")},
            "input-artifacts": [_artifact(each) for each in attempt.inputs],
            "output-artifacts": [_artifact(each) for each in attempt.outputs],
            "execution-result": {name: value for name, value in result.items() if value},
        }


def declared(execution: Execution, attempt: Attempt) -> Mapping[str, Any]:
    """The action that is attempted, as the codepipeline declares it."""
    actions = (
        action
        for stage in execution.stages
        if stage["name"] == attempt.stage
        for action in stage["actions"]
        if action["name"] == attempt.action
    )
    return next(actions)


def _artifact(artifact: Artifact) -> dict[str, Any]:
    location = {"bucket": artifact.bucket, "key": artifact.key}
    return {"name": artifact.name, "s3location": location}


def _written(moment: float) -> str:
    written = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")
