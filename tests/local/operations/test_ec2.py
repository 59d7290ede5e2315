"""EC2's networks: what AWS refuses around security groups and gateways."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud


@pytest.fixture(scope="module")
def ec2(cloud: LocalCloud) -> Any:
    return cloud.client("ec2")


@pytest.fixture(scope="module")
def vpc(ec2: Any) -> str:
    return str(ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"])


def tcp(first: int, last: int, source: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **source}]


ANYWHERE = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
CHARACTERS = (
    "Valid descriptions are strings less than 256 characters from the following set: "
    "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
)


@pytest.mark.parametrize(
    ("name", "description", "message"),
    [
        (
            "sg-mine",
            "d",
            "Value (sg-mine) for parameter GroupName is invalid. Group names may not be in the "
            "format sg-*.",
        ),
        (
            "g" * 256,
            "d",
            f"Value ({'g' * 256}) for parameter GroupName is invalid. Character length exceeds the "
            "limit of 255.",
        ),
        ("mine", "é", f"Value (é) for parameter GroupDescription is invalid. {CHARACTERS}"),
    ],
)
def test_a_security_group_that_aws_refuses_is_refused(
    ec2: Any, vpc: str, refusal: Any, name: str, description: str, message: str
) -> None:
    assert refusal(
        ec2.create_security_group, GroupName=name, Description=description, VpcId=vpc
    ) == ("InvalidParameterValue", message)


def test_a_security_group_that_others_refer_to_stays(ec2: Any, vpc: str, refusal: Any) -> None:
    balancer, tasks = (
        ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]
        for name in ("balancer", "tasks")
    )
    from_balancer = tcp(80, 80, {"UserIdGroupPairs": [{"GroupId": balancer}]})
    ec2.authorize_security_group_ingress(GroupId=tasks, IpPermissions=from_balancer)

    assert refusal(ec2.delete_security_group, GroupId=balancer) == (
        "DependencyViolation",
        f"resource {balancer} has a dependent object",
    )
    ec2.delete_security_group(GroupId=tasks)
    ec2.delete_security_group(GroupId=balancer)


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        ((0, 70_000), "Invalid value for portRange: TCP/UDP port (0-70000) out of range."),
        ((90, 80), "Invalid value '90-80' for portRange: from port is after to port."),
    ],
)
def test_ports_that_do_not_exist_are_refused(
    ec2: Any, vpc: str, refusal: Any, ports: tuple[int, int], message: str
) -> None:
    group = ec2.create_security_group(GroupName=f"ports-{ports[0]}", Description="d", VpcId=vpc)

    assert refusal(
        ec2.authorize_security_group_ingress,
        GroupId=group["GroupId"],
        IpPermissions=tcp(*ports, ANYWHERE),
    ) == ("InvalidParameterValue", message)


def test_a_network_has_one_internet_gateway(ec2: Any, vpc: str, refusal: Any) -> None:
    first, second = (
        ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"] for _ in range(2)
    )
    ec2.attach_internet_gateway(InternetGatewayId=first, VpcId=vpc)

    assert refusal(ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=vpc) == (
        "InvalidParameterValue",
        f"Network {vpc} already has an internet gateway attached",
    )


def test_no_instance_runs(ec2: Any, refusal: Any) -> None:
    assert refusal(ec2.run_instances, ImageId="ami-12345678", MinCount=1, MaxCount=1) == (
        "NotImplemented",
        "The local cloud does not support ec2:RunInstances (instances).",
    )


def test_a_gateway_endpoint_is_a_route_in_each_of_its_tables(cloud: LocalCloud) -> None:
    ec2 = cloud.client("ec2")
    network = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    first, second = (
        ec2.create_route_table(VpcId=network)["RouteTable"]["RouteTableId"] for _ in range(2)
    )
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[first]
    )["VpcEndpoint"]["VpcEndpointId"]
    ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint, AddRouteTableIds=[second], RemoveRouteTableIds=[first]
    )

    def leads_there(table: str) -> bool:
        routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return endpoint in [route.get("GatewayId") for route in routes]

    assert (leads_there(first), leads_there(second)) == (False, True)
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint]).get("Unsuccessful", []) == []
    assert not leads_there(second)


def test_an_endpoint_that_cannot_have_a_route_table_stays_as_it_is(
    cloud: LocalCloud, refusal: Any
) -> None:
    ec2 = cloud.client("ec2")
    network = ec2.create_vpc(CidrBlock="10.79.0.0/16")["Vpc"]["VpcId"]
    endpoint = ec2.create_vpc_endpoint(VpcId=network, ServiceName="com.amazonaws.us-east-1.s3")[
        "VpcEndpoint"
    ]["VpcEndpointId"]

    assert refusal(
        ec2.modify_vpc_endpoint,
        VpcEndpointId=endpoint,
        AddRouteTableIds=["rtb-0123456789abcdef0"],
    ) == (
        "InvalidRouteTableID.NotFound",
        "The routeTable ID 'rtb-0123456789abcdef0' does not exist",
    )
    found = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]
    assert found["RouteTableIds"] == []
