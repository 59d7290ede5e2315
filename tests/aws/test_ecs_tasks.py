"""ECS's tasks as instances: what is told of one that has not only its own container."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from herogate.aws.ecs_tasks import instance_of

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
OWN = {
    "name": "web",
    "exitCode": 3,
    "networkInterfaces": [{"privateIpv4Address": "10.0.0.7"}],
}
GUARDS = {
    "name": "aws-guardduty-agent-mfjGLB",
    "reason": "CannotPullContainerError: 403 Forbidden",
    "networkInterfaces": [{"privateIpv4Address": "10.0.0.7"}],
}


@pytest.mark.parametrize("containers", [[OWN], [OWN, GUARDS], [GUARDS, OWN]])
def test_a_process_is_what_it_is_with_guardduty_beside_it(containers: list[Any]) -> None:
    told = instance_of(
        {
            "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/herogate--default/3f9a1c2e",
            "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1",
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "createdAt": CREATED,
            "containers": containers,
        }
    )
    assert (told.process_type, told.exit_code, told.reason, told.address) == (
        "web",
        3,
        "Essential container in task exited",
        "10.0.0.7",
    )
