"""CloudWatch Logs' events: put, read from one stream, searched for in a group."""

from __future__ import annotations

import re

from herogate.local.constraints import check
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.logs_streams import group_of, invalid, invalid_token
from herogate.local.planes.logs import patterns
from herogate.local.planes.logs.acceptance import accepted
from herogate.local.planes.logs.events import BEGINNING, END, Event, Position, Range

_PAGE = 10_000
_TOKEN = re.compile(r"(?P<direction>[fb])/(?P<timestamp>\d{20})(?P<number>\d{36})/s")
_DESCENDING_FROM = 1_704_067_200_000
"""2024: before, FilterLogEvents knows no descending order."""


@operation("logs", "PutLogEvents")
async def put_log_events(call: Call) -> Result:
    check(call)
    asked, logs = call.parameters, call.cloud.logs
    group, stream = group_of(call), asked["logStreamName"]
    events = [(event["timestamp"], event["message"]) for event in asked["logEvents"]]
    judged = accepted(events, group, logs.now())
    await logs.put(group, stream, judged.events)
    answer: dict[str, object] = {"nextSequenceToken": f"{logs.now():056d}"}
    return {**answer, "rejectedLogEventsInfo": judged.rejected} if judged.rejected else answer


@operation("logs", "GetLogEvents")
async def get_log_events(call: Call) -> Result:
    """A page of a stream, oldest first; at the stream's end a token leads to itself."""
    check(call)
    asked, logs = call.parameters, call.cloud.logs
    group, stream = group_of(call), asked["logStreamName"]
    await logs.check_stream(group, stream)
    direction, position = _read(asked["nextToken"]) if "nextToken" in asked else ("", BEGINNING)
    forward = direction == "f" or (not direction and bool(asked.get("startFromHead")))
    wanted = Range(
        streams=(stream,),
        start=asked.get("startTime", 0),
        end=asked.get("endTime", END.timestamp) - 1,  # here AWS leaves out the end itself
        after=position if forward else BEGINNING,
        before=position if direction == "b" else END,
    )
    page = await logs.search(
        group,
        wanted,
        patterns.read(""),
        descending=not forward,
        at_most=asked.get("limit", _PAGE),
    )
    events = sorted(page.events, key=lambda event: event.position)
    first, last = (events[0].position, events[-1].position) if events else (position, position)
    return {
        "events": [
            {"timestamp": e.timestamp, "message": e.message, "ingestionTime": e.ingested}
            for e in events
        ],
        "nextForwardToken": _token("f", last),
        "nextBackwardToken": _token("b", first),
    }


@operation("logs", "FilterLogEvents")
async def filter_log_events(call: Call) -> Result:
    check(call)
    asked = call.parameters
    if "logStreamNames" in asked and "logStreamNamePrefix" in asked:
        raise invalid("Cannot specify both logStreamNames and logStreamNamePrefix.")
    group = group_of(call)
    pattern = patterns.read(asked.get("filterPattern", ""))
    direction, position = _direction(call)
    page = await call.cloud.logs.search(
        group,
        Range(
            streams=tuple(asked["logStreamNames"]) if "logStreamNames" in asked else None,
            prefix=asked.get("logStreamNamePrefix", ""),
            start=asked.get("startTime", 0),
            end=asked.get("endTime", END.timestamp),
            after=position if direction == "f" else BEGINNING,
            before=position if direction == "b" else END,
        ),
        pattern,
        descending=direction == "b",
        at_most=asked.get("limit", _PAGE),
    )
    answer = {"events": [_filtered(event) for event in page.events], "searchedLogStreams": []}
    if page.ended_at is None:
        return answer
    return {**answer, "nextToken": _token(direction, page.ended_at)}


def _direction(call: Call) -> tuple[str, Position]:
    """Which way a search goes, and from where."""
    asked = call.parameters
    if "nextToken" in asked:
        return _read(asked["nextToken"])
    if asked.get("startFromHead", True):
        return "f", BEGINNING
    if asked.get("startTime", 0) < _DESCENDING_FROM:
        raise invalid(
            "startFromHead can be false only if startTime is on or after "
            "January 1, 2024 00:00:00 UTC."
        )
    return "b", END


def _filtered(event: Event) -> Result:
    return {
        "logStreamName": event.stream,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.ingested,
        "eventId": event.identity,
    }


def _token(direction: str, position: Position) -> str:
    return f"{direction}/{position.timestamp:020d}{position.number:036d}/s"


def _read(token: str) -> tuple[str, Position]:
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise invalid_token()
    return found["direction"], Position(int(found["timestamp"]), int(found["number"]))
