"""Log events as the engine gets them, on the local cloud: moto alone does not know half of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from local_cloud import LocalCloud

from herogate.aws.logs import Logs, Search, StreamPage
from herogate.aws.session import Session

Put = Callable[..., None]


@pytest.fixture
def logs(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Logs:
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    return Logs(Session(region=cloud.region))


@pytest.fixture
def group(cloud: LocalCloud) -> Iterator[str]:
    """A log group of the test's own."""
    client = cloud.client("logs")
    name = f"/gateway/{uuid4().hex[:8]}"
    client.create_log_group(logGroupName=name)
    yield name
    client.delete_log_group(logGroupName=name)


@pytest.fixture
def start() -> datetime:
    """A moment that CloudWatch can write: whole milliseconds."""
    return datetime.fromtimestamp(int(time.time()), UTC)


@pytest.fixture
def put(cloud: LocalCloud, group: str, start: datetime) -> Put:
    """Put messages into a stream of the group, one a millisecond from `after` on."""
    client = cloud.client("logs")

    def put(stream: str, *messages: str, after: int = 0) -> None:
        if not client.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)[
            "logStreams"
        ]:
            client.create_log_stream(logGroupName=group, logStreamName=stream)
        first = int(start.timestamp() * 1000) + after
        client.put_log_events(
            logGroupName=group,
            logStreamName=stream,
            logEvents=[
                {"timestamp": first + number, "message": message}
                for number, message in enumerate(messages)
            ],
        )

    return put


def test_a_stream_is_followed_from_before_its_birth_on(logs: Logs, group: str, put: Put) -> None:
    assert logs.stream(group, "build") == StreamPage(lines=(), token=None)
    put("build", "one\n", "\n", "two\nthree\n")
    first = logs.stream(group, "build")
    assert first.lines == ("one", "", "two", "three")
    assert logs.stream(group, "build", token=first.token) == StreamPage(lines=(), token=first.token)
    put("build", "four", after=3)
    assert logs.stream(group, "build", token=first.token).lines == ("four",)


def test_events_since_a_time_are_of_all_streams_by_time(
    logs: Logs, group: str, put: Put, start: datetime
) -> None:
    put("web/web/1", "a", "c")
    put("worker/worker/1", "b", after=1)
    at = start + timedelta(milliseconds=1)
    assert [(e.stream, e.time, e.message) for e in logs.since(group, at).events] == [
        ("web/web/1", at, "c"),
        ("worker/worker/1", at, "b"),
    ]
    assert [event.message for event in logs.since(group, None, streams="web/").events] == ["a", "c"]


def test_the_latest_events_come_oldest_first(
    logs: Logs, group: str, put: Put, start: datetime
) -> None:
    put("web/web/1", *"abcdef")
    before = start + timedelta(milliseconds=3)
    assert [e.message for e in logs.latest(group, 2).events] == ["e", "f"]
    assert [e.message for e in logs.latest(group, 2, before=before).events] == ["b", "c"]
    assert [e.message for e in logs.latest(group, 2, streams="worker").events] == []


def test_a_group_that_is_not_there_holds_nothing(logs: Logs) -> None:
    nothing = Search(events=[], is_whole=True, begun=None)
    assert (logs.since("/nobody", None), logs.latest("/nobody", 10)) == (nothing, nothing)
    assert not logs.has_stream("/nobody", "web/")


def test_streams_are_known_by_how_their_names_begin(logs: Logs, group: str, put: Put) -> None:
    put("web/web/1", "a")
    assert logs.has_stream(group, "web/")
    assert not logs.has_stream(group, "worker/")
