"""Updates that fail half-way through one resource: what was not done is not undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from load_balancing import free_port
from stacks_at_work import StacksAtWork

Resources = dict[str, Any]


def made(type_name: str, depends_on: str | None = None, /, **properties: Any) -> Resources:
    after = {} if depends_on is None else {"DependsOn": depends_on}
    return {"Type": type_name, "Properties": properties, **after}


def ref(logical_id: str) -> Mapping[str, str]:
    return {"Ref": logical_id}


def index(name: str) -> Mapping[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }


def table(*indexes: str, **more: Any) -> Resources:
    return made(
        "AWS::DynamoDB::Table",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("id", "owner")
        ],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[index(name) for name in indexes],
        **more,
    )


NETWORK: Resources = {
    "Vpc": made("AWS::EC2::VPC", CidrBlock="10.80.0.0/16"),
    "Table": made("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
    "Gateway": made("AWS::EC2::InternetGateway"),
    "Attached": made(
        "AWS::EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")
    ),
    **{
        f"Subnet{zone}": made(
            "AWS::EC2::Subnet",
            VpcId=ref("Vpc"),
            CidrBlock=f"10.80.{number}.0/24",
            AvailabilityZone=f"us-east-1{zone}",
        )
        for number, zone in enumerate("ab")
    },
}


def endpoint(table: Any) -> Resources:
    return made(
        "AWS::EC2::VPCEndpoint",
        VpcId=ref("Vpc"),
        ServiceName="com.amazonaws.us-east-1.s3",
        RouteTableIds=[table],
    )


def balancer(**more: Any) -> Resources:
    subnets = [ref("Subneta"), ref("Subnetb")]
    return made("AWS::ElasticLoadBalancingV2::LoadBalancer", "Attached", Subnets=subnets, **more)


def rule(path: str, priority: int) -> Resources:
    return made(
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        ListenerArn=ref("Listener"),
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "Values": [path]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )


def listener() -> Resources:
    return made(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn=ref("Balancer"),
        Port=free_port(),
        Protocol="HTTP",
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )


def test_two_indexes_at_once_leave_a_table_with_its_own(stacks: StacksAtWork) -> None:
    stacks.create({"It": table("by-owner")})
    assert stacks.update({"It": table("by-any", "by-all")}) == "UPDATE_ROLLBACK_COMPLETE"
    name = stacks.physical_id("It")
    found = stacks.cloud.client("dynamodb").describe_table(TableName=name)["Table"]
    assert [each["IndexName"] for each in found["GlobalSecondaryIndexes"]] == ["by-owner"]


def test_an_expiry_that_was_refused_is_not_switched_off(stacks: StacksAtWork) -> None:
    stacks.create({"It": table("by-owner")})
    expiry = {"AttributeName": "", "Enabled": True}
    status = stacks.update({"It": table("by-owner", TimeToLiveSpecification=expiry)})
    assert status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_route_table_that_is_not_there_leaves_an_endpoint_in_its_own(
    stacks: StacksAtWork,
) -> None:
    stacks.create({**NETWORK, "It": endpoint(ref("Table"))})
    status = stacks.update({**NETWORK, "It": endpoint("rtb-0123456789abcdef0")})
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    ec2, name = stacks.cloud.client("ec2"), stacks.physical_id("It")
    found = ec2.describe_vpc_endpoints(VpcEndpointIds=[name])["VpcEndpoints"][0]
    assert found["RouteTableIds"] == [stacks.physical_id("Table")]
    assert stacks.delete() == "DELETE_COMPLETE"


def test_a_security_group_that_is_not_there_leaves_a_balancer_in_its_own(
    stacks: StacksAtWork,
) -> None:
    stacks.create({**NETWORK, "It": balancer()})
    elbv2, arn = stacks.cloud.client("elbv2"), stacks.physical_id("It")

    def groups() -> list[str]:
        found = elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
        return list(found["SecurityGroups"])

    own = groups()
    status = stacks.update({**NETWORK, "It": balancer(SecurityGroups=["sg-0123456789abcdef0"])})
    assert (status, groups()) == ("UPDATE_ROLLBACK_COMPLETE", own)
    assert stacks.delete() == "DELETE_COMPLETE"


@pytest.mark.parametrize("priority", [2, 1])
def test_a_priority_that_is_taken_leaves_a_rule_at_its_own(
    stacks: StacksAtWork, priority: int
) -> None:
    around = {**NETWORK, "Balancer": balancer(), "Listener": listener(), "Other": rule("/o", 2)}
    stacks.create({**around, "It": rule("/a", 1)})
    changed = rule("/b", priority)
    if priority == 1:
        changed["Properties"]["Actions"] = [
            {"Type": "forward", "TargetGroupArn": f"{stacks.name}-no-such-group"}
        ]
    assert stacks.update({**around, "It": changed}) == "UPDATE_ROLLBACK_COMPLETE"
    arn = stacks.physical_id("It")
    found = stacks.cloud.client("elbv2").describe_rules(RuleArns=[arn])["Rules"][0]
    assert (found["Priority"], found["Conditions"][0]["Values"]) == ("1", ["/a"])
    assert stacks.delete() == "DELETE_COMPLETE"
