"""What EventBridge hears of a build. Pure: documents in, details out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

SOURCE: Final = "aws.codebuild"
STATE_CHANGE: Final = "CodeBuild Build State Change"
PHASE_CHANGE: Final = "CodeBuild Build Phase Change"

_HYPHENATED: Final = {
    "groupName": "group-name",
    "streamName": "stream-name",
    "deepLink": "deep-link",
}


def state_change(build: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of a change of a build's status."""
    return {
        "build-status": build["buildStatus"],
        "project-name": build["projectName"],
        "build-id": build["arn"],
        "additional-information": _additional(build),
        "current-phase": build["currentPhase"],
        "current-phase-context": _contexts(build["phases"][-1]),
        "version": "1",
    }


def phase_change(build: Mapping[str, Any], phase: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of a phase's end."""
    return {
        "completed-phase": phase["phaseType"],
        "completed-phase-status": phase["phaseStatus"],
        "completed-phase-context": _contexts(phase),
        "completed-phase-duration-seconds": phase["durationInSeconds"],
        "completed-phase-start": _moment(phase["startTime"]),
        "completed-phase-end": _moment(phase["endTime"]),
        "project-name": build["projectName"],
        "build-id": build["arn"],
        "additional-information": _additional(build),
        "version": "1",
    }


def _additional(build: Mapping[str, Any]) -> dict[str, Any]:
    environment = build["environment"]
    logs = build["logs"]
    return {
        "artifact": {"location": build["artifacts"]["location"]},
        "environment": {
            "image": environment["image"],
            "privileged-mode": environment["privilegedMode"],
            "compute-type": environment["computeType"],
            "type": environment["type"],
            "environment-variables": environment["environmentVariables"],
        },
        "timeout-in-minutes": build["timeoutInMinutes"],
        "queued-timeout-in-minutes": build["queuedTimeoutInMinutes"],
        "build-number": build["buildNumber"],
        "build-complete": build["buildComplete"],
        "build-start-time": _moment(build["startTime"]),
        "initiator": build["initiator"],
        "source": {
            key: build["source"][key] for key in ("type", "location") if key in build["source"]
        },
        "logs": {
            hyphenated: logs[name] for name, hyphenated in _HYPHENATED.items() if name in logs
        },
        "phases": [_phase(phase) for phase in build["phases"]],
    }


def _phase(phase: Mapping[str, Any]) -> dict[str, Any]:
    ended = {}
    if "endTime" in phase:
        ended = {
            "end-time": _moment(phase["endTime"]),
            "duration-in-seconds": phase["durationInSeconds"],
            "phase-status": phase["phaseStatus"],
            "phase-context": [_contexts(phase)],
        }
    return {
        "phase-type": phase["phaseType"],
        "start-time": _moment(phase["startTime"]),
        **ended,
    }


def _contexts(phase: Mapping[str, Any]) -> str:
    contexts = phase.get("contexts", [{"statusCode": "", "message": ""}])
    return f"[{', '.join(f'''{each['statusCode']}: {each['message']}''' for each in contexts)}]"


def _moment(seconds: float) -> str:
    """``Sep 1, 2017 4:12:29 PM``, as CodeBuild's events write it."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at:%b} {at.day}, {at.year} {at.hour % 12 or 12}:{at:%M:%S %p}"
