from __future__ import annotations

import json
from typing import Any

from .conftest import Life, World


def described(world: World, endpoint: Life) -> dict[str, Any]:
    found = world.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint.physical_id])
    return dict(found["VpcEndpoints"][0])


def test_a_gateway_endpoint_routes_for_its_tables(world: World) -> None:
    vpc_id = world.vpc()
    table = world.make("AWS::EC2::RouteTable", VpcId=vpc_id).physical_id
    place = {"VpcId": vpc_id, "ServiceName": "com.amazonaws.us-east-1.s3"}
    endpoint = world.make("AWS::EC2::VPCEndpoint", **place, RouteTableIds=[table])
    found = described(world, endpoint)
    assert found["VpcEndpointType"] == "Gateway"
    assert found["RouteTableIds"] == [table]

    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
    endpoint.update(**place, RouteTableIds=[table], PolicyDocument=policy)
    assert json.loads(described(world, endpoint)["PolicyDocument"]) == policy
    endpoint.delete()
    assert described(world, endpoint)["State"] == "deleted"


def test_an_interface_endpoint_has_an_interface_in_each_subnet(world: World) -> None:
    vpc_id = world.vpc()
    subnets = world.subnets(vpc_id)
    group = world.make("AWS::EC2::SecurityGroup", GroupDescription="doors", VpcId=vpc_id)
    place = {
        "VpcId": vpc_id,
        "VpcEndpointType": "Interface",
        "ServiceName": "com.amazonaws.us-east-1.ecr.api",
    }
    endpoint = world.make(
        "AWS::EC2::VPCEndpoint",
        **place,
        SubnetIds=subnets,
        SecurityGroupIds=[group.physical_id],
        PrivateDnsEnabled=True,
    )
    assert len(endpoint.attributes["NetworkInterfaceIds"]) == 2
    endpoint.update(
        **place,
        SubnetIds=subnets[:1],
        SecurityGroupIds=[group.physical_id],
        PrivateDnsEnabled=True,
    )
    assert described(world, endpoint)["SubnetIds"] == subnets[:1]
    endpoint.delete()
