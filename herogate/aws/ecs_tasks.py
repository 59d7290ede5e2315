"""ECS's tasks: single processes as ECS sees them, and one-offs.

An *instance* is a task: one process, from the moment ECS wants it until about an hour after its end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from herogate.aws.at_once import at_once
from herogate.aws.session import Session
from herogate.errors import AwsRefused

OVERRIDES_LIMIT = 8192
"""Characters of JSON in which one run may say what is other than its definition says."""

_GUARD = "aws-guardduty-agent"
"""How the container's name begins that GuardDuty, if it watches an account, puts into every task: before
or behind the other, as it happens (METR/hawk#281)."""

_DESCRIBE_LIMIT = 100  # tasks that one DescribeTasks takes


class InstanceStatus(StrEnum):
    """Where in its life an instance is."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"
    DELETED = "DELETED"

    @property
    def is_starting(self) -> bool:
        return self in (
            InstanceStatus.PROVISIONING,
            InstanceStatus.PENDING,
            InstanceStatus.ACTIVATING,
        )

    @property
    def is_up(self) -> bool:
        return self is InstanceStatus.RUNNING

    @property
    def is_over(self) -> bool:
        return self in (InstanceStatus.STOPPED, InstanceStatus.DELETED)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One process as ECS tells of it.

    Attributes:
        id: 32 hexadecimal digits.
        process_type: the name of its one container, GuardDuty's apart.
        definition: the ARN of what it is an instance of.
        is_dying: whether ECS wants it stopped.
        has_failed: whether it ended, or never began, without ECS or anybody wanting it to stop.
        reason: why it ended, in ECS's words.
        address: in the space's network.
        command, environment: what it was run with otherwise than its definition says.
        is_of_crew: whether a service keeps it running.
    """

    arn: str
    id: str
    process_type: str
    definition: str
    status: InstanceStatus
    created_at: datetime
    is_dying: bool = False
    has_failed: bool = False
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    exit_code: int | None = None
    reason: str = ""
    address: str | None = None
    cpu_units: int = 0
    memory_mib: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    is_of_crew: bool = False

    @property
    def lacked_memory(self) -> bool:
        """Whether ECS ended it because it needed more memory than it had."""
        return self.reason.startswith("OutOfMemory")


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """What one run has otherwise than its definition says.

    Attributes:
        process_type: the definition's.
        cpu_units, memory_mib: None for the definition's.
    """

    process_type: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    cpu_units: int | None = None
    memory_mib: int | None = None

    @property
    def length(self) -> int:
        """How many characters of `OVERRIDES_LIMIT` it takes."""
        return len(json.dumps(overridden(self), separators=(",", ":"), ensure_ascii=False))


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where a one-off runs.

    Attributes:
        private: whether it needs no public address to reach the world.
    """

    subnet_ids: Sequence[str]
    security_group_id: str
    private: bool = False


def on_network(network: Network) -> dict[str, Any]:
    """Where a one-off runs, as ECS takes it."""
    return {
        "subnets": list(network.subnet_ids),
        "securityGroups": [network.security_group_id],
        "assignPublicIp": "DISABLED" if network.private else "ENABLED",
    }


class Instances:
    """The tasks of a cluster."""

    def __init__(self, session: Session, cluster: str) -> None:
        self._service = session.service("ecs")
        self._cluster = cluster

    def of_crew(self, crew: str, *, stopped: bool = False) -> list[Instance]:
        """The instances of a crew that run, or those that have stopped; the youngest first."""
        return self._listed(serviceName=crew, desiredStatus=_wanted(stopped))

    def of_family(self, family: str, *, stopped: bool = False) -> list[Instance]:
        """The instances of a family of definitions, one-offs for the most; the youngest first."""
        return self._listed(family=family, desiredStatus=_wanted(stopped))

    def at_work(self, crews: Sequence[str], families: Sequence[str]) -> list[Instance]:
        """The instances of some crews and of some families that run."""
        asked = [{"serviceName": crew} for crew in crews] + [{"family": name} for name in families]
        arns = at_once([partial(self._arns, desiredStatus=_wanted(False), **one) for one in asked])
        return list(self._described([arn for some in arns for arn in some]))

    def describe(self, arn: str) -> Instance | None:
        """One instance; None if ECS knows it no longer."""
        return next(self._described([arn]), None)

    def stop(self, arn: str) -> None:
        """Have an instance stopped; one that has ended stays so."""
        self._service.call("stop_task", cluster=self._cluster, task=arn)

    def run(
        self,
        definition: str,
        network: Network,
        *,
        token: str,
        overrides: Overrides | None = None,
        started_by: str | None = None,
    ) -> str:
        """Start a one-off; return its ARN.

        Args:
            token: of two calls with the same one, the second gives what the first has started.
            started_by: letters, digits, hyphens, slashes; others find it by this.

        Raises:
            AwsRefused: ECS could not place it.
        """
        further: dict[str, Any] = {} if started_by is None else {"startedBy": started_by}
        if overrides is not None:
            further["overrides"] = overridden(overrides)
        answer = self._service.call(
            "run_task",
            cluster=self._cluster,
            taskDefinition=definition,
            launchType="FARGATE",
            propagateTags="TASK_DEFINITION",
            clientToken=token,
            networkConfiguration={
                "awsvpcConfiguration": on_network(network),
            },
            **further,
        )
        for failure in answer.get("failures", []):
            reason = failure.get("detail") or failure["reason"]
            raise AwsRefused(operation="ecs:RunTask", code=failure["reason"], reason=reason)
        return str(answer["tasks"][0]["taskArn"])

    def _listed(self, **filters: str) -> list[Instance]:
        found = self._described(self._arns(**filters))
        return sorted(found, key=lambda instance: instance.created_at, reverse=True)

    def _arns(self, **filters: str) -> list[str]:
        # botocore's paginator costs more than the answer does, and a command may ask five times.
        found: list[str] = []
        further: dict[str, str] = {}
        while True:
            answer = self._service.call("list_tasks", cluster=self._cluster, **filters, **further)
            found += answer["taskArns"]
            if not answer.get("nextToken"):
                return found
            further = {"nextToken": answer["nextToken"]}

    def _described(self, arns: Sequence[str]) -> Iterator[Instance]:
        for start in range(0, len(arns), _DESCRIBE_LIMIT):
            answer = self._service.call(
                "describe_tasks",
                cluster=self._cluster,
                tasks=list(arns[start : start + _DESCRIBE_LIMIT]),
                include=["TAGS"],
            )
            yield from map(instance_of, answer["tasks"])


def _wanted(stopped: bool) -> str:
    return "STOPPED" if stopped else "RUNNING"


def instance_of(task: Mapping[str, Any]) -> Instance:
    """An instance, by what DescribeTasks tells of it."""
    container, *_ = [each for each in task["containers"] if not each["name"].startswith(_GUARD)]
    return Instance(
        arn=task["taskArn"],
        id=task["taskArn"].rpartition("/")[2],
        process_type=container["name"],
        definition=task["taskDefinitionArn"],
        status=InstanceStatus(task["lastStatus"]),
        created_at=task["createdAt"],
        is_dying=task["desiredStatus"] == "STOPPED",
        has_failed=task.get("stopCode") in ("EssentialContainerExited", "TaskFailedToStart"),
        started_at=task.get("startedAt"),
        stopped_at=task.get("stoppedAt"),
        exit_code=container.get("exitCode"),
        reason=container.get("reason") or task.get("stoppedReason", ""),
        address=_address(container),
        cpu_units=int(task.get("cpu", 0)),
        memory_mib=int(task.get("memory", 0)),
        tags={tag["key"]: tag["value"] for tag in task.get("tags", [])},
        command=_command(task),
        environment=_environment(task),
        is_of_crew=task.get("group", "").startswith("service:"),
    )


def _command(task: Mapping[str, Any]) -> tuple[str, ...]:
    for container in task.get("overrides", {}).get("containerOverrides", []):
        return tuple(container.get("command", ()))
    return ()


def _environment(task: Mapping[str, Any]) -> dict[str, str]:
    return {
        variable["name"]: variable["value"]
        for container in task.get("overrides", {}).get("containerOverrides", [])
        for variable in container.get("environment", [])
    }


def _address(container: Mapping[str, Any]) -> str | None:
    for interface in container.get("networkInterfaces", []):
        return str(interface["privateIpv4Address"])
    return None


def overridden(overrides: Overrides) -> dict[str, Any]:
    """What a run has otherwise, as ECS takes it."""
    container: dict[str, Any] = {
        "name": overrides.process_type,
        "command": list(overrides.command),
    }
    if overrides.environment:
        container["environment"] = [
            {"name": name, "value": value} for name, value in overrides.environment.items()
        ]
    sizes = {"cpu": overrides.cpu_units, "memory": overrides.memory_mib}
    return {
        "containerOverrides": [container],
        **{name: str(size) for name, size in sizes.items() if size is not None},
    }
