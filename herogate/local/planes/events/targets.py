"""The calls that an event makes of its target: which services EventBridge reaches here, and how.

Pure: a target and the text it is sent in, requests out. Nothing is called here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.services import service_model

_AGE_SECONDS = 86_400
_ATTEMPTS = 185
_FIRST_PAUSE_SECONDS = 1
_LONGEST_PAUSE_SECONDS = 60


class Exhausted(StrEnum):
    """Why a target was given up, as a dead-letter queue is told."""

    ATTEMPTS = "MaximumRetryAttempts"
    AGE = "MaximumEventAgeInSeconds"
    FINAL = "NoRetry"

    @property
    def is_of_the_policy(self) -> bool:
        return self is not Exhausted.FINAL


def next_attempt(
    target: Mapping[str, Any], attempts: int, *, since: float, now: float
) -> float | Exhausted:
    """When a target that refuses is told again, or why it is given up.

    Args:
        attempts: how often it has refused before.
        since: from when on its age counts; like the result in seconds since the epoch.
    """
    policy = target.get("RetryPolicy", {})
    if attempts >= policy.get("MaximumRetryAttempts", _ATTEMPTS):
        return Exhausted.ATTEMPTS
    due_at = now + min(_FIRST_PAUSE_SECONDS * 2**attempts, _LONGEST_PAUSE_SECONDS)
    too_old = due_at > since + policy.get("MaximumEventAgeInSeconds", _AGE_SECONDS)
    return Exhausted.AGE if too_old else due_at


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call of an API; `refused` reads a refusal from an answer that is no error."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    refused: Callable[[Mapping[str, Any]], str | None] = field(default=lambda _: None)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What is sent to a target.

    Attributes:
        text: by ``inputs.py``.
        rule_name: of the rule that asked for the event.
        id: unique to this event and target.
        taken_at: when EventBridge took the event, in seconds.
    """

    target: Mapping[str, Any]
    text: str
    rule_name: str
    id: str
    taken_at: float


def requests(delivered: Delivered) -> Sequence[Request]:
    """The calls that tell the target, in order.

    Raises:
        AwsError: the text is not what this kind of target takes.
    """
    return _KINDS[_service(delivered.target)](delivered)


def check_target(target: Mapping[str, Any]) -> None:
    """Refuse a target that EventBridge or this cloud does not reach.

    Raises:
        AwsError: ``ValidationException``; not supported, for kinds of targets unknown here.
    """
    arn = target["Arn"].split(":", 5)
    if len(arn) < 6 or arn[0] != "arn":
        raise _invalid(
            f"Parameter {target['Arn']} is not valid. Reason: Provided Arn is not in correct format."
        )
    if arn[2] not in _KINDS:
        raise not_supported(f"EventBridge targets of the service {arn[2]} (target {target['Id']})")
    if arn[2] in _IN_A_ROLE and "RoleArn" not in target:
        raise _invalid(f"RoleArn is required for target {target['Arn']}.")
    if arn[2] == "ecs" and "EcsParameters" not in target:
        raise _invalid(f"Parameter(s) EcsParameters must be specified for target: {target['Id']}.")


def burial(
    target: Mapping[str, Any],
    event: Mapping[str, Any],
    rule_arn: str,
    refusal: AwsError,
    reason: Exhausted,
) -> Request | None:
    """What a target's dead-letter queue is told of an event that was given up; None without one."""
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if queue is None:
        return None
    attributes = {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": refusal.code,
        "ERROR_MESSAGE": refusal.message,
        **({"EXHAUSTED_RETRY_CONDITION": str(reason)} if reason.is_of_the_policy else {}),
    }
    parameters = {
        "QueueUrl": queue_url(queue),
        "MessageBody": json.dumps(event),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }
    return Request(service="sqs", operation="SendMessage", parameters=parameters)


def region(target: Mapping[str, Any]) -> str:
    """Where the target is."""
    return str(target["Arn"].split(":")[3])


def _codepipeline(delivered: Delivered) -> Sequence[Request]:
    given = _members("codepipeline", "StartPipelineExecution", delivered.text)
    if isinstance(given.get("sourceRevisions"), dict):
        given["sourceRevisions"] = [given["sourceRevisions"]]
    parameters = {**given, "name": _resource(delivered.target)}
    return [
        Request(service="codepipeline", operation="StartPipelineExecution", parameters=parameters)
    ]


