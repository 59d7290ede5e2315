"""The calls that an event makes of each kind of target."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.events.targets import Delivered, Request, check_target, requests

ARN = "arn:aws:{}:us-east-1:123456789012:{}"


def called(service: str, resource: str, text: str = "{}", **target: Any) -> list[Any]:
    """Service, operation and parameters of the calls."""
    whole = {"Id": "t", "Arn": ARN.format(service, resource), "RoleArn": "r", **target}
    check_target(whole)
    delivered = Delivered(target=whole, text=text, rule_name="rule", id="d1", taken_at=1.5)
    return [(each.service, each.operation, each.parameters) for each in requests(delivered)]


def test_a_codepipeline_is_started_with_what_the_input_names() -> None:
    revision = '{"actionName": "S", "revisionType": "COMMIT_ID", "revisionValue": "c"}'
    overridden = called("codepipeline", "shop", f'{{"sourceRevisions": {revision}, "id": "e"}}')

    assert called("codepipeline", "shop", '{"id": "e", "detail": {}}') == [
        ("codepipeline", "StartPipelineExecution", {"name": "shop"})
    ]
    assert overridden[0][2]["sourceRevisions"] == [
        {"actionName": "S", "revisionType": "COMMIT_ID", "revisionValue": "c"}
    ]


def test_a_project_is_built_with_the_inputs_overrides() -> None:
    text = '{"environmentVariablesOverride": [{"name": "A", "value": "1"}], "source": "x"}'

    assert called("codebuild", "project/shop", text) == [
        (
            "codebuild",
            "StartBuild",
            {
                "projectName": "shop",
                "environmentVariablesOverride": [{"name": "A", "value": "1"}],
            },
        )
    ]


def test_a_task_is_run_as_the_target_says() -> None:
    settings = {
        "TaskDefinitionArn": "family:1",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {
            "awsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "ENABLED"}
        },
        "Tags": [{"Key": "k", "Value": "v"}],
    }
    overrides = '{"containerOverrides": [{"name": "web", "command": ["true"]}]}'
    called_with = called("ecs", "cluster/c", overrides, EcsParameters=settings, Input=overrides)

    assert called_with == [
        (
            "ecs",
            "RunTask",
            {
                "cluster": ARN.format("ecs", "cluster/c"),
                "taskDefinition": "family:1",
                "count": 1,
                "launchType": "FARGATE",
                "networkConfiguration": {
                    "awsvpcConfiguration": {"subnets": ["s"], "assignPublicIp": "ENABLED"}
                },
                "tags": [{"key": "k", "value": "v"}],
                "overrides": {"containerOverrides": [{"name": "web", "command": ["true"]}]},
                "startedBy": "events-rule/rule",
            },
        )
    ]


def test_a_task_that_could_not_be_run_is_a_refusal() -> None:
    target = {"Id": "t", "Arn": ARN.format("ecs", "cluster/c"), "EcsParameters": {
        "TaskDefinitionArn": "family:1"}}  # fmt: skip
    (request,) = requests(
        Delivered(target=target, text="{}", rule_name="rule", id="d1", taken_at=1.5)
    )

    assert isinstance(request, Request)
    assert request.refused({"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]}) == (
        "RESOURCE:MEMORY"
    )
    assert request.refused({"tasks": [{}], "failures": []}) is None


def test_a_queue_of_groups_and_a_log_group() -> None:
    assert called("sqs", "q.fifo", SqsParameters={"MessageGroupId": "g"}) == [
        (
            "sqs",
            "SendMessage",
            {
                "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q.fifo",
                "MessageBody": "{}",
                "MessageGroupId": "g",
                "MessageDeduplicationId": "d1",
            },
        )
    ]
    stream = {"logGroupName": "/g", "logStreamName": "d1"}
    assert called("logs", "log-group:/g:*") == [
        ("logs", "CreateLogStream", stream),
        (
            "logs",
            "PutLogEvents",
            {**stream, "logEvents": [{"timestamp": 1500, "message": "{}"}]},
        ),
    ]


def test_a_text_that_the_target_cannot_read_is_refused() -> None:
    with pytest.raises(AwsError, match="not a JSON object"):
        called("codebuild", "project/shop", '"text"')
