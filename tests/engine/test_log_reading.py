"""Several log streams read as one: nothing is lost and nothing shown twice, whatever comes when."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from typing import Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session
from local_cloud import LocalCloud, running

from herogate.aws.logs import LogEvent, Logs
from herogate.aws.session import Session
from herogate.engine.log_reading import Place, Reading, as_written, horizon
from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.models import LogLine, LogSource

SECOND = 1000
PROCESSES = ("a", "b", "c", "d")

Write = Callable[..., None]


@pytest.fixture
def place(aws: LocalCloud) -> Iterator[Place]:
    """A log group of the test's own, with a stream for each process."""
    client, group = aws.client("logs"), f"/reading/{uuid4().hex[:8]}"
    client.create_log_group(logGroupName=group)
    for stream in PROCESSES:
        client.create_log_stream(logGroupName=group, logStreamName=stream)
    yield Place(group=group, source=LogSource.APP, read=as_written(lambda stream: f"{stream}.1"))
    client.delete_log_group(logGroupName=group)


@pytest.fixture
def reading(aws: LocalCloud, place: Place) -> Reading:
    return Reading(Logs(Session(region=aws.region)), [place])


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def write(aws: LocalCloud, place: Place, now: datetime) -> Write:
    """Write (milliseconds from now, message) to a stream."""
    client = aws.client("logs")

    def write(stream: str, *events: tuple[int, str]) -> None:
        first = int(now.timestamp() * 1000)
        client.put_log_events(
            logGroupName=place.group,
            logStreamName=stream,
            logEvents=[{"timestamp": first + after, "message": text} for after, text in events],
        )

    return write


def meanwhile(*steps: Callable[[], object]) -> Callable[[float], None]:
    """A sleep in which something happens, each time the next thing."""
    left = iter(steps)

    def sleep(_: float) -> None:
        next(left)()

    return sleep


def nothing() -> None:
    """Nothing happens."""


def messages(lines: list[LogLine]) -> list[str]:
    return [line.message for line in lines]


def test_the_last_lines_of_all_streams_come_by_time_each_line_of_a_message_by_itself(
    reading: Reading, write: Write, now: datetime
) -> None:
    write("a", (0, "one\n"), (2, "three\nfour"))
    write("b", (1, "two"), (3, "five"))
    assert messages(reading.recent(4)) == ["two", "three", "four", "five"]
    assert reading.recent(1) == [
        LogLine(
            time=now + timedelta(milliseconds=3),
            source=LogSource.APP,
            process="b.1",
            message="five",
        )
    ]


def test_who_follows_sees_the_last_lines_and_each_further_one_once(
    reading: Reading, write: Write
) -> None:
    write("a", (0, "old"), (1, "last"))
    sleep = meanwhile(
        lambda: write("a", (2, "same moment, a")),
        nothing,
        lambda: write("b", (2, "same moment, b")),
        lambda: write("b", (-5 * SECOND, "late")),
        lambda: write("a", (-600 * SECOND, "minutes old, as a program may say"), (9, "end")),
    )
    following = reading.follow(1, sleep)
    assert messages(list(islice(following, 5))) == [
        "last",
        "same moment, a",
        "same moment, b",
        "late",
        "end",
    ]


def test_who_follows_a_log_that_is_empty_sees_the_first_line(
    reading: Reading, write: Write
) -> None:
    sleep = meanwhile(nothing, lambda: write("a", (0, "first"), (1, "second")))
    following = reading.follow(100, sleep)
    assert messages(list(islice(following, 2))) == ["first", "second"]


def test_a_program_ahead_of_time_hides_nobody_elses_lines(reading: Reading, write: Write) -> None:
    write("a", (3600 * SECOND, "from the future"))
    sleep = meanwhile(lambda: write("b", (0, "from now")))
    following = reading.follow(100, sleep)
    assert messages(list(islice(following, 2))) == ["from the future", "from now"]


