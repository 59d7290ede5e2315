"""EC2's networks: nothing stays behind of what is deleted."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud


@pytest.fixture(scope="module")
def ec2(cloud: LocalCloud) -> Any:
    return cloud.client("ec2")


def network(ec2: Any) -> tuple[str, str]:
    """A VPC with a subnet."""
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.78.1.0/24")["Subnet"]["SubnetId"]
    return vpc, subnet


def test_a_nat_gateway_takes_its_interface_and_tags_along_and_frees_its_address(ec2: Any) -> None:
    _, subnet = network(ec2)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "of", "Value": "a-test"}]}]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=tags)[
        "NatGateway"
    ]
    interface = made["NatGatewayAddresses"][0]["NetworkInterfaceId"]

    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])

    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert interface not in [each["NetworkInterfaceId"] for each in interfaces]
    found = ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
    assert "AssociationId" not in found
    of_gateway = [{"Name": "resource-id", "Values": [made["NatGatewayId"]]}]
    assert ec2.describe_tags(Filters=of_gateway)["Tags"] == []


def test_network_acls_know_only_networks_and_subnets_that_are_there(ec2: Any) -> None:
    vpc, subnet = network(ec2)
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]

    def subnets() -> list[list[str]]:
        acls = ec2.describe_network_acls(Filters=of_vpc)["NetworkAcls"]
        return [[each["SubnetId"] for each in acl["Associations"]] for acl in acls]

    assert subnets() == [[subnet]]
    ec2.delete_subnet(SubnetId=subnet)
    assert subnets() == [[]]
    ec2.delete_vpc(VpcId=vpc)
    assert subnets() == []


def test_a_deleted_endpoint_is_told_of_no_more(ec2: Any, refusal: Any) -> None:
    vpc, _ = network(ec2)
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")[
        "VpcEndpoint"
    ]["VpcEndpointId"]

    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])

    told = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert endpoint not in [each["VpcEndpointId"] for each in told]
    assert refusal(ec2.describe_vpc_endpoints, VpcEndpointIds=[endpoint]) == (
        "InvalidVpcEndpointId.NotFound",
        f"The Vpc Endpoint Id '{endpoint}' does not exist",
    )
