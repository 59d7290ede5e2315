"""What task definitions and overrides come to."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.runtimes.confinement import Confinement
from herogate.local.runtimes.containers import (
    Condition,
    ContainerPlan,
    LogDestination,
    NotSupported,
    TaskPlan,
    plan,
)
from herogate.local.runtimes.health import HealthCheck

FULL: dict[str, Any] = {
    "family": "web",
    "revision": 3,
    "taskRoleArn": "task-role",
    "executionRoleArn": "execution-role",
    "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    "containerDefinitions": [
        {
            "name": "web",
            "image": "image",
            "cpu": 0,
            "essential": True,
            "entryPoint": ["/bin/sh", "-c"],
            "command": ["exec serve"],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "secrets": [{"name": "C", "valueFrom": "arn"}],
            "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
            "workingDirectory": "/app/web",
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "group",
                    "awslogs-region": "eu-west-1",
                    "awslogs-stream-prefix": "web",
                    "mode": "non-blocking",
                    "max-buffer-size": "4m",
                },
            },
            "healthCheck": {"command": ["CMD", "true"]},
            "dependsOn": [{"containerName": "side", "condition": "START"}],
            "stopTimeout": 40,
            "startTimeout": 50,
            "linuxParameters": {"initProcessEnabled": True},
            "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
            "mountPoints": [],
            "volumesFrom": [],
        },
        {"name": "side", "image": "other", "essential": False},
    ],
}
WEB = ContainerPlan(
    name="web",
    image="image",
    entry_point=("/bin/sh", "-c"),
    command=("exec serve",),
    environment={"A": "1", "B": "2"},
    secrets={"C": "arn"},
    ports=(80,),
    working_directory="/app/web",
    log=LogDestination(region="eu-west-1", group="group", stream="web/web/0123"),
    health_check=HealthCheck(command=("true",)),
    dependencies={"side": Condition.START},
    stop_seconds=40,
    start_seconds=50,
    confinement=Confinement(has_init=True, ulimits={"nofile": (1, 2)}),
)
SIDE = ContainerPlan(name="side", image="other", is_essential=False)


def planned(definition: dict[str, Any], **overrides: Any) -> TaskPlan:
    return plan(definition, overrides, region="us-east-1", task="0123", confines=False)


def test_a_definition_is_planned_as_it_says() -> None:
    assert planned(FULL) == TaskPlan(
        family="web",
        revision=3,
        task_role="task-role",
        execution_role="execution-role",
        architecture="arm64",
        containers=(WEB, SIDE),
    )


def test_a_runtime_that_confines_supports_what_another_refuses() -> None:
    linux = {"capabilities": {"drop": ["ALL"]}}
    confined = {"user": "ann", "readonlyRootFilesystem": True, "linuxParameters": linux}
    side = {"name": "side", "image": "other", **confined}
    definition = {"family": "side", "revision": 1, "containerDefinitions": [side]}
    found = plan(definition, {}, region="us-east-1", task="0123", confines=True)
    assert found.containers[0].confinement == Confinement(
        user="ann", read_only_root=True, dropped=("ALL",)
    )
    with pytest.raises(NotSupported) as refusal:
        planned(definition)
    assert str(refusal.value) == (
        "The local cloud does not support readonlyRootFilesystem of the container side, user of the "
        "container side, linuxParameters.capabilities of the container side."
    )


def test_overrides_go_over_the_definition() -> None:
    override = {
        "name": "web",
        "command": ["other"],
        "environment": [{"name": "B", "value": "3"}, {"name": "D", "value": "4"}],
    }
    found = planned(
        FULL,
        taskRoleArn="own-role",
        executionRoleArn="own-execution",
        containerOverrides=[override],
    )
    web = found.containers[0]
    assert (found.task_role, found.execution_role) == ("own-role", "own-execution")
    assert (web.entry_point, web.command) == (("/bin/sh", "-c"), ("other",))
    assert web.environment == {"A": "1", "B": "3", "D": "4"}
    assert found.containers[1] == SIDE


@pytest.mark.parametrize(
    ("container", "task", "named"),
    [
        ({"privileged": True}, {}, "privileged of the container web"),
        ({"linuxParameters": {"tmpfs": [{}]}}, {}, "linuxParameters.tmpfs of the container web"),
        ({"restartPolicy": {"enabled": True}}, {}, "restartPolicy of the container web"),
        (
            {"logConfiguration": {"logDriver": "awsfirelens"}},
            {},
            "the log driver awsfirelens of the container web",
        ),
        (
            {
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-multiline-pattern": "x"},
                }
            },
            {},
            "the log option awslogs-multiline-pattern of the container web",
        ),
        ({}, {"pidMode": "task"}, "pidMode"),
        (
            {},
            {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}},
            "the operating system WINDOWS_SERVER_2022_CORE",
        ),
    ],
)
def test_what_is_not_there_is_refused_by_name(
    container: dict[str, Any], task: dict[str, Any], named: str
) -> None:
    definition = {
        "family": "f",
        "revision": 1,
        "containerDefinitions": [{"name": "web", "image": "image", **container}],
        **task,
    }
    with pytest.raises(NotSupported) as caught:
        planned(definition)
    assert str(caught.value) == f"The local cloud does not support {named}."


def test_secrets_values_and_variables_are_not_shown() -> None:
    assert "'1'" not in repr(WEB)
