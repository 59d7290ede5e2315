"""CloudWatch Logs' streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.planes.logs.events import Group, Stream

_PAGE = 50

Key = tuple[int, str]


@operation("logs", "CreateLogStream")
async def create_log_stream(call: Call) -> Result:
    check(call)
    await call.cloud.logs.create_stream(group_of(call), call.parameters["logStreamName"])
    return {}


@operation("logs", "DeleteLogStream")
async def delete_log_stream(call: Call) -> Result:
    check(call)
    await call.cloud.logs.delete_stream(group_of(call), call.parameters["logStreamName"])
    return {}


@operation("logs", "DescribeLogStreams")
async def describe_log_streams(call: Call) -> Result:
    check(call)
    asked = call.parameters
    by_time = asked.get("orderBy", "LogStreamName") == "LastEventTime"
    if by_time and "logStreamNamePrefix" in asked:
        raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
    group = group_of(call)
    streams = await call.cloud.logs.streams(group, asked.get("logStreamNamePrefix", ""))
    keyed = sorted(
        (((stream.last_event or 0) if by_time else 0, stream.name), stream) for stream in streams
    )
    if asked.get("descending"):
        keyed.reverse()
    if "nextToken" in asked:
        last = _key(asked["nextToken"])
        keyed = [
            each
            for each in keyed
            if (each[0] < last if asked.get("descending") else each[0] > last)
        ]
    shown, rest = keyed[: asked.get("limit", _PAGE)], keyed[asked.get("limit", _PAGE) :]
    described = {"logStreams": [_described(call, group, stream) for _, stream in shown]}
    return {**described, "nextToken": _token(shown[-1][0])} if rest else described


def group_of(call: Call) -> Group:
    """The group that a call is about, by its name or its ARN. Raises `AwsError`."""
    asked = call.parameters
    given = [asked[key] for key in ("logGroupName", "logGroupIdentifier") if asked.get(key)]
    if len(given) != 1:
        raise invalid("Exactly one of logGroupName and logGroupIdentifier must be specified.")
    name = str(given[0])
    if name.startswith("arn:"):
        name = name.split(":", 6)[-1]
    return call.cloud.logs.group(call.region, name)


def invalid(message: str) -> AwsError:
    """The refusal of parameters that do not go together or mean nothing."""
    return AwsError("InvalidParameterException", message)


def invalid_token() -> AwsError:
    """The refusal of a token that none of our answers held."""
    return invalid("The specified nextToken is invalid.")


def _described(call: Call, group: Group, stream: Stream) -> Mapping[str, Any]:
    place = f"{group.region}:{call.cloud.account_id}"
    known = {
        "logStreamName": stream.name,
        "creationTime": stream.created,
        "firstEventTimestamp": stream.first_event,
        "lastEventTimestamp": stream.last_event,
        "lastIngestionTime": stream.last_ingestion,
        "arn": f"arn:aws:logs:{place}:log-group:{group.name}:log-stream:{stream.name}",
        "storedBytes": 0,  # of streams AWS has told nothing else since 2019
    }
    return {name: value for name, value in known.items() if value is not None}


def _token(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def _key(token: str) -> Key:
    time, _, name = token.partition(":")
    if not time.isdecimal() or not name:
        raise invalid_token()
    return int(time), name
