"""What goes with EC2's networks when they are deleted; moto leaves it behind.

A network ACL's associations and a deleted VPC's default ACL stay in moto's state, where no operation
reaches them: they are left out of what is told.
"""

from __future__ import annotations

from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, Result, operation


@operation("ec2", "DeleteNatGateway")
async def delete_nat_gateway(call: Call) -> Reply:
    """Its network interfaces and tags go with it, and its addresses are free again."""
    reply = await call.proceed()
    if not reply.ok:
        return reply
    gateways = [call.parameters["NatGatewayId"]]
    found = await call.ask("ec2", "DescribeNatGateways", NatGatewayIds=gateways)
    addresses = found["NatGateways"][0].get("NatGatewayAddresses", [])
    interfaces = [address["NetworkInterfaceId"] for address in addresses]
    for address in (await call.ask("ec2", "DescribeAddresses"))["Addresses"]:
        if address.get("NetworkInterfaceId") in interfaces:
            association = address["AssociationId"]
            await call.ask("ec2", "DisassociateAddress", AssociationId=association)
    for interface in interfaces:
        await call.ask("ec2", "DeleteNetworkInterface", NetworkInterfaceId=interface)
    if keys := [{"Key": tag["Key"]} for tag in found["NatGateways"][0].get("Tags", [])]:
        await call.ask("ec2", "DeleteTags", Resources=gateways, Tags=keys)
    return reply


@operation("ec2", "DescribeNetworkAcls")
async def describe_network_acls(call: Call) -> Result | Reply:
    """Those of VPCs that are there, with the subnets that are there."""
    reply = await call.proceed()
    if not reply.ok:
        return reply
    networks = {each["VpcId"] for each in (await call.ask("ec2", "DescribeVpcs"))["Vpcs"]}
    found = (await call.ask("ec2", "DescribeSubnets"))["Subnets"]
    subnets = {each["SubnetId"] for each in found}
    told = [_with_subnets(acl, subnets) for acl in reply.result.get("NetworkAcls", [])]
    return {**reply.result, "NetworkAcls": [acl for acl in told if acl["VpcId"] in networks]}


@operation("ec2", "DescribeVpcEndpoints")
async def describe_vpc_endpoints(call: Call) -> Result | Reply:
    """Those that are there; moto tells of deleted ones for ever."""
    reply = await call.proceed()
    if not reply.ok:
        return reply
    found = reply.result.get("VpcEndpoints", [])
    gone = [each["VpcEndpointId"] for each in found if each["State"] == "deleted"]
    for endpoint in call.parameters.get("VpcEndpointIds", []):
        if endpoint in gone:
            raise AwsError(
                "InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint}' does not exist"
            )
    present = [each for each in found if each["VpcEndpointId"] not in gone]
    return {**reply.result, "VpcEndpoints": present}


def _with_subnets(acl: dict[str, Any], subnets: set[str]) -> dict[str, Any]:
    associations = [each for each in acl["Associations"] if each["SubnetId"] in subnets]
    return {**acl, "Associations": associations}
