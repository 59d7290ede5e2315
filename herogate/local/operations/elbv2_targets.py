"""Registering targets, and what is known of their health.

Loopback addresses, which AWS refuses, are this cloud's own network.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from herogate.local import constraints
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.planes.elb.health import Health
from herogate.local.planes.elb.targets import Registration

Document = Mapping[str, Any]

_TARGETS_PER_GROUP = 1000


@operation("elbv2", "RegisterTargets")
async def register_targets(call: Call) -> Result:
    constraints.check(call)
    arn = call.parameters["TargetGroupArn"]
    async with call.cloud.elb.change(call.region):
        group = await _target_group(call, arn)
        if group["TargetType"] != "ip":
            raise not_supported("targets that are EC2 instances")
        targets = [_registration(each, group) for each in call.parameters["Targets"]]
        for target in targets:
            _check_address(target.id)
        registrations = call.cloud.elb.roster.registrations
        if len({*registrations.registered(arn), *targets}) > _TARGETS_PER_GROUP:
            raise AwsError("TooManyTargets", "The maximum number of targets has been reached")
        registrations.register(arn, targets)
    return {}


@operation("elbv2", "DeregisterTargets")
async def deregister_targets(call: Call) -> Result:
    """Targets of a group in use drain first. One that is not registered is no error."""
    constraints.check(call)
    arn = call.parameters["TargetGroupArn"]
    async with call.cloud.elb.change(call.region):
        group = await _target_group(call, arn)
        gone = [_registration(each, group) for each in call.parameters["Targets"]]
        delay = await _deregistration_delay(call, arn)
        if group["LoadBalancerArns"] and delay:
            call.cloud.elb.drain(arn, gone, delay_seconds=delay)
        else:
            call.cloud.elb.roster.registrations.remove(arn, gone)
    return {}


@operation("elbv2", "DescribeTargetHealth")
async def describe_target_health(call: Call) -> Result:
    arn = call.parameters["TargetGroupArn"]
    group = await _target_group(call, arn)
    roster = call.cloud.elb.roster
    known = [*roster.registrations.registered(arn), *roster.registrations.draining(arn)]
    asked = [_registration(each, group) for each in call.parameters.get("Targets", [])]
    described = [
        _described(target, group, roster.health(arn, target) if target in known else None)
        for target in asked or known
    ]
    return {"TargetHealthDescriptions": described}


async def _target_group(call: Call, arn: str) -> Document:
    found = await call.ask("elbv2", "DescribeTargetGroups", TargetGroupArns=[arn])
    return dict(found["TargetGroups"][0])


def _registration(target: Document, group: Document) -> Registration:
    return Registration(id=target["Id"], port=target.get("Port", group["Port"]))


def _check_address(address: str) -> None:
    try:
        ip_address(address)
    except ValueError as error:
        raise AwsError(
            "ValidationError", f"The IP address '{address}' is not a valid IPv4 address"
        ) from error


async def _deregistration_delay(call: Call, arn: str) -> int:
    answer = await call.ask("elbv2", "DescribeTargetGroupAttributes", TargetGroupArn=arn)
    attributes = {each["Key"]: each["Value"] for each in answer["Attributes"]}
    return int(attributes["deregistration_delay.timeout_seconds"])


def _described(target: Registration, group: Document, health: Health | None) -> Document:
    """A target with its health; None for one that is not registered."""
    described: dict[str, Any] = {
        "Target": {"Id": target.id, "Port": target.port},
        "TargetHealth": _told(health, group),
    }
    if health is not None:
        checked = group.get("HealthCheckPort", "traffic-port")
        described["HealthCheckPort"] = str(target.port) if checked == "traffic-port" else checked
    return described


def _told(health: Health | None, group: Document) -> Document:
    if health is None:
        return {
            "State": "unused",
            "Reason": "Target.NotRegistered",
            "Description": "Target is not registered to the target group",
        }
    if not group["LoadBalancerArns"]:
        return {
            "State": "unused",
            "Reason": "Target.NotInUse",
            "Description": "Target group is not configured to receive traffic from the load balancer",
        }
    told = {"State": health.state, "Reason": health.reason, "Description": health.description}
    return {key: str(value) for key, value in told.items() if value is not None}
