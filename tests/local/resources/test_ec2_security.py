from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Life, World

HTTP: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}
HTTPS: dict[str, Any] = {
    "IpProtocol": "tcp",
    "FromPort": "443",
    "ToPort": "443",
    "CidrIpv6": "::/0",
}


def rules(world: World, group_id: str, *, outgoing: bool = False) -> set[tuple[Any, ...]]:
    of_group = [{"Name": "group-id", "Values": [group_id]}]
    found = world.client("ec2").describe_security_group_rules(Filters=of_group)
    return {
        (
            rule["IpProtocol"],
            rule["FromPort"],
            rule["ToPort"],
            rule.get("CidrIpv4")
            or rule.get("CidrIpv6")
            or rule.get("PrefixListId")
            or rule["ReferencedGroupInfo"]["GroupId"],
        )
        for rule in found["SecurityGroupRules"]
        if rule["IsEgress"] == outgoing
    }


def group(world: World, **properties: Any) -> Life:
    return world.make("AWS::EC2::SecurityGroup", GroupDescription="of a test", **properties)


def test_a_security_group_lives(world: World) -> None:
    vpc_id = world.vpc()
    balancer = group(world, VpcId=vpc_id, GroupName="balancer", SecurityGroupIngress=[HTTP, HTTPS])
    assert rules(world, balancer.physical_id) == {
        ("tcp", 80, 80, "0.0.0.0/0"),
        ("tcp", 443, 443, "::/0"),
    }
    assert rules(world, balancer.physical_id, outgoing=True) == {("-1", -1, -1, "0.0.0.0/0")}

    from_balancer = {"IpProtocol": -1, "SourceSecurityGroupId": balancer.physical_id}
    tasks = group(world, VpcId=vpc_id, SecurityGroupIngress=[from_balancer])
    assert rules(world, tasks.physical_id) == {("-1", -1, -1, balancer.physical_id)}
    assert tasks.attributes["GroupId"] == tasks.physical_id

    balancer.update(
        GroupDescription="of a test",
        VpcId=vpc_id,
        GroupName="balancer",
        SecurityGroupIngress=[HTTPS],
        SecurityGroupEgress=[HTTP],
    )
    assert rules(world, balancer.physical_id) == {("tcp", 443, 443, "::/0")}
    assert rules(world, balancer.physical_id, outgoing=True) == {("tcp", 80, 80, "0.0.0.0/0")}
    balancer.update(GroupDescription="of a test", VpcId=vpc_id, GroupName="balancer")
    assert rules(world, balancer.physical_id, outgoing=True) == {("-1", -1, -1, "0.0.0.0/0")}

    tasks.delete()
    balancer.delete()
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    left = world.client("ec2").describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    assert [each["GroupName"] for each in left] == ["default"]


def test_a_prefix_list_is_a_source(world: World) -> None:
    lists = world.client("ec2").describe_managed_prefix_lists()["PrefixLists"]
    prefix_list = lists[0]["PrefixListId"]
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "SourcePrefixListId": prefix_list,
    }
    made = group(world, VpcId=world.vpc(), SecurityGroupIngress=[rule])
    assert rules(world, made.physical_id) == {("tcp", 443, 443, prefix_list)}


def test_a_change_of_description_changes_the_rule_and_nothing_else(world: World) -> None:
    vpc_id = world.vpc()
    made = group(world, VpcId=vpc_id, SecurityGroupIngress=[HTTP])
    described = {**HTTP, "Description": "the world"}
    made.update(GroupDescription="of a test", VpcId=vpc_id, SecurityGroupIngress=[described])
    of_group = [{"Name": "group-id", "Values": [made.physical_id]}]
    found = world.client("ec2").describe_security_group_rules(Filters=of_group)
    incoming = [rule for rule in found["SecurityGroupRules"] if not rule["IsEgress"]]
    assert [rule["Description"] for rule in incoming] == ["the world"]


def test_rules_that_stand_alone_live_and_survive_the_update_of_their_group(world: World) -> None:
    vpc_id = world.vpc()
    made = group(world, VpcId=vpc_id)
    incoming = world.make("AWS::EC2::SecurityGroupIngress", GroupId=made.physical_id, **HTTP)
    outgoing = world.make("AWS::EC2::SecurityGroupEgress", GroupId=made.physical_id, **HTTPS)
    assert incoming.physical_id.startswith("sgr-")
    made.update(GroupDescription="of a test", VpcId=vpc_id, SecurityGroupIngress=[HTTPS])
    assert rules(world, made.physical_id) == {
        ("tcp", 80, 80, "0.0.0.0/0"),
        ("tcp", 443, 443, "::/0"),
    }
    incoming.update(GroupId=made.physical_id, **HTTP, Description="the world")
    incoming.delete()
    outgoing.delete()
    assert rules(world, made.physical_id) == {("tcp", 443, 443, "::/0")}
    assert rules(world, made.physical_id, outgoing=True) == {("-1", -1, -1, "0.0.0.0/0")}


def test_a_group_of_the_default_vpc_goes_by_its_name(world: World) -> None:
    made = group(world, SecurityGroupIngress=[HTTP])
    assert made.physical_id.startswith("demo-Thing-")
    assert rules(world, made.attributes["GroupId"]) == {("tcp", 80, 80, "0.0.0.0/0")}
    made.delete()


def test_a_group_whose_rules_are_refused_is_not_left_behind(world: World) -> None:
    vpc_id = world.vpc()
    broken = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "no address"}
    unmade = world.unmade("AWS::EC2::SecurityGroup")
    with pytest.raises(ClientError, match="no address"):
        unmade.create(GroupDescription="x", VpcId=vpc_id, SecurityGroupIngress=[HTTP, broken])
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    left = world.client("ec2").describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    assert [each["GroupName"] for each in left] == ["default"]
