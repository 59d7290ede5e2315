"""Target groups: names, limits, and who uses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from load_balancing import (
    Network,
    answer,
    free_port,
    listener,
    load_balancer,
)
from local_cloud import LocalCloud

Refusal = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def balancer(cloud: LocalCloud, where: Network) -> str:
    return load_balancer(cloud.client, "groups", where)


def group(elbv2: Any, where: Network, name: str, **changed: Any) -> str:
    """Make a target group; its ARN."""
    made = elbv2.create_target_group(**parameters(where, name, **changed))
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def parameters(where: Network, name: str, **changed: Any) -> dict[str, Any]:
    known = {
        "Name": name,
        "Protocol": "HTTP",
        "Port": 8080,
        "VpcId": where.vpc_id,
        "TargetType": "ip",
    }
    return {**known, **changed}


def forward(*arns: str) -> dict[str, Any]:
    groups = [{"TargetGroupArn": arn, "Weight": 1} for arn in arns]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def test_a_target_group_is_told_with_the_load_balancers_that_use_it_now(
    cloud: LocalCloud, elbv2: Any, where: Network, balancer: str, refusal: Refusal
) -> None:
    arn = group(elbv2, where, "used")
    listening = listener(cloud.client, balancer, free_port(), answer("default"))

    def users() -> list[str]:
        told = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
        return list(told["LoadBalancerArns"])

    assert users() == []
    elbv2.modify_listener(ListenerArn=listening, DefaultActions=[forward(arn)])
    assert users() == [balancer]
    of_balancer = elbv2.describe_target_groups(LoadBalancerArn=balancer)["TargetGroups"]
    assert [each["TargetGroupArn"] for each in of_balancer] == [arn]
    assert refusal(elbv2.delete_target_group, TargetGroupArn=arn) == (
        "ResourceInUse",
        f"Target group '{arn}' is currently in use by a listener or a rule",
    )
    elbv2.delete_listener(ListenerArn=listening)
    assert users() == []
    elbv2.delete_target_group(TargetGroupArn=arn)


def test_a_target_group_serves_one_load_balancer_only(
    cloud: LocalCloud, elbv2: Any, where: Network, balancer: str, refusal: Refusal
) -> None:
    arn = group(elbv2, where, "one-only")
    other = load_balancer(cloud.client, "groups-other", where)
    listening = listener(cloud.client, balancer, free_port(), forward(arn))
    assert refusal(
        elbv2.create_listener,
        LoadBalancerArn=other,
        Protocol="HTTP",
        Port=free_port(),
        DefaultActions=[forward(arn)],
    ) == (
        "TargetGroupAssociationLimit",
        "The following target groups cannot be associated with more than one load balancer: " + arn,
    )
    elbv2.delete_listener(ListenerArn=listening)


def test_a_load_balancer_has_a_hundred_target_groups_at_most(
    elbv2: Any, cloud: LocalCloud, where: Network, refusal: Refusal
) -> None:
    balancer = load_balancer(cloud.client, "hundred", where)
    arns = [group(elbv2, where, f"hundred-{number}") for number in range(101)]
    listening = listener(cloud.client, balancer, free_port(), answer("default"))
    for priority, start in enumerate(range(0, 100, 5), start=1):
        elbv2.create_rule(**rule(listening, priority, forward(*arns[start : start + 5])))
    code, _ = refusal(elbv2.create_rule, **rule(listening, 21, forward(arns[100])))
    assert code == "TooManyUniqueTargetGroupsPerLoadBalancer"
    elbv2.delete_load_balancer(LoadBalancerArn=balancer)


def rule(listening: str, priority: int, action: dict[str, Any]) -> dict[str, Any]:
    return {
        "ListenerArn": listening,
        "Priority": priority,
        "Conditions": [{"Field": "path-pattern", "Values": [f"/{priority}"]}],
        "Actions": [action],
    }


def test_a_target_group_is_created_once_and_the_same_again(
    elbv2: Any, where: Network, refusal: Refusal
) -> None:
    arn = group(elbv2, where, "twice")
    assert group(elbv2, where, "twice") == arn
    assert refusal(elbv2.create_target_group, **parameters(where, "twice", Port=81)) == (
        "DuplicateTargetGroupName",
        "A target group with the same name 'twice' exists, but with different settings",
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Name": "x" * 33}, "ValidationError"),
        ({"Name": "under_score"}, "ValidationError"),
        ({"Name": "-hyphen"}, "ValidationError"),
        ({"Name": "hyphen-"}, "ValidationError"),
        ({"Port": 65536}, "ValidationError"),
        ({"VpcId": "vpc-00000000"}, "ValidationError"),
        ({"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 6}, "ValidationError"),
        ({"Protocol": "TCP"}, "NotImplemented"),
        ({"TargetType": "lambda"}, "NotImplemented"),
        ({"ProtocolVersion": "GRPC"}, "NotImplemented"),
    ],
)
def test_target_groups_that_aws_refuses_or_nobody_could_serve_are_refused(
    elbv2: Any, where: Network, refusal: Refusal, changed: dict[str, Any], code: str
) -> None:
    assert refusal(elbv2.create_target_group, **parameters(where, "refused", **changed))[0] == code


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("deregistration_delay.timeout_seconds", "3601", "ValidationError"),
        ("deregistration_delay.timeout_seconds", "soon", "ValidationError"),
        ("no.such.attribute", "1", "ValidationError"),
        ("stickiness.enabled", "true", "NotImplemented"),
        ("load_balancing.algorithm.type", "least_outstanding_requests", "NotImplemented"),
    ],
)
def test_attributes_that_are_not_honoured_are_refused(
    elbv2: Any, where: Network, refusal: Refusal, key: str, value: str, code: str
) -> None:
    arn = group(elbv2, where, "attributes")
    attributes = [{"Key": key, "Value": value}]
    assert (
        refusal(elbv2.modify_target_group_attributes, TargetGroupArn=arn, Attributes=attributes)[0]
        == code
    )


def test_a_changed_attribute_is_told_among_all_others(elbv2: Any, where: Network) -> None:
    arn = group(elbv2, where, "delay")
    changed = elbv2.modify_target_group_attributes(
        TargetGroupArn=arn,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
    )["Attributes"]
    told = elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    assert changed == told
    value = {each["Key"]: each["Value"] for each in told}
    assert (value["deregistration_delay.timeout_seconds"], value["stickiness.enabled"]) == (
        "30",
        "false",
    )


def test_an_address_that_is_none_is_refused(elbv2: Any, where: Network, refusal: Refusal) -> None:
    arn = group(elbv2, where, "addresses")
    assert refusal(elbv2.register_targets, TargetGroupArn=arn, Targets=[{"Id": "nowhere"}]) == (
        "ValidationError",
        "The IP address 'nowhere' is not a valid IPv4 address",
    )


def test_a_health_check_is_over_before_the_next_one(
    elbv2: Any, where: Network, refusal: Refusal
) -> None:
    slow = parameters(where, "slow", HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=6)
    assert refusal(elbv2.create_target_group, **slow) == (
        "ValidationError",
        "Health check timeout '6' must be smaller than the interval '5'",
    )
    arn = group(elbv2, where, "quick", HealthCheckTimeoutSeconds=20)
    assert refusal(
        elbv2.modify_target_group, TargetGroupArn=arn, HealthCheckIntervalSeconds=10
    ) == (
        "ValidationError",
        "Health check timeout '20' must be smaller than the interval '10'",
    )
