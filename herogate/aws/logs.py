"""CloudWatch Logs: what programs and builds wrote, by stream or all streams of a group by time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from herogate.aws.session import Session
from herogate.errors import AwsRefused

_ABSENT = "ResourceNotFoundException"
_PRESENT = "ResourceAlreadyExistsException"
_PAGE_LIMIT = 10_000  # events that one FilterLogEvents takes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_DESCENDING = datetime(2024, 1, 1, tzinfo=UTC)
"""FilterLogEvents lists newest first only from this time on."""


@dataclass(frozen=True, kw_only=True)
class LogEvent:
    """What was written at once: usually a line.

    Attributes:
        id: no other event of the group has it.
        time: when it was written, to the millisecond.
        arrived: when CloudWatch Logs got it.
    """

    id: str
    stream: str
    time: datetime
    arrived: datetime
    message: str


@dataclass(frozen=True, kw_only=True)
class Search:
    """What was found in a log group: in several answers if it is much, between which more may arrive.

    Attributes:
        events: the oldest first.
        is_whole: all came in one answer.
        begun: what had arrived before was there when the first answer came; None if that has nothing.
    """

    events: Sequence[LogEvent]
    is_whole: bool
    begun: datetime | None

    @classmethod
    def of(cls, answers: Sequence[Sequence[LogEvent]]) -> Search:
        """What is in these answers, in the order of their events."""
        return cls(
            events=[event for answer in answers for event in answer],
            is_whole=len(answers) < 2,
            begun=max((event.arrived for event in answers[0]), default=None) if answers else None,
        )


@dataclass(frozen=True, kw_only=True)
class StreamPage:
    """Some lines of a stream, and where the next ones are.

    Attributes:
        token: to be given for what follows; the same one again if nothing has come.
    """

    lines: tuple[str, ...]
    token: str | None


class Logs:
    """The log groups of a region."""

    def __init__(self, session: Session) -> None:
        self._logs = session.service("logs")

    def stream(self, group: str, stream: str, *, token: str | None = None) -> StreamPage:
        """The next lines of one stream, from its beginning; none while the stream is not there."""
        position = {} if token is None else {"nextToken": token}
        try:
            answer = self._logs.call(
                "get_log_events",
                logGroupName=group,
                logStreamName=stream,
                startFromHead=True,
                **position,
            )
        except AwsRefused as refusal:
            if refusal.code != _ABSENT:
                raise
            return StreamPage(lines=(), token=token)
        lines = [line for event in answer["events"] for line in _lines(event["message"])]
        return StreamPage(lines=tuple(lines), token=answer["nextForwardToken"])

    def written(
        self, group: str, stream: str, *, token: str | None = None
    ) -> Generator[str, None, str | None]:
        """The lines of one stream that there are by now, those after a token.

        A page without lines is not the end; a token that leads to itself is.

        Returns:
            the token after them.
        """
        while True:
            page = self.stream(group, stream, token=token)
            yield from page.lines
            if page.token == token:
                return token
            token = page.token

    def since(
        self, group: str, time: datetime | None, *, streams: str = "", pattern: str = ""
    ) -> Search:
        """Events from a time on (None: all) of streams whose names begin so.

        Args:
            pattern: which events are meant, in CloudWatch Logs' notation; all without one.
        """
        moment = {} if time is None else {"startTime": _milliseconds(time)}
        return Search.of([*self._answers(group, streams, pattern, **moment)])

    def latest(
        self,
        group: str,
        count: int,
        *,
        before: datetime | None = None,
        streams: str = "",
        pattern: str = "",
    ) -> Search:
        """The last events of streams whose names begin so.

        Args:
            before: a time at which they must not have been written yet.
            pattern: which events are meant, in CloudWatch Logs' notation; all without one.
        """
        end = {} if before is None else {"endTime": _milliseconds(before) - 1}
        answers = self._answers(
            group,
            streams,
            pattern,
            startFromHead=False,
            startTime=_milliseconds(_EARLIEST_DESCENDING),
            PaginationConfig={"PageSize": min(count, _PAGE_LIMIT)},
            **end,
        )
        found: list[list[LogEvent]] = []
        left = count
        while left and (answer := next(answers, None)) is not None:
            found.append(answer[:left])
            left -= len(found[-1])
        search = Search.of(found)
        return replace(search, events=search.events[::-1])

    def write(self, group: str, stream: str, time: datetime, messages: Sequence[str]) -> None:
        """Write to a stream, which is made if it is not there."""
        stream_of = {"logGroupName": group, "logStreamName": stream}
        moment = _milliseconds(time)
        events = [{"timestamp": moment, "message": message} for message in messages]
        try:
            self._logs.call("put_log_events", **stream_of, logEvents=events)
        except AwsRefused as refusal:
            if refusal.code != _ABSENT:
                raise
            self._make_stream(group, stream)
            self._logs.call("put_log_events", **stream_of, logEvents=events)

    def has_stream(self, group: str, streams: str) -> bool:
        """Whether there is a stream whose name begins so."""
        try:
            answer = self._logs.call(
                "describe_log_streams", logGroupName=group, logStreamNamePrefix=streams, limit=1
            )
        except AwsRefused as refusal:
            if refusal.code != _ABSENT:
                raise
            return False
        return bool(answer["logStreams"])

    def groups(self, prefix: str) -> list[str]:
        """The log groups whose names begin so."""
        listed = self._logs.items("describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
        return [str(group["logGroupName"]) for group in listed]

    def delete_group(self, group: str) -> None:
        """Delete a log group with all that was written to it; one that is gone is no error."""
        try:
            self._logs.call("delete_log_group", logGroupName=group)
        except AwsRefused as refusal:
            if refusal.code != _ABSENT:
                raise

    def _make_stream(self, group: str, stream: str) -> None:
        try:
            self._logs.call("create_log_stream", logGroupName=group, logStreamName=stream)
        except AwsRefused as refusal:
            if refusal.code != _PRESENT:
                raise

    def _answers(
        self, group: str, streams: str, pattern: str, **conditions: Any
    ) -> Iterator[list[LogEvent]]:
        """Events of a group, answer by answer; none if there is no such group."""
        chosen = {"logStreamNamePrefix": streams} if streams else {}
        if pattern:
            chosen["filterPattern"] = pattern
        try:
            for answer in self._logs.pages(
                "filter_log_events", logGroupName=group, **chosen, **conditions
            ):
                yield [_event(each) for each in answer["events"]]
        except AwsRefused as refusal:
            if refusal.code != _ABSENT:
                raise


def without(phrase: str) -> str:
    """The pattern of the events that do not have a phrase."""
    return f'-"{phrase}"'


def _event(told: Mapping[str, Any]) -> LogEvent:
    return LogEvent(
        id=told["eventId"],
        stream=told["logStreamName"],
        time=_EPOCH + timedelta(milliseconds=told["timestamp"]),
        arrived=_EPOCH + timedelta(milliseconds=told["ingestionTime"]),
        message=told["message"],
    )


def _milliseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(milliseconds=1)


def _lines(message: str) -> list[str]:
    """A message's lines; CodeBuild ends each with a line break, the awslogs driver none."""
    return message.removesuffix("\n").split("\n")