def _codebuild(delivered: Delivered) -> Sequence[Request]:
    given = _members("codebuild", "StartBuild", delivered.text)
    project = _resource(delivered.target).removeprefix("project/")
    parameters = {**given, "projectName": project}
    return [Request(service="codebuild", operation="StartBuild", parameters=parameters)]


def _ecs(delivered: Delivered) -> Sequence[Request]:
    declared = delivered.target["EcsParameters"]
    parameters: dict[str, Any] = {
        _small(name): value for name, value in declared.items() if name in _PASSED_TO_ECS
    }
    parameters["taskDefinition"] = declared["TaskDefinitionArn"]
    parameters["count"] = declared.get("TaskCount", 1)
    if network := declared.get("NetworkConfiguration", {}).get("awsvpcConfiguration"):
        small = {_small(name): value for name, value in network.items()}
        parameters["networkConfiguration"] = {"awsvpcConfiguration": small}
    if "Tags" in declared:
        parameters["tags"] = [_small_keys(tag) for tag in declared["Tags"]]
    overrides = _object(delivered.text) if "Input" in delivered.target else {}
    if overrides:
        parameters["overrides"] = overrides
    parameters["cluster"] = delivered.target["Arn"]
    parameters["startedBy"] = f"events-rule/{delivered.rule_name}"[:128]
    return [
        Request(service="ecs", operation="RunTask", parameters=parameters, refused=_task_failure)
    ]


def _task_failure(answer: Mapping[str, Any]) -> str | None:
    failures = answer.get("failures", [])
    return failures[0].get("reason", "unknown") if failures else None


def _sqs(delivered: Delivered) -> Sequence[Request]:
    url = queue_url(delivered.target["Arn"])
    group = delivered.target.get("SqsParameters", {})
    parameters = {"QueueUrl": url, "MessageBody": delivered.text, **group}
    if group:
        parameters["MessageDeduplicationId"] = delivered.id
    return [Request(service="sqs", operation="SendMessage", parameters=parameters)]


def _sns(delivered: Delivered) -> Sequence[Request]:
    parameters = {"TopicArn": delivered.target["Arn"], "Message": delivered.text}
    return [Request(service="sns", operation="Publish", parameters=parameters)]


def _logs(delivered: Delivered) -> Sequence[Request]:
    group = _resource(delivered.target).removeprefix("log-group:").removesuffix(":*")
    stream = {"logGroupName": group, "logStreamName": delivered.id}
    entry = {"timestamp": int(delivered.taken_at * 1000), "message": delivered.text}
    return [
        Request(service="logs", operation="CreateLogStream", parameters=stream),
        Request(
            service="logs",
            operation="PutLogEvents",
            parameters={**stream, "logEvents": [entry]},
        ),
    ]


_KINDS: Mapping[str, Callable[[Delivered], Sequence[Request]]] = {
    "codebuild": _codebuild,
    "codepipeline": _codepipeline,
    "ecs": _ecs,
    "logs": _logs,
    "sns": _sns,
    "sqs": _sqs,
}
"""By the service that a target's ARN names."""

_IN_A_ROLE = frozenset({"codebuild", "codepipeline", "ecs"})
"""Services that EventBridge reaches only in a role; the others let it in by policies of their own."""

_PASSED_TO_ECS = frozenset(
    {
        "CapacityProviderStrategy",
        "EnableECSManagedTags",
        "EnableExecuteCommand",
        "Group",
        "LaunchType",
        "PlacementConstraints",
        "PlacementStrategy",
        "PlatformVersion",
        "PropagateTags",
        "ReferenceId",
    }
)


def _members(service: str, operation: str, text: str) -> dict[str, Any]:
    """What of an input the operation knows; the rest, such as an event's own fields, is dropped."""
    known = _input_members(service, operation)
    return {name: value for name, value in _object(text).items() if name in known}


@cache
def _input_members(service: str, operation: str) -> frozenset[str]:
    shape = service_model(service).operation_model(operation).input_shape
    return frozenset(shape.members if shape is not None else ())


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _invalid("The input of the target is not a JSON object.")
    return found


def queue_url(arn: str) -> str:
    """The URL of a queue, as its service tells it."""
    _, _, _, where, account, name = arn.split(":", 5)
    return f"https://sqs.{where}.amazonaws.com/{account}/{name}"


def _small_keys(structure: Mapping[str, Any]) -> dict[str, Any]:
    return {_small(name): value for name, value in structure.items()}


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _service(target: Mapping[str, Any]) -> str:
    return str(target["Arn"].split(":")[2])


def _resource(target: Mapping[str, Any]) -> str:
    return str(target["Arn"].split(":", 5)[5])


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
