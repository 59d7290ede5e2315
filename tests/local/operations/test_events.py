"""EventBridge's rules and targets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_cloud import LocalCloud

ROLE = "arn:aws:iam::123456789012:role/events"
PIPELINE = "arn:aws:codepipeline:us-east-1:123456789012:shop"
PROJECT = "arn:aws:codebuild:us-east-1:123456789012:project/shop"
PUSHES = json.dumps({"source": ["aws.codecommit"], "detail": {"referenceName": ["main"]}})


def test_a_rule_points_at_a_pipeline_and_a_project(cloud: LocalCloud, refusal: Any) -> None:
    events = cloud.client("events")
    targets = [
        {"Id": "pipeline", "Arn": PIPELINE, "RoleArn": ROLE},
        {
            "Id": "project",
            "Arn": PROJECT,
            "RoleArn": ROLE,
            "InputTransformer": {
                "InputPathsMap": {"commit": "$.detail.commitId"},
                "InputTemplate": '{"commit": <commit>}',
            },
        },
    ]
    events.put_rule(Name="pushes", EventPattern=PUSHES)

    assert events.put_targets(Rule="pushes", Targets=targets)["FailedEntryCount"] == 0
    assert events.list_targets_by_rule(Rule="pushes")["Targets"] == targets
    assert refusal(events.delete_rule, Name="pushes") == (
        "ValidationException",
        "Rule can't be deleted since it has targets.",
    )
    events.remove_targets(Rule="pushes", Ids=["pipeline", "project"])
    events.delete_rule(Name="pushes")
    assert refusal(events.describe_rule, Name="pushes")[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("parameters", "code", "beginning"),
    [
        ({"Name": "r" * 65}, "ValidationException", "1 validation error detected: Value 'rrr"),
        ({"Name": "two words"}, "ValidationException", "1 validation error detected: Value 'two w"),
        (
            {"EventPattern": "{"},
            "InvalidEventPatternException",
            "Event pattern is not valid. Reason: Invalid JSON",
        ),
        (
            {"EventPattern": '{"source": [{"like": "x"}]}'},
            "InvalidEventPatternException",
            "Event pattern is not valid. Reason: Unrecognized match type like",
        ),
        (
            {"ScheduleExpression": "rate(1 hour)"},
            "NotImplemented",
            "The local cloud does not support EventBridge rules that run on a schedule.",
        ),
    ],
)
def test_a_rule_that_is_refused(
    cloud: LocalCloud, refusal: Any, parameters: dict[str, str], code: str, beginning: str
) -> None:
    given = {"Name": "refused", "EventPattern": PUSHES, **parameters}
    refused_code, message = refusal(cloud.client("events").put_rule, **given)

    assert refused_code == code
    assert message.startswith(beginning)


def test_a_target_that_is_refused(cloud: LocalCloud, refusal: Any) -> None:
    events = cloud.client("events")
    events.put_rule(Name="targets", EventPattern=PUSHES)
    six = [{"Id": f"t{n}", "Arn": PIPELINE, "RoleArn": ROLE} for n in range(6)]
    twice = {"Id": "t", "Arn": PIPELINE, "RoleArn": ROLE, "Input": "{}", "InputPath": "$"}

    def refused(*targets: Any) -> Any:
        return refusal(events.put_targets, Rule="targets", Targets=list(targets))

    assert refused({"Id": "t", "Arn": PIPELINE}) == (
        "ValidationException",
        f"RoleArn is required for target {PIPELINE}.",
    )
    assert refused({"Id": "t", "Arn": "arn:aws:lambda:us-east-1:123456789012:function:f"}) == (
        "NotImplemented",
        "The local cloud does not support EventBridge targets of the service lambda (target t).",
    )
    assert refused({"Id": "t", "Arn": "arn:aws:ecs:us-east-1:1:cluster/c", "RoleArn": ROLE}) == (
        "ValidationException",
        "Parameter(s) EcsParameters must be specified for target: t.",
    )
    assert refused({"Id": "t", "Arn": PIPELINE, "RoleArn": ROLE, "Input": "{"}) == (
        "ValidationException",
        "JSON syntax error in input for target t.",
    )
    assert refused(*six) == (
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
    )
    assert refused(twice) == (
        "ValidationException",
        "Only one of Input, InputPath, or InputTransformer must be provided for target t.",
    )
    assert events.list_targets_by_rule(Rule="targets")["Targets"] == []
