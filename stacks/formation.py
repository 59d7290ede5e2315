"""A formation: one ECS service per process type of an app, from its first release.

An entry is written once, when its process type is born, with no process running, and given out again
byte for byte ever after: an update or a rollback of the stack sends every property of a service it
touches, and would put back what was true at its birth. So stack updates only add services. What
changes later (what runs, how many, the load balancer's port, how a rollout goes) is ECS's to be told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from troposphere import Tags, Template
from troposphere.ecs import (
    AwsvpcConfiguration,
    CapacityProviderStrategyItem,
    DeploymentCircuitBreaker,
    DeploymentConfiguration,
    DeploymentEarlySuccessCriteria,
    LoadBalancer,
    NetworkConfiguration,
    Service,
    ThresholdConfiguration,
)

from stacks import names
from stacks.parts.tags import app_tags

GRACE_SECONDS = 60
"""How long a web process may take before its answers to health checks count."""


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Where the load balancer finds the processes of a type.

    Attributes:
        port: that of the release of its birth.
    """

    target_group_arn: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Birth:
    """The facts of a process type's birth.

    Attributes:
        task_definition_arn: of the release that brought it.
        entrance: of the processes that answer the web; None for all others.
        private: whether its subnets are such that a process needs no public address.
    """

    app: str
    space: str
    process_type: str
    cluster: str
    task_definition_arn: str
    subnet_ids: tuple[str, ...]
    security_group_id: str
    entrance: Entrance | None = None
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A formation: the entries of its process types, each as `entry` once wrote it."""

    app: str
    space: str
    entries: Mapping[str, str]


def template(spec: Spec) -> Template:
    """The CloudFormation template of a formation."""
    described = Template(Description=f"What runs of Herogate app {spec.app}")
    for process_type, text in sorted(spec.entries.items()):
        properties = json.loads(text)["Properties"]
        service = Service.from_dict(
            names.service_resource(process_type),
            {name: value for name, value in properties.items() if name != "Tags"},
        )
        # troposphere reads every property but this one.
        service.Tags = Tags({tag["Key"]: tag["Value"] for tag in properties["Tags"]})
        described.add_resource(service)
    return described


def entry(birth: Birth) -> str:
    """A service as it is born, as the JSON of a template: none of its processes runs."""
    service = Service(
        names.service_resource(birth.process_type),
        ServiceName=names.service(birth.app, birth.process_type),
        Cluster=birth.cluster,
        TaskDefinition=birth.task_definition_arn,
        DesiredCount=0,
        CapacityProviderStrategy=[
            CapacityProviderStrategyItem(CapacityProvider="FARGATE", Weight=1)
        ],
        PropagateTags="TASK_DEFINITION",
        NetworkConfiguration=_network(birth),
        DeploymentConfiguration=_deployment(),
        Tags=app_tags(birth.space, birth.app),
    )
    if birth.entrance is not None:
        service.HealthCheckGracePeriodSeconds = GRACE_SECONDS
        service.LoadBalancers = [
            LoadBalancer(
                ContainerName=birth.process_type,
                ContainerPort=birth.entrance.port,
                TargetGroupArn=birth.entrance.target_group_arn,
            )
        ]
    return json.dumps(service.to_dict(), sort_keys=True)


def _network(birth: Birth) -> NetworkConfiguration:
    return NetworkConfiguration(
        AwsvpcConfiguration=AwsvpcConfiguration(
            AssignPublicIp="DISABLED" if birth.private else "ENABLED",
            SecurityGroups=[birth.security_group_id],
            Subnets=list(birth.subnet_ids),
        )
    )


def _deployment() -> DeploymentConfiguration:
    """Old processes stay until new ones are healthy; two that fail end a rollout."""
    return DeploymentConfiguration(
        MinimumHealthyPercent=100,
        MaximumPercent=200,
        DeploymentCircuitBreaker=DeploymentCircuitBreaker(
            Enable=True,
            Rollback=True,
            ResetOnHealthyTask=False,
            ThresholdConfiguration=ThresholdConfiguration(Type="COUNT", Value=2),
        ),
        EarlySuccessCriteria=DeploymentEarlySuccessCriteria(
            Enable=True, HealthyPercent=100, SourceServiceRevisionCleanup="DEFERRED"
        ),
    )
