from __future__ import annotations

from typing import Any

from .conftest import Life, World


def attached_gateway(world: World, vpc_id: str) -> str:
    gateway = world.make("AWS::EC2::InternetGateway").physical_id
    world.make("AWS::EC2::VPCGatewayAttachment", VpcId=vpc_id, InternetGatewayId=gateway)
    return gateway


def routes(world: World, table: Life) -> list[dict[str, Any]]:
    found = world.client("ec2").describe_route_tables(RouteTableIds=[table.physical_id])
    return [
        route for route in found["RouteTables"][0]["Routes"] if route.get("GatewayId") != "local"
    ]


def test_a_route_is_made_replaced_and_removed(world: World) -> None:
    vpc_id = world.vpc()
    table = world.make("AWS::EC2::RouteTable", VpcId=vpc_id)
    place = {"RouteTableId": table.physical_id, "DestinationCidrBlock": "0.0.0.0/0"}
    gateway = attached_gateway(world, vpc_id)
    route = world.make("AWS::EC2::Route", **place, GatewayId=gateway)
    assert route.physical_id == f"{table.physical_id}|0.0.0.0/0"
    assert route.attributes == {"CidrBlock": "0.0.0.0/0"}
    assert [each["GatewayId"] for each in routes(world, table)] == [gateway]

    address = world.make("AWS::EC2::EIP", Domain="vpc")
    nat = world.make(
        "AWS::EC2::NatGateway",
        AllocationId=address.attributes["AllocationId"],
        SubnetId=world.subnets(vpc_id)[0],
    )
    route.update(**place, NatGatewayId=nat.physical_id)
    assert [each.get("NatGatewayId") for each in routes(world, table)] == [nat.physical_id]

    route.delete()
    assert routes(world, table) == []
    nat.delete()
    address.delete()
    assert world.client("ec2").describe_addresses()["Addresses"] == []


def test_a_route_table_serves_a_subnet_until_it_is_disassociated(world: World) -> None:
    ec2 = world.client("ec2")
    vpc_id = world.vpc()
    table = world.make("AWS::EC2::RouteTable", VpcId=vpc_id)
    subnet_id = world.subnets(vpc_id)[0]
    association = world.make(
        "AWS::EC2::SubnetRouteTableAssociation",
        RouteTableId=table.physical_id,
        SubnetId=subnet_id,
    )
    found = ec2.describe_route_tables(RouteTableIds=[table.physical_id])["RouteTables"][0]
    assert [each["SubnetId"] for each in found["Associations"]] == [subnet_id]

    association.delete()
    table.delete()
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    tables = ec2.describe_route_tables(Filters=of_vpc)["RouteTables"]
    assert table.physical_id not in [each["RouteTableId"] for each in tables]


def test_an_address_is_known_by_itself_and_by_its_allocation(world: World) -> None:
    address = world.make("AWS::EC2::EIP", Tags=[{"Key": "use", "Value": "nat"}])
    found = world.client("ec2").describe_addresses(PublicIps=[address.physical_id])["Addresses"][0]
    assert found["AllocationId"] == address.attributes["AllocationId"]
    assert {"Key": "use", "Value": "nat"} in found["Tags"]
    address.update()
    found = world.client("ec2").describe_addresses(PublicIps=[address.physical_id])["Addresses"][0]
    assert {"Key": "use", "Value": "nat"} not in found["Tags"]
