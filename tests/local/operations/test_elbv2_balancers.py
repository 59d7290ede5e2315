"""Load balancers: names and networks that AWS refuses, attributes, and their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from load_balancing import (
    Network,
    answer,
    free_port,
    get,
    is_open,
    listener,
    load_balancer,
    network,
)
from local_cloud import LocalCloud

Refusal = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def plain_balancer(elbv2: Any, where: Network) -> str:
    made = elbv2.create_load_balancer(**parameters(where, "plain"))
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def parameters(where: Network, name: str, **changed: Any) -> dict[str, Any]:
    known = {
        "Name": name,
        "Subnets": list(where.subnet_ids),
        "SecurityGroups": [where.security_group_id],
    }
    return {**known, **changed}


def test_a_load_balancer_is_active_and_answers_at_localhost(elbv2: Any, where: Network) -> None:
    created = elbv2.create_load_balancer(**parameters(where, "told"))["LoadBalancers"][0]
    told = elbv2.describe_load_balancers(Names=["told"])["LoadBalancers"][0]
    assert {**told, "State": created["State"]} == created
    expected = {
        "LoadBalancerName": "told",
        "DNSName": "localhost",
        "Scheme": "internet-facing",
        "Type": "application",
        "VpcId": where.vpc_id,
        "SecurityGroups": [where.security_group_id],
        "State": {"Code": "active"},
        "IpAddressType": "ipv4",
    }
    assert {key: told[key] for key in expected} == expected


def test_without_a_security_group_it_gets_the_networks_default(
    cloud: LocalCloud, elbv2: Any, where: Network
) -> None:
    elbv2.create_load_balancer(Name="default-group", Subnets=list(where.subnet_ids))
    told = elbv2.describe_load_balancers(Names=["default-group"])["LoadBalancers"][0]
    named = cloud.client("ec2").describe_security_groups(GroupIds=told["SecurityGroups"])
    assert [group["GroupName"] for group in named["SecurityGroups"]] == ["default"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x" * 33, f"The load balancer name '{'x' * 33}' cannot be longer than '32' characters"),
        (
            "under_score",
            "The load balancer name 'under_score' can only contain characters that are "
            "alphanumeric characters and hyphens(-)",
        ),
        ("-a", "The load balancer name '-a' cannot begin or end with '-'"),
        ("a-", "The load balancer name 'a-' cannot begin or end with '-'"),
        ("internal-a", "The load balancer name 'internal-a' cannot begin with 'internal-'"),
    ],
)
def test_names_that_aws_refuses_are_refused(
    elbv2: Any, where: Network, refusal: Refusal, name: str, message: str
) -> None:
    assert refusal(elbv2.create_load_balancer, **parameters(where, name)) == (
        "ValidationError",
        message,
    )


def test_networks_that_aws_refuses_are_refused(
    cloud: LocalCloud, elbv2: Any, where: Network, refusal: Refusal
) -> None:
    ec2 = cloud.client("ec2")
    first, second = where.subnet_ids
    zone = ec2.describe_subnets(SubnetIds=[first])["Subnets"][0]["AvailabilityZone"]
    same_zone = ec2.create_subnet(
        VpcId=where.vpc_id, CidrBlock="10.0.99.0/24", AvailabilityZone=zone
    )["Subnet"]["SubnetId"]

    def refused(**changed: Any) -> tuple[str, str]:
        return refusal(elbv2.create_load_balancer, **parameters(where, "refused", **changed))

    too_few = "At least two subnets in two different Availability Zones must be specified"
    assert refused(Subnets=[first]) == ("ValidationError", too_few)
    assert refused(Subnets=[first, same_zone]) == ("ValidationError", too_few)
    assert refused(Subnets=[first, second, same_zone])[0] == "InvalidConfigurationRequest"
    assert refused(Subnets=[first, "subnet-00000000"])[0] == "SubnetNotFound"
    assert refused(SecurityGroups=["sg-00000000"])[0] == "InvalidSecurityGroup"
    assert refused(Type="network")[0] == "NotImplemented"
    assert refused(IpAddressType="dualstack")[0] == "NotImplemented"


def test_a_network_without_an_internet_gateway_takes_internal_load_balancers_only(
    cloud: LocalCloud, elbv2: Any, refusal: Refusal
) -> None:
    island = network(cloud.client)
    ec2 = cloud.client("ec2")
    attached = [{"Name": "attachment.vpc-id", "Values": [island.vpc_id]}]
    gateway = ec2.describe_internet_gateways(Filters=attached)["InternetGateways"][0]
    ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=island.vpc_id)
    assert refusal(elbv2.create_load_balancer, **parameters(island, "island")) == (
        "InvalidSubnet",
        f"VPC {island.vpc_id} has no internet gateway",
    )
    made = elbv2.create_load_balancer(**parameters(island, "island", Scheme="internal"))
    assert made["LoadBalancers"][0]["Scheme"] == "internal"


def test_creating_the_same_again_gives_the_same_and_another_is_a_duplicate(
    elbv2: Any, where: Network, refusal: Refusal
) -> None:
    created = elbv2.create_load_balancer(**parameters(where, "again"))["LoadBalancers"][0]
    again = elbv2.create_load_balancer(**parameters(where, "again"))["LoadBalancers"][0]
    assert again["LoadBalancerArn"] == created["LoadBalancerArn"]
    assert refusal(elbv2.create_load_balancer, **parameters(where, "again", Scheme="internal")) == (
        "DuplicateLoadBalancerName",
        "A load balancer with the same name 'again' exists, but with different settings",
    )


def test_deleting_a_load_balancer_closes_its_ports(
    cloud: LocalCloud, elbv2: Any, where: Network
) -> None:
    arn, port = load_balancer(cloud.client, "deleted", where), free_port()
    listener(cloud.client, arn, port, answer("here"))
    assert get(port)[1] == "here"
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert not is_open(port)
    elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_deletion_protection_protects(
    cloud: LocalCloud, elbv2: Any, where: Network, refusal: Refusal
) -> None:
    arn = load_balancer(cloud.client, "protected", where)
    switch = {"Key": "deletion_protection.enabled", "Value": "true"}
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[switch])
    assert refusal(elbv2.delete_load_balancer, LoadBalancerArn=arn) == (
        "OperationNotPermitted",
        f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
    )


def test_attributes_are_told_in_full_and_reach_the_traffic(
    cloud: LocalCloud, elbv2: Any, where: Network
) -> None:
    arn, port = load_balancer(cloud.client, "attributes", where), free_port()
    listener(cloud.client, arn, port, answer("here"))
    ambiguous = ("Content-Length: 0", "Content-Length: 0")
    assert get(port, "/", *ambiguous)[1] == "here"
    changed = elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn,
        Attributes=[{"Key": "routing.http.desync_mitigation_mode", "Value": "strictest"}],
    )["Attributes"]
    value = {each["Key"]: each["Value"] for each in changed}
    assert (
        value["routing.http.desync_mitigation_mode"],
        value["idle_timeout.timeout_seconds"],
        value["load_balancing.cross_zone.enabled"],
    ) == ("strictest", "60", "true")
    assert get(port, "/", *ambiguous)[0].startswith("HTTP/1.1 400 Bad Request\n")


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("idle_timeout.timeout_seconds", "0", "ValidationError"),
        ("idle_timeout.timeout_seconds", "4001", "ValidationError"),
        ("routing.http.desync_mitigation_mode", "lenient", "ValidationError"),
        ("no.such.attribute", "1", "ValidationError"),
        ("access_logs.s3.enabled", "true", "NotImplemented"),
    ],
)
def test_attributes_that_are_not_honoured_are_refused(
    elbv2: Any, plain_balancer: str, refusal: Refusal, key: str, value: str, code: str
) -> None:
    attributes = [{"Key": key, "Value": value}]
    refused = refusal(
        elbv2.modify_load_balancer_attributes, LoadBalancerArn=plain_balancer, Attributes=attributes
    )
    assert refused[0] == code


def test_unknown_load_balancers_are_not_found(elbv2: Any, where: Network, refusal: Refusal) -> None:
    known = elbv2.create_load_balancer(**parameters(where, "known"))["LoadBalancers"][0]
    assert refusal(elbv2.describe_load_balancers, Names=["known", "unknown"]) == (
        "LoadBalancerNotFound",
        "Load balancers '[known, unknown]' not found",
    )
    arns = [known["LoadBalancerArn"], known["LoadBalancerArn"] + "0"]
    assert refusal(elbv2.describe_load_balancers, LoadBalancerArns=arns) == (
        "LoadBalancerNotFound",
        "One or more load balancers not found",
    )
