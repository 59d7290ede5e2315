"""Load balancers: names, networks and attributes as AWS has them; application ones only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local import constraints
from herogate.local.errors import AwsError, not_supported
from herogate.local.moto_bridge import hooks
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.elbv2_answers import told_attributes
from herogate.local.planes.elb.table import DesyncMode, ForwardedFor

Document = Mapping[str, Any]

_DNS_NAME = "localhost"
_NAME_LIMIT = 32
_BALANCERS_PER_REGION = 50
_SWITCH = r"true|false"
_HTTP = "routing.http."

_ATTRIBUTES = {
    "access_logs.s3.bucket": ("", r""),
    "access_logs.s3.enabled": ("false", r"false"),
    "access_logs.s3.prefix": ("", r""),
    "client_keep_alive.seconds": ("3600", r"3600"),
    "connection_logs.s3.bucket": ("", r""),
    "connection_logs.s3.enabled": ("false", r"false"),
    "connection_logs.s3.prefix": ("", r""),
    "deletion_protection.enabled": ("false", _SWITCH),
    "health_check_logs.s3.bucket": ("", r""),
    "health_check_logs.s3.enabled": ("false", r"false"),
    "health_check_logs.s3.prefix": ("", r""),
    "idle_timeout.timeout_seconds": ("60", r"[1-9]\d{0,2}|[1-3]\d{3}|4000"),
    "ipv6.deny_all_igw_traffic": ("false", r"false"),
    "load_balancing.cross_zone.enabled": ("true", r"true"),
    f"{_HTTP}desync_mitigation_mode": ("defensive", "|".join(DesyncMode)),
    f"{_HTTP}drop_invalid_header_fields.enabled": ("false", _SWITCH),
    f"{_HTTP}preserve_host_header.enabled": ("false", _SWITCH),
    f"{_HTTP}x_amzn_tls_version_and_cipher_suite.enabled": ("false", r"false"),
    f"{_HTTP}xff_client_port.enabled": ("false", _SWITCH),
    f"{_HTTP}xff_header_processing.mode": ("append", "|".join(ForwardedFor)),
    "routing.http2.enabled": ("true", _SWITCH),
    "waf.fail_open.enabled": ("false", _SWITCH),
    "zonal_shift.config.enabled": ("false", _SWITCH),
}
"""An attribute's default, and the values that the local cloud honours or that change nothing here."""


@operation("elbv2", "CreateLoadBalancer")
async def create_load_balancer(call: Call) -> Result | Reply:
    constraints.check(call)
    _check_name(call.parameters["Name"])
    _refuse_unknown(call.parameters)
    async with call.cloud.elb.change(call.region):
        present = await _present(call)
        subnets = await _subnets(call)
        groups = await _security_groups(call, subnets[0]["VpcId"])
        for balancer in present:
            if balancer["LoadBalancerName"] == call.parameters["Name"]:
                return {"LoadBalancers": [_same(call, balancer, subnets, groups)]}
        if len(present) >= _BALANCERS_PER_REGION:
            raise AwsError(
                "TooManyLoadBalancers", "The maximum number of load balancers has been reached"
            )
        await _check_gateway(call, subnets[0]["VpcId"])
        return await _create(call, groups)


@operation("elbv2", "DescribeLoadBalancers")
async def describe_load_balancers(call: Call) -> Result | Reply:
    """Moto answers a list of which one is unknown with those it knows."""
    reply = await call.proceed()
    if reply.error and reply.error[0] == "LoadBalancerNotFound":
        raise _not_found(call)
    told = [_told(each) for each in reply.result.get("LoadBalancers", [])]
    for name, field in (("LoadBalancerArns", "LoadBalancerArn"), ("Names", "LoadBalancerName")):
        if set(call.parameters.get(name, [])) - {balancer[field] for balancer in told}:
            raise _not_found(call)
    return {**reply.result, "LoadBalancers": told} if reply.ok else reply


@operation("elbv2", "DeleteLoadBalancer")
async def delete_load_balancer(call: Call) -> Result | Reply:
    arn = call.parameters["LoadBalancerArn"]
    async with call.cloud.elb.change(call.region):
        try:
            attributes = await _attributes(call, arn)
        except AwsError:  # deleting what is gone succeeds
            return await call.proceed()
        if attributes["deletion_protection.enabled"] == "true":
            raise AwsError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        return await call.proceed()


@operation("elbv2", "DescribeLoadBalancerAttributes")
async def describe_load_balancer_attributes(call: Call) -> Result | Reply:
    reply = await call.proceed()
    if not reply.ok:
        return reply
    # Moto starts application load balancers with the network ones' default.
    corrected = {"load_balancing.cross_zone.enabled": "true"}
    return told_attributes(reply.result, _ATTRIBUTES, corrected)


@operation("elbv2", "ModifyLoadBalancerAttributes")
async def modify_load_balancer_attributes(call: Call) -> Result | Reply:
    for attribute in call.parameters["Attributes"]:
        _check_attribute(attribute["Key"], attribute["Value"])
    async with call.cloud.elb.change(call.region):
        reply = await call.proceed()
        if not reply.ok:
            return reply
        arn = call.parameters["LoadBalancerArn"]
        return await call.ask("elbv2", "DescribeLoadBalancerAttributes", LoadBalancerArn=arn)


@operation("elbv2", "SetIpAddressType")
async def set_ip_address_type(call: Call) -> Reply:
    _refuse_unknown(call.parameters)
    return await call.proceed()


@operation("elbv2", "SetSecurityGroups")
async def set_security_groups(call: Call) -> Reply:
    await _security_groups(call, None)
    return await call.proceed()


def _check_name(name: str) -> None:
    if len(name) > _NAME_LIMIT:
        problem = f"cannot be longer than '{_NAME_LIMIT}' characters"
    elif not re.fullmatch(r"[A-Za-z0-9-]+", name):
        problem = "can only contain characters that are alphanumeric characters and hyphens(-)"
    elif name.startswith("-") or name.endswith("-"):
        problem = "cannot begin or end with '-'"
    elif name.startswith("internal-"):
        problem = "cannot begin with 'internal-'"
    else:
        return
    raise AwsError("ValidationError", f"The load balancer name '{name}' {problem}")


def _refuse_unknown(parameters: Document) -> None:
    if parameters.get("Type", "application") != "application":
        raise not_supported(f"load balancers of type '{parameters['Type']}'")
    if parameters.get("IpAddressType", "ipv4") != "ipv4":
        raise not_supported(f"the IP address type '{parameters['IpAddressType']}'")
    for name in ("CustomerOwnedIpv4Pool", "IpamPools"):
        if parameters.get(name):
            raise not_supported(name)


async def _present(call: Call) -> list[Document]:
    found: list[Document] = []
    page: dict[str, Any] = {}
    while True:
        answer = await call.ask("elbv2", "DescribeLoadBalancers", **page)
        found += answer["LoadBalancers"]
        if not answer.get("NextMarker"):
            return found
        page = {"Marker": answer["NextMarker"]}


async def _subnets(call: Call) -> list[Document]:
    """The load balancer's subnets: at least two, in different zones of one network."""
    mappings = [mapping["SubnetId"] for mapping in call.parameters.get("SubnetMappings", [])]
    ids = [*call.parameters.get("Subnets", []), *mappings]
    try:
        answer = await call.ask("ec2", "DescribeSubnets", SubnetIds=ids) if ids else {"Subnets": []}
    except AwsError as error:
        raise AwsError("SubnetNotFound", error.message) from error
    found = list(answer["Subnets"])
    zones = [subnet["AvailabilityZone"] for subnet in found]
    if len(set(zones)) < 2:
        raise AwsError(
            "ValidationError",
            "At least two subnets in two different Availability Zones must be specified",
        )
    if len(set(zones)) < len(zones):
        raise AwsError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    if len({subnet["VpcId"] for subnet in found}) > 1:
        raise AwsError("InvalidConfigurationRequest", "The subnets are not all in the same VPC")
    return found


async def _security_groups(call: Call, vpc_id: str | None) -> list[str]:
    """The security groups asked for, all existing; the network's default one if none was."""
    wanted = list(call.parameters.get("SecurityGroups", []))
    if wanted:
        try:
            await call.ask("ec2", "DescribeSecurityGroups", GroupIds=wanted)
        except AwsError as error:
            raise AwsError("InvalidSecurityGroup", error.message) from error
        return wanted
    if vpc_id is None:
        raise AwsError("ValidationError", "At least one security group must be specified")
    default = await call.ask(
        "ec2",
        "DescribeSecurityGroups",
        Filters=[
            {"Name": "vpc-id", "Values": [vpc_id]},
            {"Name": "group-name", "Values": ["default"]},
        ],
    )
    return [group["GroupId"] for group in default["SecurityGroups"]]


async def _check_gateway(call: Call, vpc_id: str) -> None:
    """A load balancer open to the internet needs a network that is connected to it."""
    if call.parameters.get("Scheme") == "internal":
        return
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    answer = await call.ask("ec2", "DescribeInternetGateways", Filters=attached)
    if not answer["InternetGateways"]:
        raise AwsError("InvalidSubnet", f"VPC {vpc_id} has no internet gateway")


def _same(
    call: Call, balancer: Document, subnets: Sequence[Document], groups: Sequence[str]
) -> Document:
    """The present load balancer, if the same was asked for: creating it again succeeds."""
    zones = {zone["SubnetId"] for zone in balancer["AvailabilityZones"]}
    if (
        balancer["Scheme"] == call.parameters.get("Scheme", "internet-facing")
        and zones == {subnet["SubnetId"] for subnet in subnets}
        and set(balancer.get("SecurityGroups", [])) == set(groups)
    ):
        return balancer
    name = call.parameters["Name"]
    raise AwsError(
        "DuplicateLoadBalancerName",
        f"A load balancer with the same name '{name}' exists, but with different settings",
    )


async def _create(call: Call, groups: list[str]) -> Result | Reply:
    reply = await call.proceed()
    if not reply.ok:
        return reply
    balancer = reply.result["LoadBalancers"][0]
    arn = balancer["LoadBalancerArn"]
    await call.cloud.moto.run(lambda: hooks.set_load_balancer_dns_name(call.region, arn, _DNS_NAME))
    if not call.parameters.get("SecurityGroups"):
        await call.ask("elbv2", "SetSecurityGroups", LoadBalancerArn=arn, SecurityGroups=groups)
    told = {**balancer, "DNSName": _DNS_NAME, "SecurityGroups": groups}
    return {"LoadBalancers": [_told(told)]}


async def _attributes(call: Call, arn: str) -> dict[str, str]:
    answer = await call.ask("elbv2", "DescribeLoadBalancerAttributes", LoadBalancerArn=arn)
    return {each["Key"]: each["Value"] for each in answer["Attributes"]}


def _check_attribute(key: str, value: str) -> None:
    if key not in _ATTRIBUTES:
        raise AwsError("ValidationError", f"Load balancer attribute key '{key}' is not recognized")
    _, honoured = _ATTRIBUTES[key]
    if re.fullmatch(honoured, value):
        return
    if honoured in ("", "true", "false") or key == "client_keep_alive.seconds":
        raise not_supported(f"the load balancer attribute {key} with the value '{value}'")
    raise AwsError("ValidationError", f"Value '{value}' is not valid for attribute '{key}'")


def _told(balancer: Document) -> Document:
    return {"Scheme": "internet-facing", **balancer}


def _not_found(call: Call) -> AwsError:
    names = call.parameters.get("Names")
    if names:
        return AwsError("LoadBalancerNotFound", f"Load balancers '[{', '.join(names)}]' not found")
    return AwsError("LoadBalancerNotFound", "One or more load balancers not found")
