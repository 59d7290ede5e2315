"""ECS: the crews of processes that it keeps running, and how they go from one definition to the next.

A *crew* is an ECS service: so many processes of one type of an app. A *rollout* is one of its
deployments. When to begin one, and what follows from its end, is the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from herogate.aws.session import Session
from herogate.errors import AwsRefused

_DESCRIBE_LIMIT = 10  # services that one DescribeServices takes

_TROUBLE = re.compile(r"\(service [^)]*\) (?P<said>(?:was unable|failed) to .+)", re.DOTALL)
_STARTED = "has started"
"""How ECS words events of a service, by its guide ("Service event messages")."""

_NOT_STOPPABLE = ("ConflictException", "ServiceDeploymentNotFoundException")

_DEPLOYMENT: Mapping[str, Any] = {
    "strategy": "ROLLING",
    "minimumHealthyPercent": 100,
    "maximumPercent": 200,
    "deploymentCircuitBreaker": {
        "enable": True,
        "rollback": True,
        # By default one healthy process in between would start the count anew.
        "resetOnHealthyTask": False,
        "thresholdConfiguration": {"type": "COUNT", "value": 2},
    },
    "earlySuccessCriteria": {
        "enable": True,
        "healthyPercent": 100,
        "sourceServiceRevisionCleanup": "DEFERRED",
    },
}


class RolloutState(StrEnum):
    """How a rollout goes."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"

    @property
    def is_over(self) -> bool:
        return self is not RolloutState.IN_PROGRESS


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """A crew on its way to a definition, or there.

    Attributes:
        definition: the ARN of what it brings.
        is_newest: whether none was begun after it.
        reason: in ECS's words.
    """

    id: str
    definition: str
    state: RolloutState
    created_at: datetime
    is_newest: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Crew:
    """The processes of one type, as ECS keeps them.

    Attributes:
        desired: how many there are to be.
        port: where the load balancer finds them; None if it does not.
        capacity: on what they run, if not simply on Fargate: shares of capacity providers.
        rollouts: the newest first.
        trouble: why ECS cannot start processes, in its words; empty if it has started some since.
    """

    name: str
    desired: int
    port: int | None = None
    capacity: Sequence[Mapping[str, Any]] | None = None
    rollouts: tuple[Rollout, ...]
    trouble: str = ""

    @property
    def newest(self) -> Rollout | None:
        return next((rollout for rollout in self.rollouts if rollout.is_newest), None)

    def rollout(self, id: str) -> Rollout | None:  # noqa: A002
        """The rollout of that id, if it is still told of."""
        return next((rollout for rollout in self.rollouts if rollout.id == id), None)


@dataclass(frozen=True, kw_only=True)
class Door:
    """Where the load balancer finds a crew's processes.

    Attributes:
        grace_seconds: how long one may take before its answers to health checks count.
    """

    target_group_arn: str
    process_type: str
    port: int
    grace_seconds: int


