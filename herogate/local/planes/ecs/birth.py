"""New tasks as records, out of a task definition and a place to run in. Nothing is started here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from herogate.local.planes.ecs.showing import PLATFORM_VERSION
from herogate.local.planes.ecs.tasks import Container, Interface, Target, Task

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What tasks are to be started.

    Attributes:
        definition: the task definition, in the API's shape.
        capacity: ``launchType`` or ``capacityProviderStrategy``, in the API's shape.
        load_balancers: in the API's shape; each task becomes a target of theirs.
    """

    region: str
    account_id: str
    cluster: str
    definition: Document
    capacity: Document
    overrides: Document
    group: str
    tags: Sequence[Document] = ()
    load_balancers: Sequence[Document] = ()
    platform_version: str | None = None
    started_by: str | None = None
    service: str | None = None
    deployment: str | None = None
    client_token: str | None = None


def born(order: Order, interface: Interface, now: float) -> Task:
    """A task that has been accepted."""
    definition, overrides = order.definition, order.overrides
    provider = _provider(order.capacity)
    version = order.platform_version
    return Task(
        region=order.region,
        account_id=order.account_id,
        cluster=order.cluster,
        id=secrets.token_hex(16),
        definition_arn=definition["taskDefinitionArn"],
        group=order.group,
        created_at=now,
        interface=interface,
        containers=tuple(_container(each) for each in definition["containerDefinitions"]),
        cpu=overrides.get("cpu", definition["cpu"]),
        memory=overrides.get("memory", definition["memory"]),
        platform_version=PLATFORM_VERSION if version in (None, "LATEST") else str(version),
        launch_type="FARGATE",
        capacity_provider=provider,
        started_by=order.started_by,
        service=order.service,
        deployment=order.deployment,
        client_token=order.client_token,
        targets=tuple(_target(each) for each in order.load_balancers),
        overrides=overrides,
        tags=tuple(order.tags),
    )


def _provider(capacity: Document) -> str | None:
    """The capacity provider that the first task of a strategy goes to."""
    strategy = capacity.get("capacityProviderStrategy", [])
    best = max(
        strategy, key=lambda each: (each.get("base", 0), each.get("weight", 0)), default=None
    )
    return None if best is None else str(best["capacityProvider"])


def _container(definition: Document) -> Container:
    return Container(
        name=definition["name"],
        image=definition["image"],
        id=str(uuid4()),
        essential=definition.get("essential", True),
        checked="healthCheck" in definition,
    )


def _target(balancer: Document) -> Target:
    return Target(
        group_arn=balancer["targetGroupArn"],
        container=balancer["containerName"],
        port=balancer["containerPort"],
    )
