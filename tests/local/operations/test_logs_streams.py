"""Log streams: made, described in order and by pages, deleted; groups that know what they hold."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from local_cloud import LocalCloud


@pytest.fixture(scope="module")
def logs(cloud: LocalCloud) -> Any:
    """A client for logs."""
    return cloud.client("logs")


@pytest.fixture
def group(logs: Any) -> Iterator[str]:
    """A log group of the test's own."""
    name = f"/streams/{uuid4().hex[:8]}"
    logs.create_log_group(logGroupName=name)
    yield name
    logs.delete_log_group(logGroupName=name)


def names(answer: Any) -> list[str]:
    return [stream["logStreamName"] for stream in answer["logStreams"]]


def put(logs: Any, group: str, stream: str, timestamp: int, message: str = "a line") -> None:
    event = {"timestamp": timestamp, "message": message}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])


def test_a_stream_is_described_with_the_times_of_what_is_in_it(logs: Any, group: str) -> None:
    logs.create_log_stream(logGroupName=group, logStreamName="web/web/1")
    now = int(time.time() * 1000)
    put(logs, group, "web/web/1", now - 5)
    put(logs, group, "web/web/1", now - 9)
    described = logs.describe_log_streams(logGroupName=group)["logStreams"][0]
    assert now - 60_000 < described.pop("creationTime") <= described.pop("lastIngestionTime")
    assert described == {
        "logStreamName": "web/web/1",
        "firstEventTimestamp": now - 9,
        "lastEventTimestamp": now - 5,
        "arn": (f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:log-stream:web/web/1"),
        "storedBytes": 0,
    }


def test_streams_are_listed_by_name_and_by_pages(logs: Any, group: str) -> None:
    for name in ("worker/b", "web/a", "web/c", "web/b"):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
    pages = logs.get_paginator("describe_log_streams").paginate(
        logGroupName=group, PaginationConfig={"PageSize": 3}
    )
    assert [names(page) for page in pages] == [["web/a", "web/b", "web/c"], ["worker/b"]]
    of_web = logs.describe_log_streams(
        logGroupName=group, logStreamNamePrefix="web/", descending=True
    )
    assert names(of_web) == ["web/c", "web/b", "web/a"]


def test_streams_are_listed_by_the_time_of_their_last_event(logs: Any, group: str) -> None:
    now = int(time.time() * 1000)
    for name, age in (("old", 2000), ("new", 0), ("middle", 1000)):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
        put(logs, group, name, now - age)
    logs.create_log_stream(logGroupName=group, logStreamName="empty")
    pages = logs.get_paginator("describe_log_streams").paginate(
        logGroupName=group,
        orderBy="LastEventTime",
        descending=True,
        PaginationConfig={"PageSize": 2},
    )
    assert [names(page) for page in pages] == [["new", "middle"], ["old", "empty"]]


def test_a_group_is_named_by_its_name_or_its_arn_and_not_by_both(
    logs: Any, group: str, refusal: Any
) -> None:
    logs.create_log_stream(logGroupName=group, logStreamName="web")
    arn = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["logGroupArn"]
    assert names(logs.describe_log_streams(logGroupIdentifier=arn)) == ["web"]
    assert names(logs.describe_log_streams(logGroupIdentifier=group)) == ["web"]
    for given in ({}, {"logGroupName": group, "logGroupIdentifier": arn}):
        assert refusal(logs.describe_log_streams, **given) == (
            "InvalidParameterException",
            "Exactly one of logGroupName and logGroupIdentifier must be specified.",
        )


def test_a_stream_exists_once(logs: Any, group: str, refusal: Any) -> None:
    logs.create_log_stream(logGroupName=group, logStreamName="web")
    assert refusal(logs.create_log_stream, logGroupName=group, logStreamName="web") == (
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    )


def test_a_deleted_stream_is_gone_with_its_events_and_a_namesake_begins_empty(
    logs: Any, group: str, refusal: Any
) -> None:
    now = int(time.time() * 1000)
    for _ in range(2):
        logs.create_log_stream(logGroupName=group, logStreamName="web")
        assert logs.filter_log_events(logGroupName=group)["events"] == []
        put(logs, group, "web", now)
        logs.delete_log_stream(logGroupName=group, logStreamName="web")
        assert refusal(logs.delete_log_stream, logGroupName=group, logStreamName="web") == (
            "ResourceNotFoundException",
            "The specified log stream does not exist.",
        )


def test_a_deleted_group_is_gone_with_its_streams_and_a_namesake_begins_empty(
    logs: Any, group: str, refusal: Any
) -> None:
    logs.create_log_stream(logGroupName=group, logStreamName="web")
    put(logs, group, "web", int(time.time() * 1000))
    logs.delete_log_group(logGroupName=group)
    assert refusal(logs.filter_log_events, logGroupName=group) == (
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )
    logs.create_log_group(logGroupName=group)
    assert names(logs.describe_log_streams(logGroupName=group)) == []


def test_what_is_in_no_stream_or_group_is_refused(logs: Any, group: str, refusal: Any) -> None:
    event = {"timestamp": 0, "message": "nobody reads this"}
    no_group = ("ResourceNotFoundException", "The specified log group does not exist.")
    no_stream = ("ResourceNotFoundException", "The specified log stream does not exist.")
    for name, refused in (("/nobody", no_group), (group, no_stream)):
        stream = {"logGroupName": name, "logStreamName": "web"}
        assert refusal(logs.put_log_events, **stream, logEvents=[event]) == refused
        assert refusal(logs.get_log_events, **stream) == refused
    assert refusal(logs.create_log_stream, logGroupName="/nobody", logStreamName="w") == no_group


def test_a_group_tells_how_much_is_in_it(logs: Any, group: str) -> None:
    def stored() -> tuple[int, str]:
        found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
        return found["storedBytes"], found["logGroupClass"]

    assert stored() == (0, "STANDARD")
    logs.create_log_stream(logGroupName=group, logStreamName="web")
    put(logs, group, "web", int(time.time() * 1000), "naïve")
    assert stored() == (32, "STANDARD")


@pytest.mark.parametrize(
    ("call", "parameters", "message"),
    [
        (
            "describe_log_streams",
            {"orderBy": "LastEventTime", "logStreamNamePrefix": "web"},
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ),
        ("describe_log_streams", {"nextToken": "no token"}, "The specified nextToken is invalid."),
        (
            "filter_log_events",
            {"logStreamNames": ["web"], "logStreamNamePrefix": "web"},
            "Cannot specify both logStreamNames and logStreamNamePrefix.",
        ),
        ("filter_log_events", {"nextToken": "no token"}, "The specified nextToken is invalid."),
        (
            "filter_log_events",
            {"startFromHead": False},
            "startFromHead can be false only if startTime is on or after "
            "January 1, 2024 00:00:00 UTC.",
        ),
        ("filter_log_events", {"filterPattern": "/api"}, "Invalid character(s) in term '/'"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused(
    logs: Any, group: str, refusal: Any, call: str, parameters: dict[str, Any], message: str
) -> None:
    assert refusal(getattr(logs, call), logGroupName=group, **parameters) == (
        "InvalidParameterException",
        message,
    )


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"logGroupClass": "INFREQUENT_ACCESS"}, "log groups of class INFREQUENT_ACCESS"),
        ({"deletionProtectionEnabled": True}, "deletion protection of log groups"),
    ],
)
def test_what_a_group_cannot_be_here_is_refused_by_name(
    logs: Any, refusal: Any, asked: dict[str, Any], what: str
) -> None:
    assert refusal(logs.create_log_group, logGroupName="/streams/special", **asked) == (
        "NotImplemented",
        f"The local cloud does not support {what}.",
    )
