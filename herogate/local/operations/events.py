"""EventBridge: rules and targets refused where EventBridge refuses, events taken and tried out.

Rules and targets are moto's declarations; the events plane makes them act.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.planes.events.inputs import check_input
from herogate.local.planes.events.pattern import EventPattern, InvalidPattern
from herogate.local.planes.events.plane import DEFAULT_BUS, Announcement
from herogate.local.planes.events.targets import check_target

_TARGETS_PER_RULE = 5
_RULES_PER_BUS = 300
_ENTRIES_BYTES = 1_048_576
_TIME_BYTES = 14
"""What an entry's time counts for in its size."""

_ENVELOPE = ("account", "detail-type", "id", "region", "resources", "source", "time")
"""The fields that every event has."""


@operation("events", "PutRule")
async def put_rule(call: Call) -> Reply:
    check(call)
    if "ScheduleExpression" in call.parameters:
        raise not_supported("EventBridge rules that run on a schedule")
    if "EventPattern" in call.parameters:
        _pattern(call.parameters["EventPattern"])
    name, rules = call.parameters["Name"], await _rules(call)
    if name not in rules and len(rules) >= _RULES_PER_BUS:
        raise _over_limit()
    return await call.proceed()


@operation("events", "PutTargets")
async def put_targets(call: Call) -> Reply:
    check(call)
    for target in call.parameters["Targets"]:
        check_target(target)
        _check_one_input(target)
        check_input(target)
    new = {target["Id"] for target in call.parameters["Targets"]}
    rule = call.parameters["Rule"]
    answer = await call.ask("events", "ListTargetsByRule", Rule=rule, **_bus(call))
    if len(new | {target["Id"] for target in answer["Targets"]}) > _TARGETS_PER_RULE:
        raise _over_limit()
    return await call.proceed()


@operation("events", "PutEvents")
async def put_events(call: Call) -> Result:
    """Each entry is taken or refused by itself."""
    check(call)
    if "EndpointId" in call.parameters:
        raise not_supported("EventBridge's global endpoints")
    entries = call.parameters["Entries"]
    if sum(map(_size, entries)) >= _ENTRIES_BYTES:
        raise AwsError(
            "ValidationException", "Total size of the entries in the request is over the limit."
        )
    results = [await _taken(call, entry) for entry in entries]
    failed = sum("ErrorCode" in result for result in results)
    return {"FailedEntryCount": failed, "Entries": results}


@operation("events", "TestEventPattern")
async def test_event_pattern(call: Call) -> Result:
    check(call)
    pattern = _pattern(call.parameters["EventPattern"])
    event = _object(call.parameters["Event"])
    if event is None:
        raise AwsError("ValidationException", "Parameter Event is not valid. Reason: Invalid JSON.")
    for field in _ENVELOPE:
        if field not in event:
            raise AwsError(
                "ValidationException",
                f"Parameter Event is not valid. Reason: {field} is a required field.",
            )
    return {"Result": pattern.matches(event)}


async def _taken(call: Call, entry: Mapping[str, Any]) -> dict[str, str]:
    for field in ("Source", "DetailType", "Detail"):
        if not entry.get(field):
            reason = f"Reason: {field} is a required argument."
            return _refused("InvalidArgument", f"Parameter {field} is not valid. {reason}")
    if entry["Source"].startswith("aws."):
        return _refused("NotAuthorizedForSourceException", "Not authorized for the source.")
    detail = _object(entry["Detail"])
    if detail is None:
        return _refused("MalformedDetail", "Detail is malformed.")
    happened = entry.get("Time")
    announcement = Announcement(
        source=entry["Source"],
        detail_type=entry["DetailType"],
        resources=entry.get("Resources", ()),
        detail=detail,
        happened_at=happened.timestamp() if isinstance(happened, datetime) else happened,
    )
    bus = entry.get("EventBusName", DEFAULT_BUS).rpartition("/")[2]
    return {"EventId": await call.cloud.events.take(call.region, bus, announcement)}


def _refused(code: str, message: str) -> dict[str, str]:
    return {"ErrorCode": code, "ErrorMessage": message}


def _size(entry: Mapping[str, Any]) -> int:
    """An entry's size as EventBridge reckons it."""
    texts = [entry.get(field, "") for field in ("Source", "DetailType", "Detail")]
    size = sum(len(text.encode()) for text in [*texts, *entry.get("Resources", [])])
    return size + (_TIME_BYTES if "Time" in entry else 0)


def _pattern(text: str) -> EventPattern:
    try:
        return EventPattern.parse(text)
    except InvalidPattern as invalid:
        raise AwsError(
            "InvalidEventPatternException", f"Event pattern is not valid. Reason: {invalid}"
        ) from None


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


async def _rules(call: Call) -> set[str]:
    """The names of the bus's rules."""
    names: set[str] = set()
    position = _bus(call)
    while True:
        page = await call.ask("events", "ListRules", **position)
        names.update(rule["Name"] for rule in page["Rules"])
        if "NextToken" not in page:
            return names
        position = {**_bus(call), "NextToken": page["NextToken"]}


def _check_one_input(target: Mapping[str, Any]) -> None:
    inputs = {"Input", "InputPath", "InputTransformer"} & target.keys()
    if len(inputs) > 1:
        raise AwsError(
            "ValidationException",
            "Only one of Input, InputPath, or InputTransformer must be provided for target "
            f"{target['Id']}.",
        )


def _bus(call: Call) -> dict[str, str]:
    name = call.parameters.get("EventBusName")
    return {} if name is None else {"EventBusName": name}


def _over_limit() -> AwsError:
    return AwsError(
        "LimitExceededException", "The requested resource exceeds the maximum number allowed."
    )
