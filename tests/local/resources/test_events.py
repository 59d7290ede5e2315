from __future__ import annotations

import json
from typing import Any

import pytest

from herogate.local.errors import AwsError

from .conftest import STACK_TAGS, World

PUSHED = {"source": ["aws.codecommit"], "detail": {"referenceName": ["main"]}}


def target(name: str, **settings: Any) -> dict[str, Any]:
    arn = f"arn:aws:codepipeline:us-east-1:123456789012:{name}"
    role = "arn:aws:iam::123456789012:role/events"
    return {"Id": name, "Arn": arn, "RoleArn": role, **settings}


def test_a_rule_lives(world: World) -> None:
    events = world.client("events")
    transformed = {
        "InputTransformer": {"InputPathsMap": {"c": "$.detail.c"}, "InputTemplate": "<c>"}
    }
    rule = world.make(
        "AWS::Events::Rule",
        Name="push",
        Description="a push",
        EventPattern=PUSHED,
        Targets=[target("one"), target("two", **transformed)],
        Tags=[{"Key": "app", "Value": "demo"}],
    )

    def targets() -> list[str]:
        return [each["Id"] for each in events.list_targets_by_rule(Rule="push")["Targets"]]

    def tags() -> dict[str, str]:
        found = events.list_tags_for_resource(ResourceARN=rule.attributes["Arn"])
        return {tag["Key"]: tag["Value"] for tag in found["Tags"]}

    found = events.describe_rule(Name="push")
    assert json.loads(found["EventPattern"]) == PUSHED
    assert rule.physical_id == "push"
    assert rule.attributes == {"Arn": found["Arn"], "RuleName": "push"}
    assert targets() == ["one", "two"]
    assert tags() == {**STACK_TAGS, "app": "demo"}

    rule.update(Name="push", EventPattern=PUSHED, State="DISABLED", Targets=[target("three")])
    assert events.describe_rule(Name="push")["State"] == "DISABLED"
    assert targets() == ["three"]
    assert tags() == STACK_TAGS

    rule.delete()
    assert events.list_rules()["Rules"] == []


def test_a_rule_on_another_bus_is_known_with_the_bus(world: World) -> None:
    events = world.client("events")
    events.create_event_bus(Name="own")
    rule = world.make(
        "AWS::Events::Rule",
        Name="push",
        EventBusName="own",
        EventPattern=PUSHED,
        Targets=[target("one")],
    )
    assert rule.physical_id == "own|push"
    found = events.list_targets_by_rule(Rule="push", EventBusName="own")["Targets"]
    assert [each["Id"] for each in found] == ["one"]
    rule.delete()
    assert events.list_rules(EventBusName="own")["Rules"] == []


def test_a_rule_that_exists_is_not_overwritten(world: World) -> None:
    world.client("events").put_rule(Name="taken", EventPattern=json.dumps(PUSHED))
    with pytest.raises(AwsError, match="'taken' already exists"):
        world.make("AWS::Events::Rule", Name="taken", EventPattern=PUSHED)
