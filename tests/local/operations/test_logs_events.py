"""Log events: put, read from a stream, searched for in a group, paged through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from local_cloud import LocalCloud
from waiting import wait_for

MINUTE, HOUR, DAY = 60_000, 3_600_000, 24 * 3_600_000

Put = Callable[..., Any]


@pytest.fixture(scope="module")
def logs(cloud: LocalCloud) -> Any:
    """A client for logs."""
    return cloud.client("logs")


@pytest.fixture
def group(logs: Any) -> Iterator[str]:
    """A log group of the test's own with the streams `web` and `worker`."""
    name = f"/events/{uuid4().hex[:8]}"
    logs.create_log_group(logGroupName=name)
    for stream in ("web", "worker"):
        logs.create_log_stream(logGroupName=name, logStreamName=stream)
    yield name
    logs.delete_log_group(logGroupName=name)


@pytest.fixture
def put(logs: Any, group: str) -> Put:
    """Put (milliseconds from now, message) into a stream of the group."""
    now = int(time.time() * 1000)

    def put(stream: str, *events: tuple[int, str]) -> Any:
        return logs.put_log_events(
            logGroupName=group,
            logStreamName=stream,
            logEvents=[{"timestamp": now + after, "message": text} for after, text in events],
        )

    return put


def messages(answer: Any) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_a_stream_is_read_oldest_first_from_its_end_or_its_beginning(
    logs: Any, group: str, put: Put
) -> None:
    put("web", *((number, f"line {number}") for number in range(5)))
    stream = {"logGroupName": group, "logStreamName": "web"}
    assert messages(logs.get_log_events(**stream)) == [f"line {n}" for n in range(5)]
    assert messages(logs.get_log_events(**stream, limit=2)) == ["line 3", "line 4"]
    assert messages(logs.get_log_events(**stream, limit=2, startFromHead=True)) == [
        "line 0",
        "line 1",
    ]


def test_tokens_lead_forward_and_backward_and_at_the_end_to_themselves(
    logs: Any, group: str, put: Put
) -> None:
    put("web", *((number // 2, f"line {number}") for number in range(6)))  # two share a moment
    stream = {"logGroupName": group, "logStreamName": "web", "limit": 4, "startFromHead": True}
    first = logs.get_log_events(**stream)
    second = logs.get_log_events(**stream, nextToken=first["nextForwardToken"])
    end = logs.get_log_events(**stream, nextToken=second["nextForwardToken"])
    back = logs.get_log_events(**stream, nextToken=second["nextBackwardToken"])
    assert [messages(page) for page in (first, second, end, back)] == [
        ["line 0", "line 1", "line 2", "line 3"],
        ["line 4", "line 5"],
        [],
        ["line 0", "line 1", "line 2", "line 3"],
    ]
    assert end["nextForwardToken"] == second["nextForwardToken"]
    put("web", (10, "line 6"))
    later = logs.get_log_events(**stream, nextToken=end["nextForwardToken"])
    assert messages(later) == ["line 6"]


def test_an_empty_stream_has_tokens_that_lead_to_what_comes(
    logs: Any, group: str, put: Put
) -> None:
    stream = {"logGroupName": group, "logStreamName": "web"}
    token = logs.get_log_events(**stream)["nextForwardToken"]
    put("web", (0, "first"))
    assert messages(logs.get_log_events(**stream, nextToken=token)) == ["first"]


def test_the_end_of_a_time_range_is_in_a_search_and_not_in_a_streams_page(
    logs: Any, group: str
) -> None:
    now = int(time.time() * 1000)
    events = [{"timestamp": now + number, "message": f"line {number}"} for number in range(4)]
    logs.put_log_events(logGroupName=group, logStreamName="web", logEvents=events)
    between = {"logGroupName": group, "startTime": now + 1, "endTime": now + 2}
    assert messages(logs.get_log_events(**between, logStreamName="web")) == ["line 1"]
    assert messages(logs.filter_log_events(**between)) == ["line 1", "line 2"]


def test_a_search_interleaves_streams_by_time_and_names_them(
    logs: Any, group: str, put: Put
) -> None:
    put("web", (0, "a"), (2, "c"))
    put("worker", (1, "b"), (3, "d"))
    found = logs.filter_log_events(logGroupName=group)
    assert [(e["logStreamName"], e["message"]) for e in found["events"]] == [
        ("web", "a"),
        ("worker", "b"),
        ("web", "c"),
        ("worker", "d"),
    ]
    assert len({event["eventId"] for event in found["events"]}) == 4
    assert found["searchedLogStreams"] == []
    assert "nextToken" not in found


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"logStreamNames": ["web"]}, ["a", "c"]),
        ({"logStreamNames": ["web", "worker"]}, ["a", "b", "c"]),
        ({"logStreamNames": ["nobody"]}, []),
        ({"logStreamNamePrefix": "wo"}, ["b"]),
        ({"filterPattern": "?a ?b"}, ["a", "b"]),
        ({"startFromHead": False, "startTime": 1_704_067_200_000}, ["c", "b", "a"]),
    ],
)
def test_a_search_is_narrowed(
    logs: Any, group: str, put: Put, chosen: dict[str, Any], found: list[str]
) -> None:
    put("web", (0, "a"), (2, "c"))
    put("worker", (1, "b"))
    assert messages(logs.filter_log_events(logGroupName=group, **chosen)) == found


