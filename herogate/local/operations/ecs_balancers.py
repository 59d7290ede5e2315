"""A service's load balancers, looked after before it gets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call
from herogate.local.operations.ecs_workload import invalid

Document = Mapping[str, Any]

_TARGET_GROUPS = 5


async def check_balancers(
    call: Call, balancers: Sequence[Document], definition: Document
) -> list[dict[str, Any]]:
    """The entries, if tasks of this definition can be targets of them.

    Raises:
        AwsError: with ECS's words, if not.
    """
    if len(balancers) > _TARGET_GROUPS:
        raise invalid(f"load balancers can have at most {_TARGET_GROUPS} items.")
    for balancer in balancers:
        if "advancedConfiguration" in balancer:
            raise not_supported("advancedConfiguration of a service's load balancers")
        if "targetGroupArn" not in balancer:
            raise not_supported("classic load balancers")
        _check_container(balancer, definition)
        await _check_group(call, balancer["targetGroupArn"])
    return [dict(each) for each in balancers]


def _check_container(balancer: Document, definition: Document) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    containers = {each["name"]: each for each in definition["containerDefinitions"]}
    if name not in containers:
        raise invalid(f"The container {name} does not exist in the task definition.")
    mapped = {each["containerPort"] for each in containers[name].get("portMappings", [])}
    if port not in mapped:
        raise invalid(f"The container {name} did not have a container port {port} defined.")


async def _check_group(call: Call, arn: str) -> None:
    try:
        answer = await call.ask("elbv2", "DescribeTargetGroups", TargetGroupArns=[arn])
    except AwsError:
        raise invalid(f"The target group {arn} does not exist.") from None
    group = answer["TargetGroups"][0]
    if group["TargetType"] != "ip":
        raise invalid(
            f"The provided target group {arn} has target type {group['TargetType']}, which is "
            "incompatible with the awsvpc network mode specified in the task definition."
        )
    if not group["LoadBalancerArns"]:
        raise invalid(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )
