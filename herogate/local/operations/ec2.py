"""EC2's networks: the refusals around security groups and gateways that moto lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, operation

_GROUP_TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
_PORTS = range(65_536)


@operation("ec2", "CreateSecurityGroup")
async def create_security_group(call: Call) -> Reply:
    name, description = call.parameters["GroupName"], call.parameters["Description"]
    if name.lower().startswith("sg-"):
        raise _invalid(name, "GroupName", "Group names may not be in the format sg-*.")
    for text, parameter in ((name, "GroupName"), (description, "GroupDescription")):
        if len(text) > 255:
            raise _invalid(text, parameter, "Character length exceeds the limit of 255.")
        if not _GROUP_TEXT.fullmatch(text):
            raise _invalid(
                text,
                parameter,
                "Valid descriptions are strings less than 256 characters from the following set: "
                "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
            )
    return await call.proceed()


@operation("ec2", "AuthorizeSecurityGroupEgress")
@operation("ec2", "AuthorizeSecurityGroupIngress")
async def authorize_security_group(call: Call) -> Reply:
    for permission in [*call.parameters.get("IpPermissions", []), call.parameters]:
        _check_ports(permission)
    return await call.proceed()


@operation("ec2", "DeleteSecurityGroup")
async def delete_security_group(call: Call) -> Reply:
    group = call.parameters.get("GroupId")
    if group is not None and await _is_referenced(call, group):
        raise AwsError("DependencyViolation", f"resource {group} has a dependent object")
    return await call.proceed()


@operation("ec2", "AttachInternetGateway")
async def attach_internet_gateway(call: Call) -> Reply:
    gateway, network = call.parameters["InternetGatewayId"], call.parameters["VpcId"]
    attached = [{"Name": "attachment.vpc-id", "Values": [network]}]
    others = await call.ask("ec2", "DescribeInternetGateways", Filters=attached)
    if any(other["InternetGatewayId"] != gateway for other in others["InternetGateways"]):
        raise AwsError(
            "InvalidParameterValue",
            f"Network {network} already has an internet gateway attached",
        )
    return await call.proceed()


@operation("ec2", "CreateVpcEndpoint")
async def create_vpc_endpoint(call: Call) -> Reply:
    """An endpoint is a gateway unless said otherwise."""
    return await call.proceed(VpcEndpointType=call.parameters.get("VpcEndpointType", "Gateway"))


@operation("ec2", "ModifyVpcEndpoint")
async def modify_vpc_endpoint(call: Call) -> Reply:
    """A gateway endpoint is a route in each of its route tables: they come and go with it."""
    added = call.parameters.get("AddRouteTableIds", [])
    if added:  # one that is not there is refused before moto notes it
        await call.ask("ec2", "DescribeRouteTables", RouteTableIds=added)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    endpoint = call.parameters["VpcEndpointId"]
    for table in added:
        route = {"RouteTableId": table, "DestinationPrefixListId": await _prefix_list(call)}
        await call.ask("ec2", "CreateRoute", **route, GatewayId=endpoint)
    for table in call.parameters.get("RemoveRouteTableIds", []):
        route = {"RouteTableId": table, "DestinationPrefixListId": await _prefix_list(call)}
        await call.ask("ec2", "DeleteRoute", **route)
    return reply


async def _prefix_list(call: Call) -> str:
    """The addresses of the service that the endpoint called about leads to."""
    endpoints = [call.parameters["VpcEndpointId"]]
    found = await call.ask("ec2", "DescribeVpcEndpoints", VpcEndpointIds=endpoints)
    service = found["VpcEndpoints"][0]["ServiceName"]
    lists = await call.ask("ec2", "DescribePrefixLists")
    named = {each["PrefixListName"]: each["PrefixListId"] for each in lists["PrefixLists"]}
    return str(named[service])


def _check_ports(permission: Mapping[str, Any]) -> None:
    if permission.get("IpProtocol", "-1") not in {"tcp", "udp", "6", "17"}:
        return
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if first is None or last is None:
        raise AwsError(
            "InvalidParameterValue",
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        )
    if first not in _PORTS or last not in _PORTS:
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid value for portRange: TCP/UDP port ({first}-{last}) out of range.",
        )
    if first > last:
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid value '{first}-{last}' for portRange: from port is after to port.",
        )


async def _is_referenced(call: Call, group: str) -> bool:
    """Whether another group's rules, or a network interface, still use it."""
    interfaces = await call.ask(
        "ec2", "DescribeNetworkInterfaces", Filters=[{"Name": "group-id", "Values": [group]}]
    )
    if interfaces["NetworkInterfaces"]:
        return True
    groups = (await call.ask("ec2", "DescribeSecurityGroups"))["SecurityGroups"]
    return any(
        pair.get("GroupId") == group
        for other in groups
        if other["GroupId"] != group
        for permission in [*other["IpPermissions"], *other["IpPermissionsEgress"]]
        for pair in permission.get("UserIdGroupPairs", [])
    )


def _invalid(value: str, parameter: str, why: str) -> AwsError:
    return AwsError(
        "InvalidParameterValue", f"Value ({value}) for parameter {parameter} is invalid. {why}"
    )
