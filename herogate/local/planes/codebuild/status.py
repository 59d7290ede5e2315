"""CodeBuild's closed sets: what a build or a phase has come to, and which phases there are."""

from __future__ import annotations

from enum import StrEnum

from herogate.local.planes.codebuild.buildspec import OnFailure, PhaseName


class BuildStatus(StrEnum):
    """What a build, or one of its phases, has come to."""

    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    FAULT = "FAULT"
    TIMED_OUT = "TIMED_OUT"
    STOPPED = "STOPPED"


class PhaseType(StrEnum):
    """The phases of a build, in their order."""

    SUBMITTED = "SUBMITTED"
    QUEUED = "QUEUED"
    PROVISIONING = "PROVISIONING"
    DOWNLOAD_SOURCE = "DOWNLOAD_SOURCE"
    INSTALL = "INSTALL"
    PRE_BUILD = "PRE_BUILD"
    BUILD = "BUILD"
    POST_BUILD = "POST_BUILD"
    UPLOAD_ARTIFACTS = "UPLOAD_ARTIFACTS"
    FINALIZING = "FINALIZING"
    COMPLETED = "COMPLETED"


_ORDER = list(PhaseName)


def following(
    phase: PhaseName, *, succeeded: bool, on_failure: OnFailure | None
) -> PhaseName | None:
    """The phase whose commands come after `phase`; None where no more are run.

    POST_BUILD follows a BUILD that failed; the earlier phases are followed by none.
    """
    later = _ORDER[_ORDER.index(phase) + 1 :]
    goes_on = succeeded or on_failure is OnFailure.CONTINUE
    if on_failure is None and phase is PhaseName.BUILD:
        goes_on = True
    return later[0] if later and goes_on else None


def uploads_after(phase: PhaseName, *, succeeded: bool, on_failure: OnFailure | None) -> bool:
    """Whether artifacts are uploaded after `phase`, the last whose commands were run.

    CodeBuild uploads as soon as BUILD was run, so that a failure leaves something to look at.
    """
    if succeeded:
        return phase is PhaseName.POST_BUILD
    return phase is PhaseName.POST_BUILD and on_failure is not OnFailure.ABORT
