"""A template as people keep it: YAML that says the same as the JSON that was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cfn_flip

from stacks import names
from stacks.app_options import BUILDPACKS


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


@dataclass(frozen=True, kw_only=True)
class Front:
    """What is true of an app now, where the template of its own stack says what was at its birth.

    Attributes:
        page: status and text of the page before the app; None if the world sees the app.
        hosts: that it answers to; none if it has a port of its own.
        buildpacks: set by hand, in their order; `buildspec` is what builds are told with them.
    """

    page: tuple[int, str] | None
    hosts: Sequence[str]
    health_check_path: str
    buildpacks: Sequence[str]
    buildspec: str


def as_yaml(template: str) -> str:
    """A template, which Herogate sends as JSON; who has applied an exported one has sent YAML."""
    text: str = cfn_flip.to_yaml(template)
    return text


def brought_up_to_date(formation: str, services: Mapping[str, Service]) -> str:
    """A formation's template with what is true now of each process type, so that it can be applied."""
    template = _read(formation)
    for process_type, service in services.items():
        resource = template["Resources"].get(names.service_resource(process_type))
        if resource is not None:
            _update(resource["Properties"], service)
    return str(cfn_flip.dump_json(template))


def app_brought_up_to_date(app: str, front: Front) -> str:
    """The template of an app's stack with what is true now, so that it can be applied."""
    template = _read(app)
    described = {name: each.get("Properties", {}) for name, each in template["Resources"].items()}
    if rule := described.get("PageRule"):
        rule["Actions"] = [_action(front.page)]
    for name in ("PageRule", "HostRule"):
        for condition in described.get(name, {}).get("Conditions", []):
            if front.hosts and "HostHeaderConfig" in condition:
                condition["HostHeaderConfig"]["Values"] = list(front.hosts)
    if group := described.get("TargetGroup"):
        group["HealthCheckPath"] = front.health_check_path
    if project := described.get("BuildProject"):
        _build_with(project, front)
    return str(cfn_flip.dump_json(template))


def _read(template: str) -> dict[str, Any]:
    """A template as it was sent, in JSON or YAML; what a team has left out of it is not there."""
    document, _ = cfn_flip.load(template)
    return dict(document)


def _action(page: tuple[int, str] | None) -> dict[str, Any]:
    if page is None:
        return {"Type": "forward", "TargetGroupArn": {"Ref": "TargetGroup"}}
    status, text = page
    answer = {"ContentType": "text/html", "MessageBody": text, "StatusCode": str(status)}
    return {"Type": "fixed-response", "FixedResponseConfig": answer}


def _build_with(project: dict[str, Any], front: Front) -> None:
    environment = project["Environment"]
    others = [each for each in environment["EnvironmentVariables"] if each["Name"] != BUILDPACKS]
    set_ = {"Name": BUILDPACKS, "Type": "PLAINTEXT", "Value": " ".join(front.buildpacks)}
    environment["EnvironmentVariables"] = [*others, *([set_] if front.buildpacks else [])]
    project["Source"]["BuildSpec"] = front.buildspec


def _update(properties: dict[str, Any], service: Service) -> None:
    properties["TaskDefinition"] = service.task_definition_arn
    properties["DesiredCount"] = service.count
    for door in properties.get("LoadBalancers", []):
        door["ContainerPort"] = service.port or door["ContainerPort"]
    if service.capacity is not None:
        properties.pop("LaunchType", None)
        properties["CapacityProviderStrategy"] = [_share(each) for each in service.capacity]


def _share(provider: Mapping[str, Any]) -> dict[str, Any]:
    """A capacity provider's share as a template spells it, where ECS begins each word small.

    ECS tells a base of none, too, of which a template says nothing.
    """
    return {
        f"{name[:1].upper()}{name[1:]}": value
        for name, value in provider.items()
        if (name, value) != ("base", 0)
    }