class Crews:
    """The services of a cluster."""

    def __init__(self, session: Session, cluster: str) -> None:
        self._service = session.service("ecs")
        self._cluster = cluster

    def describe(self, names: Iterable[str]) -> dict[str, Crew]:
        """Those of these crews that are there, by name."""
        return {crew.name: crew for crew in self._described(names)}

    def named(self, prefix: str) -> list[str]:
        """The crews that are kept running and whose names begin so."""
        arns = self._service.items("list_services", "serviceArns", cluster=self._cluster)
        found = (str(arn).rpartition("/")[2] for arn in arns)
        return [name for name in found if name.startswith(prefix)]

    def lingering(self, names: Iterable[str]) -> list[str]:
        """Those of these crews that are there still, be it only to let their last processes end."""
        return [
            service["serviceName"]
            for some in _batches(names)
            for service in self._service.call(
                "describe_services", cluster=self._cluster, services=some
            )["services"]
            if service["status"] != "INACTIVE"
        ]

    def roll_out(
        self,
        name: str,
        definition: str,
        *,
        count: int | None = None,
        door: Door | None = None,
        spot: bool = False,
    ) -> Rollout:
        """Begin a rollout of a definition, even of the one that runs; return the rollout.

        Args:
            count: how many processes there are to be from now on; None for as many as before.
            spot: whether they run on what AWS has left over.
        """
        changes: dict[str, Any] = {} if count is None else {"desiredCount": count}
        if door is not None:
            changes |= _behind(door)
        answer = self._service.call(
            "update_service",
            cluster=self._cluster,
            service=name,
            taskDefinition=definition,
            forceNewDeployment=True,
            deploymentConfiguration=_DEPLOYMENT,
            capacityProviderStrategy=[
                {"capacityProvider": "FARGATE_SPOT" if spot else "FARGATE", "weight": 1}
            ],
            **changes,
        )
        return next(rollout for rollout in _crew(answer["service"]).rollouts if rollout.is_newest)

    def restart(self, name: str) -> None:
        """Begin a rollout of the definition that runs, so that every process is replaced."""
        self._service.call(
            "update_service", cluster=self._cluster, service=name, forceNewDeployment=True
        )

    def scale(self, name: str, count: int) -> None:
        """Say how many processes there are to be."""
        self._service.call(
            "update_service", cluster=self._cluster, service=name, desiredCount=count
        )

    def take_back(self, name: str) -> None:
        """Stop the rollouts of a crew that are under way; ECS goes back to the last that succeeded.

        One that has ended since, or of a crew that has nothing to go back to, stays as it is.
        """
        under_way = self._service.call(
            "list_service_deployments",
            cluster=self._cluster,
            service=name,
            status=["PENDING", "IN_PROGRESS"],
        )
        for deployment in under_way["serviceDeployments"]:
            self._stop(deployment["serviceDeploymentArn"])

    def _stop(self, deployment: str) -> None:
        try:
            self._service.call(
                "stop_service_deployment", serviceDeploymentArn=deployment, stopType="ROLLBACK"
            )
        except AwsRefused as refusal:
            if refusal.code not in _NOT_STOPPABLE:
                raise

    def _described(self, names: Iterable[str]) -> Iterator[Crew]:
        for some in _batches(names):
            answer = self._service.call("describe_services", cluster=self._cluster, services=some)
            yield from (_crew(each) for each in answer["services"] if each["status"] == "ACTIVE")


def _behind(door: Door) -> dict[str, Any]:
    """What ECS is told of a crew behind a load balancer, whose entry binds the release's port."""
    return {
        "loadBalancers": [
            {
                "targetGroupArn": door.target_group_arn,
                "containerName": door.process_type,
                "containerPort": door.port,
            }
        ],
        "healthCheckGracePeriodSeconds": door.grace_seconds,
    }


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    waiting = list(names)
    for start in range(0, len(waiting), _DESCRIBE_LIMIT):
        yield waiting[start : start + _DESCRIBE_LIMIT]


def _crew(service: Mapping[str, Any]) -> Crew:
    return Crew(
        name=service["serviceName"],
        desired=service["desiredCount"],
        port=next((door["containerPort"] for door in service.get("loadBalancers", [])), None),
        capacity=service.get("capacityProviderStrategy") or None,
        rollouts=tuple(map(_rollout, service["deployments"])),
        trouble=_trouble([event["message"] for event in service.get("events", [])]),
    )


def _trouble(messages: Iterable[str]) -> str:
    """What the newest event says that tells of trouble: of one that lasts ECS tells once in hours."""
    for message in messages:
        if found := _TROUBLE.search(message):
            return found["said"]
        if _STARTED in message:
            break
    return ""


def _rollout(deployment: Mapping[str, Any]) -> Rollout:
    return Rollout(
        id=deployment["id"],
        definition=deployment["taskDefinition"],
        state=RolloutState(deployment.get("rolloutState", RolloutState.IN_PROGRESS)),
        created_at=deployment["createdAt"],
        is_newest=deployment["status"] == "PRIMARY",
        reason=deployment.get("rolloutStateReason", ""),
    )
