from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import STACK_TAGS, World


def test_a_vpc_lives(world: World) -> None:
    ec2 = world.client("ec2")
    vpc = world.make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames="true")

    def dns(name: str) -> bool:
        answer = ec2.describe_vpc_attribute(VpcId=vpc.physical_id, Attribute=name)
        return bool(answer[f"{name[0].upper()}{name[1:]}"]["Value"])

    assert dns("enableDnsHostnames")
    assert dns("enableDnsSupport")
    assert vpc.attributes["CidrBlock"] == "10.0.0.0/16"
    assert vpc.attributes["DefaultSecurityGroup"].startswith("sg-")
    assert vpc.attributes["DefaultNetworkAcl"].startswith("acl-")

    vpc.update(
        CidrBlock="10.0.0.0/16", EnableDnsSupport=False, Tags=[{"Key": "colour", "Value": "red"}]
    )
    assert not dns("enableDnsHostnames")
    assert not dns("enableDnsSupport")
    described = ec2.describe_vpcs(VpcIds=[vpc.physical_id])["Vpcs"][0]
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert tags == {**STACK_TAGS, "colour": "red"}

    vpc.update(CidrBlock="10.0.0.0/16", Tags=[{"Key": "size", "Value": "5"}])
    described = ec2.describe_vpcs(VpcIds=[vpc.physical_id])["Vpcs"][0]
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert tags == {**STACK_TAGS, "size": "5"}

    vpc.delete()
    with pytest.raises(ClientError, match="InvalidVpcID"):
        ec2.describe_vpcs(VpcIds=[vpc.physical_id])


def test_a_subnet_lives(world: World) -> None:
    ec2 = world.client("ec2")
    place = {"VpcId": world.vpc(), "CidrBlock": "10.0.3.0/24", "AvailabilityZone": "us-east-1c"}
    subnet = world.make("AWS::EC2::Subnet", **place, MapPublicIpOnLaunch=True)

    def public() -> bool:
        found = ec2.describe_subnets(SubnetIds=[subnet.physical_id])["Subnets"][0]
        return bool(found["MapPublicIpOnLaunch"])

    assert public()
    assert subnet.attributes["AvailabilityZone"] == "us-east-1c"
    subnet.update(**place)
    assert not public()
    subnet.delete()
    with pytest.raises(ClientError, match="InvalidSubnetID"):
        ec2.describe_subnets(SubnetIds=[subnet.physical_id])


def test_an_internet_gateway_is_attached_moved_and_detached(world: World) -> None:
    ec2 = world.client("ec2")
    vpc_id = world.vpc()
    first, second = (world.make("AWS::EC2::InternetGateway") for _ in range(2))
    attachment = world.make(
        "AWS::EC2::VPCGatewayAttachment", VpcId=vpc_id, InternetGatewayId=first.physical_id
    )

    def attached() -> list[str]:
        of_vpc = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
        found = ec2.describe_internet_gateways(Filters=of_vpc)["InternetGateways"]
        return [gateway["InternetGatewayId"] for gateway in found]

    assert attachment.physical_id == f"IGW|{vpc_id}"
    assert attached() == [first.physical_id]
    attachment.update(VpcId=vpc_id, InternetGatewayId=second.physical_id)
    assert attached() == [second.physical_id]
    attachment.delete()
    assert attached() == []
    first.delete()
    second.delete()
    assert ec2.describe_internet_gateways()["InternetGateways"] == []
