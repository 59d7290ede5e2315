"""Several log streams read as one: nothing is lost and nothing shown twice, whatever comes when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import uuid4

import pytest
from local_cloud import LocalCloud

from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine.log_reading import Place, Reading
from herogate.models import LogLine, LogSource

SECOND = 1000

Write = Callable[..., None]


@pytest.fixture
def place(aws: LocalCloud) -> Iterator[Place]:
    """A log group of the test's own, whose streams `a` and `b` write themselves."""
    client, group = aws.client("logs"), f"/reading/{uuid4().hex[:8]}"
    client.create_log_group(logGroupName=group)
    for stream in ("a", "b"):
        client.create_log_stream(logGroupName=group, logStreamName=stream)
    yield Place(group=group, source=LogSource.APP, process=lambda stream: f"{stream}.1")
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


def meanwhile(*steps: Callable[[], None]) -> Callable[[float], None]:
    """A sleep in which something happens, each time the next thing."""
    left = iter(steps)
    return lambda _: next(left)()


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
        lambda: write("a", (-60 * SECOND, "a minute old, as a program may say"), (9, "end")),
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
