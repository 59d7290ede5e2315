"""ECS's task definitions: what one process of a type is.

How a Herogate definition becomes ECS's is here; what stands in one is the engine's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from herogate.aws.session import Session
from herogate.models import Architecture

_CHECK_SECONDS = 5
_DELETE_LIMIT = 10  # definitions that one DeleteTaskDefinitions takes
_ARCHITECTURES = {Architecture.X86_64: "X86_64", Architecture.ARM64: "ARM64"}


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What one process of a type is: everything ECS needs to start it.

    Attributes:
        entry_point, command: None for the image's own.
        secrets: variable → name of the SSM parameter that holds its value.
        stop_seconds: how long a process may take to end when it is asked to.
        health_command: asked every 5 seconds; None where something else tells health, or nothing can.
        keeps_output: whether a process waits when CloudWatch does not take what it writes. Else it goes
            on, and what 10 MiB do not hold is lost: the account's default since June 2025, unless it
            has chosen another ("Specify a log configuration", ECS developer guide).
    """

    family: str
    process_type: str
    image: str
    architecture: Architecture
    cpu_units: int
    memory_mib: int
    execution_role_arn: str
    task_role_arn: str
    log_group: str
    stop_seconds: int = 30
    keeps_output: bool = False
    entry_point: Sequence[str] | None = None
    command: Sequence[str] | None = None
    port: int | None = None
    health_command: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


class Definitions:
    """The task definitions of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("ecs")
        self._session = session

    def register(self, definition: Definition) -> str:
        """Register a definition; return its ARN."""
        answer = self._service.call(
            "register_task_definition", **_request(definition, self._session.region)
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def of_families(self, prefix: str) -> list[str]:
        """The ARNs of all definitions in use of the families whose names begin so."""
        return self._of_families(prefix, "ACTIVE")

    def deregistered_of_families(self, prefix: str) -> list[str]:
        """The ARNs of all definitions out of use of the families whose names begin so."""
        return self._of_families(prefix, "INACTIVE")

    def families(self, prefix: str) -> list[str]:
        """The families whose names begin so and that have a definition, in use or not."""
        listed = self._service.items(
            "list_task_definition_families", "families", familyPrefix=prefix, status="ALL"
        )
        return [str(family) for family in listed]

    def deregister(self, arn: str) -> None:
        """Take a definition out of use; what runs of it goes on."""
        self._service.call("deregister_task_definition", taskDefinition=arn)

    def delete(self, arns: Sequence[str]) -> None:
        """Delete definitions that are out of use; ECS keeps each until nothing runs of it."""
        for start in range(0, len(arns), _DELETE_LIMIT):
            some = list(arns[start : start + _DELETE_LIMIT])
            self._service.call("delete_task_definitions", taskDefinitions=some)

    def _of_families(self, prefix: str, status: str) -> list[str]:
        return [
            str(arn)
            for family in self.families(prefix)
            for arn in self._service.items(
                "list_task_definitions", "taskDefinitionArns", familyPrefix=family, status=status
            )
        ]


def _request(definition: Definition, region: str) -> dict[str, Any]:
    return {
        "family": definition.family,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": str(definition.cpu_units),
        "memory": str(definition.memory_mib),
        "runtimePlatform": {
            "cpuArchitecture": _ARCHITECTURES[definition.architecture],
            "operatingSystemFamily": "LINUX",
        },
        "executionRoleArn": definition.execution_role_arn,
        "taskRoleArn": definition.task_role_arn,
        "containerDefinitions": [_container(definition, region)],
        "tags": [{"key": key, "value": value} for key, value in definition.tags.items()],
    }


def _container(definition: Definition, region: str) -> dict[str, Any]:
    return {
        "name": definition.process_type,
        "image": definition.image,
        "essential": True,
        "stopTimeout": definition.stop_seconds,
        # As process 1 a program that says nothing about SIGTERM would ignore it; under an init it ends.
        "linuxParameters": {"initProcessEnabled": True},
        "environment": [
            {"name": name, "value": value} for name, value in definition.environment.items()
        ],
        "secrets": [
            {"name": name, "valueFrom": _parameter_arn(parameter, definition, region)}
            for name, parameter in definition.secrets.items()
        ],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": definition.log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": definition.process_type,
                "mode": "blocking" if definition.keeps_output else "non-blocking",
            },
        },
        **_own(definition),
    }


def _own(definition: Definition) -> dict[str, Any]:
    """What a container has only if its definition says so; else it is as its image is."""
    container: dict[str, Any] = {}
    if definition.entry_point is not None:
        container["entryPoint"] = list(definition.entry_point)
    if definition.command is not None:
        container["command"] = list(definition.command)
    if definition.port is not None:
        container["portMappings"] = [{"containerPort": definition.port, "protocol": "tcp"}]
    if definition.health_command is not None:
        container["healthCheck"] = {
            "command": ["CMD-SHELL", definition.health_command],
            "interval": _CHECK_SECONDS,
            "retries": 3,
        }
    return container


def _parameter_arn(name: str, definition: Definition, region: str) -> str:
    """The ARN of a parameter of the account whose role starts the process."""
    _, partition, _, _, account, _ = definition.execution_role_arn.split(":", 5)
    return f"arn:{partition}:ssm:{region}:{account}:parameter{name}"
