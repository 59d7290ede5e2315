"""Registering targets, and what is known of their health.

No health checks run yet, so a registered target of a group in use is ``initial``: AWS's word for one
that has not been checked. Loopback addresses, which AWS refuses, are this cloud's own network.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from herogate.local import constraints
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
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
        if len({*call.cloud.elb.registrations.of(arn), *targets}) > _TARGETS_PER_GROUP:
            raise AwsError("TooManyTargets", "The maximum number of targets has been reached")
        call.cloud.elb.registrations.register(arn, targets)
    return {}


@operation("elbv2", "DeregisterTargets")
async def deregister_targets(call: Call) -> Result:
    """A target that is not registered is no error."""
    constraints.check(call)
    arn = call.parameters["TargetGroupArn"]
    async with call.cloud.elb.change(call.region):
        group = await _target_group(call, arn)
        gone = [_registration(each, group) for each in call.parameters["Targets"]]
        call.cloud.elb.registrations.deregister(arn, gone)
    return {}


@operation("elbv2", "DescribeTargetHealth")
async def describe_target_health(call: Call) -> Result:
    arn = call.parameters["TargetGroupArn"]
    group = await _target_group(call, arn)
    registered = list(call.cloud.elb.registrations.of(arn))
    asked = [_registration(each, group) for each in call.parameters.get("Targets", [])]
    described = [_health(target, group, target in registered) for target in asked or registered]
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


def _health(target: Registration, group: Document, is_registered: bool) -> Document:
    if not is_registered:
        state, reason = "unused", "Target.NotRegistered"
        description = "Target is not registered to the target group"
    elif not group["LoadBalancerArns"]:
        state, reason = "unused", "Target.NotInUse"
        description = "Target group is not configured to receive traffic from the load balancer"
    else:
        state, reason = "initial", "Elb.RegistrationInProgress"
        description = "Target registration is in progress"
    described = {
        "Target": {"Id": target.id, "Port": target.port},
        "TargetHealth": {"State": state, "Reason": reason, "Description": description},
    }
    if is_registered:
        checked = group.get("HealthCheckPort", "traffic-port")
        described["HealthCheckPort"] = str(target.port) if checked == "traffic-port" else checked
    return described
