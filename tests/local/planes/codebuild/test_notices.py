"""What EventBridge hears of a build, as CodeBuild's documentation shows it."""

from __future__ import annotations

from typing import Any

from herogate.local.planes.codebuild.notices import phase_change, state_change

PHASE: dict[str, Any] = {
    "phaseType": "SUBMITTED",
    "phaseStatus": "SUCCEEDED",
    "startTime": 1504282349.0,
    "endTime": 1504282350.0,
    "durationInSeconds": 1,
    "contexts": [{"statusCode": "", "message": ""}],
}
BUILD: dict[str, Any] = {
    "arn": "arn:aws:codebuild:us-west-2:123456789012:build/shop:1",
    "projectName": "shop",
    "buildStatus": "IN_PROGRESS",
    "buildComplete": False,
    "buildNumber": 7,
    "currentPhase": "QUEUED",
    "startTime": 1504282349.0,
    "phases": [PHASE, {"phaseType": "QUEUED", "startTime": 1504282350.0}],
    "artifacts": {"location": "arn:aws:s3:::bucket/key"},
    "environment": {
        "image": "aws/codebuild/standard:5.0",
        "privilegedMode": False,
        "computeType": "BUILD_GENERAL1_SMALL",
        "type": "LINUX_CONTAINER",
        "environmentVariables": [{"name": "A", "value": "b", "type": "PLAINTEXT"}],
    },
    "timeoutInMinutes": 60,
    "queuedTimeoutInMinutes": 480,
    "initiator": "ada",
    "source": {"type": "S3", "location": "bucket/in.zip", "insecureSsl": False},
    "logs": {"groupName": "/aws/codebuild/shop", "streamName": "1", "deepLink": "https://x"},
}
INFORMATION = {
    "artifact": {"location": "arn:aws:s3:::bucket/key"},
    "environment": {
        "image": "aws/codebuild/standard:5.0",
        "privileged-mode": False,
        "compute-type": "BUILD_GENERAL1_SMALL",
        "type": "LINUX_CONTAINER",
        "environment-variables": [{"name": "A", "value": "b", "type": "PLAINTEXT"}],
    },
    "timeout-in-minutes": 60,
    "queued-timeout-in-minutes": 480,
    "build-number": 7,
    "build-complete": False,
    "build-start-time": "Sep 1, 2017 4:12:29 PM",
    "initiator": "ada",
    "source": {"type": "S3", "location": "bucket/in.zip"},
    "logs": {"group-name": "/aws/codebuild/shop", "stream-name": "1", "deep-link": "https://x"},
    "phases": [
        {
            "phase-type": "SUBMITTED",
            "start-time": "Sep 1, 2017 4:12:29 PM",
            "end-time": "Sep 1, 2017 4:12:30 PM",
            "duration-in-seconds": 1,
            "phase-status": "SUCCEEDED",
            "phase-context": ["[: ]"],
        },
        {"phase-type": "QUEUED", "start-time": "Sep 1, 2017 4:12:30 PM"},
    ],
}


def test_a_change_of_state_tells_the_build() -> None:
    assert state_change(BUILD) == {
        "build-status": "IN_PROGRESS",
        "project-name": "shop",
        "build-id": BUILD["arn"],
        "additional-information": INFORMATION,
        "current-phase": "QUEUED",
        "current-phase-context": "[: ]",
        "version": "1",
    }


def test_the_end_of_a_phase_tells_the_phase() -> None:
    assert phase_change(BUILD, PHASE) == {
        "completed-phase": "SUBMITTED",
        "completed-phase-status": "SUCCEEDED",
        "completed-phase-context": "[: ]",
        "completed-phase-duration-seconds": 1,
        "completed-phase-start": "Sep 1, 2017 4:12:29 PM",
        "completed-phase-end": "Sep 1, 2017 4:12:30 PM",
        "project-name": "shop",
        "build-id": BUILD["arn"],
        "additional-information": INFORMATION,
        "version": "1",
    }