@pytest.mark.parametrize("written", ["side by side", "one after the other"])
def test_of_many_lines_of_equal_times_none_is_lost_doubled_or_out_of_order(
    place: Place,
    reading: Reading,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
) -> None:
    lines_each, burst, at_a_time = 3_000, 1_500, 500
    throttle(monkeypatch, every=7)
    parts = [(process, first) for process in PROCESSES for first in range(0, lines_each, burst)]
    if written == "side by side":
        parts.sort(key=lambda part: part[1])

    def part(process: str, first: int) -> None:
        lines = [(n // at_a_time, f"{process} {n}") for n in range(first, first + burst)]
        write(process, *lines)

    write("a", (-1, "before"))
    # What has come in several answers is told after one more look.
    steps: list[Callable[[], object]] = [*(partial(part, *each) for each in parts), nothing]
    told = messages(list(islice(reading.follow(1, meanwhile(*steps)), 1 + 4 * lines_each)))
    assert told[0] == "before"
    assert by_process(told[1:]) == expected(lines_each)
    assert by_process(messages(reading.recent(4 * lines_each))) == expected(lines_each)


def test_what_arrives_between_two_answers_to_a_search_is_told_in_its_processs_order(
    reading: Reading, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def more_than_one_answer_holds() -> None:
        for first in (0, 6_000):
            write("b", *((n // 10, f"b {n}") for n in range(first, first + 6_000)))

    def meanwhile_another() -> None:
        write("a", *((n, f"a {n}") for n in range(1_200)))

    between_answers(monkeypatch, meanwhile_another)
    write("b", (-1, "before"))
    following = reading.follow(1, meanwhile(more_than_one_answer_holds, nothing, nothing))
    told = messages(list(islice(following, 1 + 12_000 + 1_200)))
    assert told[0] == "before"
    assert [line for line in told if line.startswith("a")] == [f"a {n}" for n in range(1_200)]
    assert [line for line in told[1:] if line.startswith("b")] == [f"b {n}" for n in range(12_000)]


def expected(lines: int) -> dict[str, list[str]]:
    """So many lines of each process, in its order."""
    return {process: [f"{process} {n}" for n in range(lines)] for process in PROCESSES}


def by_process(told: list[str]) -> dict[str, list[str]]:
    """What each process wrote, in the order in which it is shown."""
    return {process: [line for line in told if line.startswith(process)] for process in PROCESSES}


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MILLI = timedelta(milliseconds=1)


def events(count: int, *, every: timedelta, arrived: datetime = NOON) -> list[LogEvent]:
    """So many events, the last one written when it arrived, at noon."""
    return [
        LogEvent(id=str(n), stream="a", time=arrived - n * every, arrived=arrived, message="")
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("seen", "before", "looks_from"),
    [
        ([], None, None),
        ([], NOON, NOON),
        (events(1, every=MINUTE), None, NOON - MINUTE),
        (events(1, every=MINUTE), NOON - 9 * MINUTE, NOON - 5 * MINUTE),
        (events(10_000, every=MINUTE / 60), NOON - 9 * MINUTE, NOON - 5 * MINUTE),
        (events(10_001, every=18 * MILLI), NOON - 9 * MINUTE, NOON - 9_999 * 18 * MILLI),
        (events(10_001, every=MILLI), NOON - 9 * MINUTE, NOON - MINUTE),
        (events(10_001, every=MINUTE), NOON - 9 * MINUTE, NOON - 5 * MINUTE),
        (events(1, every=MINUTE), NOON - 2 * MINUTE, NOON - 2 * MINUTE),
        (events(1, every=MINUTE, arrived=NOON - 3 * MINUTE), NOON, NOON),
    ],
)
def test_a_look_goes_as_far_back_as_a_line_may_be_late_and_no_further_than_it_must(
    seen: list[LogEvent], before: datetime | None, looks_from: datetime | None
) -> None:
    assert horizon(seen, before) == looks_from


def test_who_follows_outlives_a_connection_that_is_lost(
    reading: Reading, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a", (0, "first"))
    broken = pytest.MonkeyPatch()

    def lose(request: AWSPreparedRequest) -> None:
        raise EndpointConnectionError(endpoint_url=request.url)

    def mend() -> None:
        broken.undo()
        write("a", (1, "second"))

    sleep = meanwhile(lambda: intercept(broken, lose), nothing, mend)
    assert messages(list(islice(reading.follow(10, sleep), 2))) == ["first", "second"]


def test_who_follows_outlives_a_restart_of_the_cloud(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start() -> Any:
        client = running(directory).client("logs")
        for name, value in lifecycle.environment(directory).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return client

    def say(logs: Any, message: str) -> None:
        event = {"timestamp": int(time.time() * 1000), "message": message}
        logs.put_log_events(logGroupName="g", logStreamName="a", logEvents=[event])

    first = start()
    first.create_log_group(logGroupName="g")
    first.create_log_stream(logGroupName="g", logStreamName="a")
    say(first, "before")
    place = Place(group="g", source=LogSource.APP, read=as_written(str))
    reading = Reading(Logs(Session(region="us-east-1")), [place])
    sleep = meanwhile(lambda: lifecycle.stop(directory), nothing, lambda: say(start(), "after"))
    assert messages(list(islice(reading.follow(10, sleep), 2))) == ["before", "after"]


class Body(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


Answer = Callable[[AWSPreparedRequest], AWSResponse | None]


def intercept(patch: pytest.MonkeyPatch, answer: Answer) -> None:
    """Have requests answered otherwise than by the cloud, where there is such an answer."""
    send = URLLib3Session.send

    def sent(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        return answer(request) or send(self, request)

    patch.setattr(URLLib3Session, "send", sent)


def between_answers(patch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something once, when the second answer to a search is asked for."""
    left = [act]

    def answer(request: AWSPreparedRequest) -> None:
        target = request.headers.get("X-Amz-Target", b"")
        if b"FilterLogEvents" in target and '"nextToken"' in str(request.body) and left:
            left.pop()()

    intercept(patch, answer)


def throttle(patch: pytest.MonkeyPatch, *, every: int) -> None:
    """Have every so-many-th search be refused, as CloudWatch Logs does to who asks too often."""
    asked = count(1)

    def answer(request: AWSPreparedRequest) -> AWSResponse | None:
        target = request.headers.get("X-Amz-Target", b"")
        if b"FilterLogEvents" not in target or next(asked) % every:
            return None
        headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.1"})
        body = Body(b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')
        return AWSResponse(request.url, 400, headers, body)

    intercept(patch, answer)
