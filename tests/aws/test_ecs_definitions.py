"""What ECS is told of a process."""

from __future__ import annotations

import pytest

from herogate.aws.ecs_definitions import Definition, Definitions
from herogate.aws.session import Session
from herogate.models import Architecture

_ROLE = "arn:aws:iam::123456789012:role"


@pytest.mark.parametrize(
    ("keeps_output", "mode"), [(True, "blocking"), (False, "non-blocking")], ids=["kept", "not"]
)
def test_output_is_kept_or_lost_whatever_the_account_has_chosen(
    session: Session, keeps_output: bool, mode: str
) -> None:
    definition = Definition(
        family="herogate--shop--run",
        process_type="run",
        image="registry/herogate/shop@sha256:0123",
        architecture=Architecture.ARM64,
        cpu_units=256,
        memory_mib=512,
        execution_role_arn=f"{_ROLE}/execution",
        task_role_arn=f"{_ROLE}/task",
        log_group="/herogate/shop/app",
        keeps_output=keeps_output,
    )
    arn = Definitions(session).register(definition)
    answer = session.service("ecs").call("describe_task_definition", taskDefinition=arn)
    (container,) = answer["taskDefinition"]["containerDefinitions"]
    assert container["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/herogate/shop/app",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "run",
            "mode": mode,
        },
    }
