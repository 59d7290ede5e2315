"""One run of a schedule: what its target is told, and what becomes of it when the target refuses. Pure.

EventBridge Scheduler tries for 24 hours and up to 185 times, unless the retry policy says less; so does
this cloud, but it waits at most a minute between two attempts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.events import targets
from herogate.local.planes.events.targets import Exhausted, Request, next_attempt

KIND = "scheduler.invocation"
"""Documents of runs by their id; gone once the target was told or was given up."""

_UNSUPPORTED = 501
_SERVICES = frozenset({"codebuild", "codepipeline", "ecs", "sns", "sqs"})
_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One run of a schedule for its target.

    Attributes:
        id: its execution id.
        run_for: the moment for which the schedule runs (seconds since the epoch).
        attempts: how often the target has refused.
        due_at: when to try next.
    """

    id: str
    region: str
    account_id: str
    group_arn: str
    schedule_arn: str
    target: Mapping[str, Any]
    run_for: float
    attempts: int = 0
    due_at: float = 0.0

    @property
    def document(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def schedule_name(self) -> str:
        return self.schedule_arn.rpartition("/")[2]

    @property
    def owner(self) -> str:
        return f"schedule {self.schedule_arn}"

    def after(self, refusal: AwsError, now: float) -> Invocation | Exhausted:
        """The run as it is tried again, or why it is given up."""
        if refusal.status == _UNSUPPORTED:
            return Exhausted.ATTEMPTS
        due = next_attempt(self.target, self.attempts, since=self.run_for, now=now)
        if isinstance(due, Exhausted):
            return due
        return replace(self, attempts=self.attempts + 1, due_at=due)


def requests(invocation: Invocation) -> Sequence[Request]:
    """The calls that tell the target, in order. Raises `AwsError` for an input it does not take."""
    told = targets.requests(
        targets.Delivered(
            target=invocation.target,
            text=text(invocation),
            rule_name=invocation.schedule_name,
            id=invocation.id,
            taken_at=invocation.run_for,
        )
    )
    return [_as_scheduler(request, invocation) for request in told]


def text(invocation: Invocation) -> str:
    """What the target is sent: the schedule's input with what it asks to be filled in, or an event."""
    given = invocation.target.get("Input")
    if given is None:
        return json.dumps(_event(invocation))
    for name, value in _context(invocation).items():
        given = given.replace(f"<aws.scheduler.{name}>", value)
    return str(given)


def burial(invocation: Invocation, refusal: AwsError, reason: Exhausted) -> Request | None:
    """What the dead-letter queue is told of a run that was given up; None without one."""
    queue = invocation.target.get("DeadLetterConfig", {}).get("Arn")
    if queue is None:
        return None
    attributes = {
        "ERROR_CODE": refusal.code,
        "ERROR_MESSAGE": refusal.message,
        "EXECUTION_ID": invocation.id,
        "EXHAUSTED_RETRY_CONDITION": str(reason),
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(invocation.attempts),
        "SCHEDULED_TIME": _written(invocation.run_for),
        "SCHEDULE_ARN": invocation.schedule_arn,
        "TARGET_ARN": invocation.target["Arn"],
    }
    parameters = {
        "QueueUrl": targets.queue_url(queue),
        "MessageBody": text(invocation),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }
    return Request(service="sqs", operation="SendMessage", parameters=parameters)


def check_target(target: Mapping[str, Any]) -> None:
    """Refuse a target that EventBridge Scheduler or this cloud does not reach.

    Raises:
        AwsError: ``ValidationException``; not supported, for kinds of targets unknown here.
    """
    arn = target["Arn"].split(":", 5)
    if target["Arn"].startswith(_UNIVERSAL):
        raise not_supported(f"EventBridge Scheduler's universal targets ({target['Arn']})")
    if len(arn) < 6 or arn[0] != "arn":
        raise _invalid(f"Provided Arn is not in correct format: {target['Arn']}.")
    if arn[2] not in _SERVICES:
        raise not_supported(f"EventBridge Scheduler's targets of the service {arn[2]}")
    if arn[2] == "ecs":
        _check_task(target)


def _check_task(target: Mapping[str, Any]) -> None:
    if "EcsParameters" not in target:
        raise _invalid("EcsParameters must be specified for an ECS target.")
    try:
        is_object = isinstance(json.loads(target.get("Input", "{}")), dict)
    except ValueError:
        is_object = False
    if not is_object:
        raise _invalid("Input of an ECS target must be a JSON object of overrides.")


def _as_scheduler(request: Request, invocation: Invocation) -> Request:
    """A call as EventBridge Scheduler makes it; what was made for this run before is not made again."""
    if request.service != "ecs":
        return request
    own = {
        "startedBy": f"chronos-schedule/{invocation.schedule_name}"[:128],
        "clientToken": invocation.id,
    }
    return replace(request, parameters={**request.parameters, **own})


def _event(invocation: Invocation) -> Mapping[str, Any]:
    return {
        "version": "0",
        "id": invocation.id,
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": invocation.account_id,
        "time": _written(invocation.run_for),
        "region": invocation.region,
        "resources": [invocation.schedule_arn],
        "detail": "{}",
    }


def _context(invocation: Invocation) -> Mapping[str, str]:
    return {
        "schedule-arn": invocation.schedule_arn,
        "scheduled-time": _written(invocation.run_for),
        "execution-id": invocation.id,
        "attempt-number": str(invocation.attempts + 1),
    }


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
