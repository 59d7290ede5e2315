"""What a build is, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BuildStatus(StrEnum):
    """How a build stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def is_over(self) -> bool:
        return self is not BuildStatus.RUNNING

    @property
    def has_failed(self) -> bool:
        return self in (BuildStatus.FAILED, BuildStatus.STOPPED)


@dataclass(frozen=True, kw_only=True)
class Build:
    """One attempt at making an image of a commit, or at releasing one that was made.

    Attributes:
        id: CodeBuild's (``<project>:<uuid>``).
        number: counts a project's builds from 1.
        commit: whole id of the commit; None where the build was started by hand without one.
        log_group, log_stream: where its output is; the stream is None while it has none.
        failure: what it failed with, in CodeBuild's words.
    """

    id: str
    number: int
    status: BuildStatus
    started_at: datetime
    ended_at: datetime | None = None
    commit: str | None = None
    log_group: str | None = None
    log_stream: str | None = None
    failure: str | None = None
