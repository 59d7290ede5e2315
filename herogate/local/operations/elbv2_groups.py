"""Target groups: names, attributes, and who uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from herogate.local import constraints
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.elbv2_answers import told_attributes, told_target_group

Document = Mapping[str, Any]

_GROUPS_PER_REGION = 3000
_COMPARED = ("Protocol", "Port", "VpcId", "TargetType", "HealthCheckPath", "HealthCheckProtocol")

_ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": ("300", r"\d{1,3}|[12]\d{3}|3[0-5]\d{2}|3600"),
    "load_balancing.algorithm.anomaly_mitigation": ("off", r"off"),
    "load_balancing.algorithm.type": ("round_robin", r"round_robin"),
    "load_balancing.cross_zone.enabled": (
        "use_load_balancer_configuration",
        r"true|use_load_balancer_configuration",
    ),
    "slow_start.duration_seconds": ("0", r"0"),
    "stickiness.enabled": ("false", r"false"),
    "stickiness.lb_cookie.duration_seconds": ("86400", r"\d{1,6}"),
    "stickiness.type": ("lb_cookie", r"lb_cookie|app_cookie"),
    "target_group_health.dns_failover.minimum_healthy_targets.count": ("1", r"1|off"),
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": ("off", r"off"),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": ("1", r"1"),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": (
        "off",
        r"off",
    ),
}
"""An attribute's default, and the values that the local cloud honours or that change nothing here."""


@operation("elbv2", "CreateTargetGroup")
async def create_target_group(call: Call) -> Result | Reply:
    constraints.check(call)
    _refuse_unknown(call.parameters)
    _check_times(call.parameters)
    async with call.cloud.elb.change(call.region):
        present = (await call.ask("elbv2", "DescribeTargetGroups"))["TargetGroups"]
        for group in present:
            if group["TargetGroupName"] == call.parameters["Name"]:
                return {"TargetGroups": [_same(call, group)]}
        if len(present) >= _GROUPS_PER_REGION:
            raise AwsError(
                "TooManyTargetGroups", "The maximum number of target groups has been reached"
            )
        return await call.proceed()


@operation("elbv2", "ModifyTargetGroup")
async def modify_target_group(call: Call) -> Result | Reply:
    constraints.check(call)
    arns = [call.parameters["TargetGroupArn"]]
    found = await call.ask("elbv2", "DescribeTargetGroups", TargetGroupArns=arns)
    _check_times({**found["TargetGroups"][0], **call.parameters})
    async with call.cloud.elb.change(call.region):
        return _told(call, await call.proceed())


@operation("elbv2", "DescribeTargetGroups")
async def describe_target_groups(call: Call) -> Result | Reply:
    """With the load balancers that use each at this moment; moto remembers all that ever did."""
    arn = call.parameters.get("LoadBalancerArn")
    if arn is None or call.parameters.get("Names") or call.parameters.get("TargetGroupArns"):
        return _told(call, await call.proceed())
    declared = call.cloud.elb.declared(call.region)
    used = [each.target_groups for each in declared.load_balancers if each.arn == arn]
    if not used:
        raise AwsError("LoadBalancerNotFound", f"Load balancer '{arn}' not found")
    if not used[0]:
        return {"TargetGroups": []}
    return await call.ask("elbv2", "DescribeTargetGroups", TargetGroupArns=sorted(used[0]))


@operation("elbv2", "DeleteTargetGroup")
async def delete_target_group(call: Call) -> Reply:
    arn = call.parameters["TargetGroupArn"]
    async with call.cloud.elb.change(call.region):
        declared = call.cloud.elb.declared(call.region)
        if any(arn in balancer.target_groups for balancer in declared.load_balancers):
            raise AwsError(
                "ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule"
            )
        reply = await call.proceed()
        if reply.ok:
            registrations = call.cloud.elb.roster.registrations
            left = [*registrations.registered(arn), *registrations.draining(arn)]
            registrations.remove(arn, left)
        return reply


@operation("elbv2", "DescribeTargetGroupAttributes")
async def describe_target_group_attributes(call: Call) -> Result | Reply:
    reply = await call.proceed()
    if not reply.ok:
        return reply
    of_load_balancers = {"waf.fail_open.enabled": None}
    return told_attributes(reply.result, _ATTRIBUTES, of_load_balancers)


@operation("elbv2", "ModifyTargetGroupAttributes")
async def modify_target_group_attributes(call: Call) -> Result | Reply:
    for attribute in call.parameters["Attributes"]:
        _check_attribute(attribute["Key"], attribute["Value"])
    async with call.cloud.elb.change(call.region):
        reply = await call.proceed()
        if not reply.ok:
            return reply
        arn = call.parameters["TargetGroupArn"]
        return await call.ask("elbv2", "DescribeTargetGroupAttributes", TargetGroupArn=arn)


def _refuse_unknown(parameters: Document) -> None:
    if parameters.get("TargetType", "instance") not in ("instance", "ip"):
        raise not_supported(f"target groups of type '{parameters['TargetType']}'")
    if parameters.get("Protocol", "HTTP") not in ("HTTP", "HTTPS"):
        raise not_supported(f"target groups with the protocol '{parameters['Protocol']}'")
    if parameters.get("ProtocolVersion", "HTTP1") != "HTTP1":
        raise not_supported(f"the protocol version '{parameters['ProtocolVersion']}'")
    if parameters.get("IpAddressType", "ipv4") != "ipv4":
        raise not_supported(f"the IP address type '{parameters['IpAddressType']}'")
    if "TargetControlPort" in parameters:
        raise not_supported("target control ports")


def _check_times(group: Document) -> None:
    """Refuse a health check that would not be over before the next one."""
    interval = group.get("HealthCheckIntervalSeconds", 30)
    timeout = group.get("HealthCheckTimeoutSeconds", 5)
    if timeout > interval:
        raise AwsError(
            "ValidationError",
            f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'",
        )


def _same(call: Call, group: Document) -> Document:
    """The present target group, if the same was asked for: creating it again succeeds."""
    wanted = {"TargetType": "instance", **call.parameters}
    if all(group.get(name) == wanted[name] for name in _COMPARED if name in wanted):
        return group
    name = call.parameters["Name"]
    raise AwsError(
        "DuplicateTargetGroupName",
        f"A target group with the same name '{name}' exists, but with different settings",
    )


def _check_attribute(key: str, value: str) -> None:
    if key == "stickiness.app_cookie.cookie_name":
        return
    if key not in _ATTRIBUTES:
        raise AwsError("ValidationError", f"Target group attribute key '{key}' is not recognized")
    default, honoured = _ATTRIBUTES[key]
    if re.fullmatch(honoured, value):
        return
    if default.isdigit() and not value.isdigit():
        raise AwsError("ValidationError", f"'{key}' value '{value}' is not a number")
    if key == "deregistration_delay.timeout_seconds":
        raise AwsError(
            "ValidationError", f"'{key}' value '{value}' must be between '0-3600' inclusive"
        )
    raise not_supported(f"the target group attribute {key} with the value '{value}'")


def _told(call: Call, reply: Reply) -> Result | Reply:
    if not reply.ok:
        return reply
    declared = call.cloud.elb.declared(call.region)
    told = [told_target_group(each, declared) for each in reply.result.get("TargetGroups", [])]
    return {**reply.result, "TargetGroups": told}
