"""What running a task and keeping a service ask for alike: cluster, definition, capacity, network.

Each function resolves what a call names, or refuses it with ECS's words. Nothing is changed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call

Document = Mapping[str, Any]

_DEFINITION = re.compile(
    r"(?:arn:aws:ecs:[^:]+:\d+:task-definition/)?([\w-]{1,255})(?::(\d{1,9}))?"
)
_SUBNETS = 16
_TAGS = 50
_SECURITY_GROUPS = 5
_PLATFORM_VERSIONS = ("LATEST", "1.4.0")


def invalid(message: str) -> AwsError:
    """The refusal of a parameter."""
    return AwsError("InvalidParameterException", message)


def client_error(message: str) -> AwsError:
    """The refusal of what a client may not do."""
    return AwsError("ClientException", message)


async def cluster_of(call: Call) -> Document:
    """The cluster that a call names, or the one called ``default``.

    Raises:
        AwsError: ``ClusterNotFoundException``.
    """
    named = call.parameters.get("cluster", "default")
    answer = await call.ask("ecs", "DescribeClusters", clusters=[named])
    active = [each for each in answer["clusters"] if each["status"] == "ACTIVE"]
    if not active:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return dict(active[0])


async def definition_of(call: Call, named: str) -> Document:
    """The active task definition of a name: a family, with or without a revision, or an ARN."""
    matched = _DEFINITION.fullmatch(named)
    if matched is None:
        raise client_error("Invalid revision number or task definition name.")
    family, revision = matched.groups()
    if revision is None:
        latest = await latest_definition(call, family)
        if latest is None:
            raise client_error("TaskDefinition not found.")
        revision = latest.rpartition(":")[2]
    try:
        answer = await call.ask(
            "ecs", "DescribeTaskDefinition", taskDefinition=f"{family}:{revision}"
        )
    except AwsError:
        raise client_error("TaskDefinition not found.") from None
    if answer["taskDefinition"]["status"] != "ACTIVE":
        raise client_error("TaskDefinition is inactive")
    return dict(answer["taskDefinition"])


async def latest_definition(call: Call, family: str) -> str | None:
    """The ARN of a family's latest active revision."""
    asked = {"familyPrefix": family, "sort": "DESC", "maxResults": 1}
    listed = await call.ask("ecs", "ListTaskDefinitions", **asked)
    return next(iter(listed["taskDefinitionArns"]), None)


def capacity_of(asked: Document, cluster: Document, definition: Document) -> dict[str, Any]:
    """``launchType`` or ``capacityProviderStrategy``, the cluster's own where neither is asked for."""
    strategy = asked.get("capacityProviderStrategy") or []
    if "launchType" in asked:
        if strategy:
            raise invalid(
                "Specifying both a launch type and capacity provider strategy is not supported. "
                "Remove one and try again."
            )
        if asked["launchType"] != "FARGATE":
            raise not_supported(f"the launch type {asked['launchType']}")
        _check_compatible(definition)
        return {"launchType": "FARGATE"}
    strategy = strategy or cluster.get("defaultCapacityProviderStrategy") or []
    if not strategy:
        raise not_supported("the launch type EC2, which is meant where nothing else is said")
    if not {each["capacityProvider"] for each in strategy} <= {
        *cluster.get("capacityProviders", [])
    }:
        raise invalid(
            "The specified capacity provider strategy cannot contain a capacity provider that is "
            "not associated with the cluster. Associate the capacity provider with the cluster or "
            "specify a valid capacity provider and try again."
        )
    _check_compatible(definition)
    filled = [{"weight": 0, "base": 0, **each} for each in strategy]
    return {"capacityProviderStrategy": filled}


async def network_of(call: Call, asked: Document) -> dict[str, Any]:
    """The network configuration, which every task on Fargate needs, filled up and looked after."""
    network = asked.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if network is None:
        raise invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    subnets, groups = network["subnets"], network.get("securityGroups", [])
    if not subnets:
        raise invalid("subnets can not be empty.")
    if len(subnets) > _SUBNETS:
        raise invalid(f"subnets can have at most {_SUBNETS} items.")
    if len(groups) > _SECURITY_GROUPS:
        raise invalid(f"securityGroups can have at most {_SECURITY_GROUPS} items.")
    await call.cloud.ecs.means.subnets(call.region, subnets)
    await _check_groups(call, groups)
    whole = {"assignPublicIp": "DISABLED", "securityGroups": [], **network}
    return {"awsvpcConfiguration": whole}


def platform_of(asked: Document) -> str:
    """The platform version."""
    version = asked.get("platformVersion") or "LATEST"
    if version not in _PLATFORM_VERSIONS:
        raise AwsError(
            "PlatformUnknownException", f"The specified platform version '{version}' is unknown."
        )
    return str(version)


def refuse_unknown(asked: Document, names: Sequence[str]) -> None:
    """Refuse by name what was asked for and is not known here."""
    for name in names:
        if asked.get(name):
            raise not_supported(f"{name} of tasks and services")


def check_tags(tags: Sequence[Document]) -> None:
    """Refuse tags that ECS would not take."""
    keys = [tag.get("key", "") for tag in tags]
    if len(keys) > _TAGS:
        raise invalid(f"Tags can not have more than {_TAGS} elements.")
    if len(set(keys)) < len(keys):
        raise invalid("Duplicate tag keys are not allowed.")
    own = [key for key in keys if not key.startswith("aws:cloudformation:")]
    if any(key.lower().startswith("aws:") for key in own):
        raise invalid("aws: prefixed tag key names are not allowed for external use.")


def _check_compatible(definition: Document) -> None:
    if "FARGATE" not in definition.get("compatibilities", []):
        raise invalid("Task definition does not support launch_type FARGATE.")


async def _check_groups(call: Call, groups: Sequence[str]) -> None:
    try:
        if groups:
            await call.ask("ec2", "DescribeSecurityGroups", GroupIds=list(groups))
    except AwsError as error:
        named = ", ".join(groups)
        raise invalid(
            f"Error retrieving security group information for [{named}]: {error.message} "
            f"(ErrorCode: {error.code})"
        ) from error
