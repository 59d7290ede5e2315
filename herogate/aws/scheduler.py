"""EventBridge Scheduler: what starts processes again and again, by itself.

A schedule names a family of definitions, not one of them: it starts what is the family's newest then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from herogate.aws.at_once import at_once
from herogate.aws.ecs_tasks import Network, Overrides, on_network, overridden
from herogate.aws.session import Session
from herogate.errors import AwsRefused

_ABSENT = "ResourceNotFoundException"
_LATEST_SECONDS = 3600
"""A run that could not be started for so long is given up: the next ones are on their way."""


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """When something runs.

    Attributes:
        expression: `rate(…)` or `cron(…)`.
        timezone: whose local time `cron` means.
        description: in its maker's words.
    """

    expression: str
    timezone: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a schedule starts, where, and in which role.

    Attributes:
        family: of definitions, of which the newest is started.
    """

    cluster: str
    family: str
    network: Network
    overrides: Overrides
    role_arn: str


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """A schedule as it is kept.

    Attributes:
        id: its name in its group.
        command: what it starts its processes with.
    """

    id: str
    timetable: Timetable
    created_at: datetime
    is_enabled: bool
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    cpu_units: int | None = None
    memory_mib: int | None = None


class ScheduleGroup:
    """The schedules of a group."""

    def __init__(self, session: Session, name: str) -> None:
        self._service = session.service("scheduler")
        self._session = session
        self._name = name

    def ids(self) -> list[str]:
        """The ids of all schedules; none if there is no such group."""
        try:
            listed = self._service.items("list_schedules", "Schedules", GroupName=self._name)
            return [str(schedule["Name"]) for schedule in listed]
        except AwsRefused as refusal:
            if refusal.code != _ABSENT:
                raise
            return []

    def all(self) -> list[Scheduled]:
        """Every schedule."""
        found = at_once([partial(self.find, schedule_id) for schedule_id in self.ids()])
        return [scheduled for scheduled in found if scheduled is not None]

    def find(self, schedule_id: str) -> Scheduled | None:
        """A schedule by its id."""
        try:
            return _scheduled(
                self._service.call("get_schedule", GroupName=self._name, Name=schedule_id)
            )
        except AwsRefused as refusal:
            if refusal.code not in (_ABSENT, "ValidationException"):
                raise
            return None

    def create(self, schedule_id: str, timetable: Timetable, job: Job) -> None:
        """Make a schedule."""
        self._service.call(
            "create_schedule",
            GroupName=self._name,
            Name=schedule_id,
            Description=timetable.description,
            ScheduleExpression=timetable.expression,
            ScheduleExpressionTimezone=timetable.timezone,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=_target(job, self._session.region),
        )

    def delete(self, schedule_id: str) -> None:
        """Remove a schedule; one that is not there is no error."""
        try:
            self._service.call("delete_schedule", GroupName=self._name, Name=schedule_id)
        except AwsRefused as refusal:
            if refusal.code != _ABSENT:
                raise


def _target(job: Job, region: str) -> dict[str, Any]:
    _, partition, _, _, account, _ = job.role_arn.split(":", 5)
    place = f"arn:{partition}:ecs:{region}:{account}"
    return {
        "Arn": f"{place}:cluster/{job.cluster}",
        "RoleArn": job.role_arn,
        "Input": json.dumps(overridden(job.overrides), ensure_ascii=False),
        "RetryPolicy": {"MaximumEventAgeInSeconds": _LATEST_SECONDS, "MaximumRetryAttempts": 60},
        "EcsParameters": {
            "TaskDefinitionArn": f"{place}:task-definition/{job.family}",
            "TaskCount": 1,
            "LaunchType": "FARGATE",
            "PropagateTags": "TASK_DEFINITION",
            "NetworkConfiguration": {"awsvpcConfiguration": _capitalised(on_network(job.network))},
        },
    }


def _capitalised(structure: Mapping[str, Any]) -> dict[str, Any]:
    return {name[0].upper() + name[1:]: value for name, value in structure.items()}


def _scheduled(answer: Mapping[str, Any]) -> Scheduled:
    overrides = _input(answer["Target"])
    container: Mapping[str, Any] = next(iter(overrides.get("containerOverrides", [])), {})
    cpu, memory = overrides.get("cpu"), overrides.get("memory")
    return Scheduled(
        id=answer["Name"],
        timetable=Timetable(
            expression=answer["ScheduleExpression"],
            timezone=answer.get("ScheduleExpressionTimezone", "UTC"),
            description=answer.get("Description", ""),
        ),
        created_at=answer["CreationDate"],
        is_enabled=answer["State"] == "ENABLED",
        command=tuple(container.get("command", ())),
        environment={each["name"]: each["value"] for each in container.get("environment", [])},
        cpu_units=None if cpu is None else int(cpu),
        memory_mib=None if memory is None else int(memory),
    )


def _input(target: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a schedule says otherwise than its definition; nothing for one that somebody else made."""
    try:
        found = json.loads(target.get("Input", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
