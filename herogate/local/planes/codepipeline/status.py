"""CodePipeline's statuses, as its API writes them."""

from __future__ import annotations

from enum import StrEnum


class ExecutionStatus(StrEnum):
    """Of a run through the whole codepipeline."""

    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"
    SUPERSEDED = "Superseded"
    CANCELLED = "Cancelled"

    @property
    def is_over(self) -> bool:
        return self not in {ExecutionStatus.IN_PROGRESS, ExecutionStatus.STOPPING}


class StageStatus(StrEnum):
    """Of one stage that an execution has entered."""

    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"
    CANCELLED = "Cancelled"

    @property
    def is_retryable(self) -> bool:
        return self in {StageStatus.FAILED, StageStatus.STOPPED}

    @property
    def is_over(self) -> bool:
        return self not in {StageStatus.IN_PROGRESS, StageStatus.STOPPING}


class ActionStatus(StrEnum):
    """Of one attempt at an action."""

    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    ABANDONED = "Abandoned"

    @property
    def is_over(self) -> bool:
        return self is not ActionStatus.IN_PROGRESS


class Mode(StrEnum):
    """What executions of one codepipeline do when they meet."""

    SUPERSEDED = "SUPERSEDED"
    QUEUED = "QUEUED"
    PARALLEL = "PARALLEL"


class Failure(StrEnum):
    """Codes of an action's error."""

    JOB = "JobFailed"
    CONFIGURATION = "ConfigurationError"
    PERMISSION = "PermissionError"
    REVISION = "RevisionUnavailable"