@pytest.mark.parametrize("way", [{}, {"startFromHead": False, "startTime": 1_704_067_200_000}])
def test_a_search_is_paged_without_losing_or_repeating(
    logs: Any, group: str, put: Put, way: dict[str, Any]
) -> None:
    for stream in ("web", "worker"):
        put(stream, *((number // 3, f"{stream} {number}") for number in range(10)))
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, PaginationConfig={"PageSize": 3}, **way
    )
    found = [messages(page) for page in pages]
    assert [len(page) for page in found] == [3, 3, 3, 3, 3, 3, 2]
    whole = messages(logs.filter_log_events(logGroupName=group, **way))
    assert [message for page in found for message in page] == whole
    assert len(set(whole)) == 20


def test_a_page_holds_a_megabyte(logs: Any, group: str, put: Put) -> None:
    for _ in range(3):
        put("web", (0, "x" * 500_000))
    page = logs.filter_log_events(logGroupName=group)
    assert len(page["events"]) == 2
    rest = logs.filter_log_events(logGroupName=group, nextToken=page["nextToken"])
    assert len(rest["events"]) == 1


def test_events_too_old_or_too_new_are_left_out_and_told(logs: Any, group: str, put: Put) -> None:
    answer = put("web", (-15 * DAY, "old"), (0, "now"), (HOUR, "soon"), (3 * HOUR, "new"))
    assert answer["rejectedLogEventsInfo"] == {
        "tooOldLogEventEndIndex": 1,
        "tooNewLogEventStartIndex": 3,
    }
    assert messages(logs.filter_log_events(logGroupName=group)) == ["now", "soon"]


def test_events_beyond_a_groups_retention_are_refused_and_removed(
    logs: Any, group: str, put: Put
) -> None:
    put("web", (-3 * DAY, "three days old"))
    put("web", (0, "now"))
    logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    answer = put("web", (-2 * DAY, "two days old"), (1, "next"))
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    wait_for(
        lambda: messages(logs.filter_log_events(logGroupName=group)),
        lambda seen: seen == ["now", "next"],
    )


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            [(1, "later"), (0, "earlier")],
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
        ([(0, "x" * (1 << 20))], "Upload too large: 1048602 bytes exceeds limit of 1048576"),
        (
            [(-25 * HOUR, "yesterday"), (0, "today")],
            "The batch of log events in a single PutLogEvents request cannot span more than "
            "24 hours.",
        ),
    ],
)
def test_a_batch_that_breaks_a_rule_is_refused_as_a_whole(
    logs: Any, group: str, put: Put, refusal: Any, events: list[tuple[int, str]], message: str
) -> None:
    now = int(time.time() * 1000)
    sent = [{"timestamp": now + after, "message": text} for after, text in events]
    assert refusal(
        logs.put_log_events, logGroupName=group, logStreamName="web", logEvents=sent
    ) == ("InvalidParameterException", message)
    assert messages(logs.filter_log_events(logGroupName=group)) == []
