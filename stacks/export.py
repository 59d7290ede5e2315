"""A template as people keep it: YAML that says the same as the JSON that was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cfn_flip

from stacks import names


@dataclass(frozen=True, kw_only=True)
class Service:
    """What is true of a service now, where its template still says what was at its birth.

    Attributes:
        port: where the load balancer finds it; None if it does not.
        capacity: its capacity provider strategy; None if it has a launch type.
    """

    task_definition_arn: str
    count: int
    port: int | None = None
    capacity: Sequence[Mapping[str, Any]] | None = None


def as_yaml(template: str) -> str:
    """A template that was sent as JSON."""
    text: str = cfn_flip.to_yaml(template)
    return text


def brought_up_to_date(formation: str, services: Mapping[str, Service]) -> str:
    """A formation's template with what is true now of each process type, so that it can be applied."""
    template = json.loads(formation)
    for process_type, service in services.items():
        resource = template["Resources"].get(names.service_resource(process_type))
        if resource is not None:
            _update(resource["Properties"], service)
    return json.dumps(template)


def _update(properties: dict[str, Any], service: Service) -> None:
    properties["TaskDefinition"] = service.task_definition_arn
    properties["DesiredCount"] = service.count
    for door in properties.get("LoadBalancers", []):
        door["ContainerPort"] = service.port or door["ContainerPort"]
    if service.capacity is not None:
        properties.pop("LaunchType", None)
        properties["CapacityProviderStrategy"] = [_share(each) for each in service.capacity]


def _share(provider: Mapping[str, Any]) -> dict[str, Any]:
    """A capacity provider's share as a template spells it, where ECS begins each word small."""
    return {f"{name[:1].upper()}{name[1:]}": value for name, value in provider.items()}
