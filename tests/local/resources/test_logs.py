from __future__ import annotations

from typing import Any

from .conftest import STACK_TAGS, World


def test_a_log_group_lives(world: World) -> None:
    logs = world.client("logs")
    group = world.make(
        "AWS::Logs::LogGroup",
        LogGroupName="/herogate/demo",
        RetentionInDays="30",
        Tags=[{"Key": "app", "Value": "demo"}],
    )

    def described() -> dict[str, Any]:
        return dict(logs.describe_log_groups(logGroupNamePrefix="/herogate/demo")["logGroups"][0])

    def tags() -> dict[str, str]:
        arn = group.attributes["Arn"].removesuffix(":*")
        return dict(logs.list_tags_for_resource(resourceArn=arn)["tags"])

    assert described()["retentionInDays"] == 30
    assert group.attributes == {"Arn": described()["arn"]}
    assert group.attributes["Arn"].endswith(":log-group:/herogate/demo:*")
    assert tags() == {**STACK_TAGS, "app": "demo"}
    group.update(LogGroupName="/herogate/demo")
    assert "retentionInDays" not in described()
    assert tags() == STACK_TAGS
    group.delete()
    assert logs.describe_log_groups()["logGroups"] == []


def test_a_policy_of_log_groups_lives(world: World) -> None:
    logs = world.client("logs")
    policy = world.make(
        "AWS::Logs::ResourcePolicy", PolicyName="events", PolicyDocument='{"Statement": []}'
    )

    def described() -> list[str]:
        found = logs.describe_resource_policies()["resourcePolicies"]
        return [each["policyDocument"] for each in found]

    assert described() == ['{"Statement": []}']
    policy.update(PolicyName="events", PolicyDocument='{"Statement": [{}]}')
    assert described() == ['{"Statement": [{}]}']
    policy.delete()
    assert described() == []
