"""Several log streams read as one: all events by time, the last ones, and what comes after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from herogate.aws.logs import LogEvent, Logs
from herogate.engine.following import Sleep
from herogate.models import LogLine, LogSource

_LATEST = timedelta(seconds=15)
"""How late an event may arrive: Fargate's log driver sends every 5 seconds, and CloudWatch takes its
time. One that comes later still is not shown by who follows."""

_INTERVAL_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where lines are: the streams of a log group whose names begin so.

    Attributes:
        process: who writes a stream, by the stream's name.
        without: a phrase; lines with it are left out.
    """

    group: str
    source: LogSource
    process: Callable[[str], str]
    streams: str = ""
    without: str = ""


@dataclass(frozen=True, kw_only=True)
class _Found:
    place: Place
    event: LogEvent

    @property
    def id(self) -> tuple[str, str]:
        return self.place.group, self.event.id


class Reading:
    """Some places read as one."""

    def __init__(self, logs: Logs, places: Sequence[Place]) -> None:
        self._logs = logs
        self._places = places

    def recent(self, count: int) -> list[LogLine]:
        """The last lines, oldest first."""
        return _lines(self._latest(count))[-count:]

    def follow(self, count: int, sleep: Sleep) -> Iterator[LogLine]:
        """The last lines, then every further one as it comes; never ends by itself.

        What arrives late is shown when it arrives, below what was shown before. Times are CloudWatch's
        only: this machine's clock may differ.
        """
        latest = self._latest(count)
        since = _horizon(latest, None)
        seen = {each.id: each for each in self._since(since)}
        older = [each for each in latest if each.id not in seen]
        yield from _lines(older + _by_time(seen.values()))[-count:]
        while True:
            sleep(_INTERVAL_SECONDS)
            since = _horizon(seen.values(), since)
            found = {each.id: each for each in self._since(since)}
            yield from _lines(_by_time(each for id_, each in found.items() if id_ not in seen))
            seen = found

    def _latest(self, count: int) -> list[_Found]:
        return _by_time(
            _Found(place=place, event=event)
            for place in self._places
            for event in self._logs.latest(
                place.group, count, streams=place.streams, without=place.without
            )
        )

    def _since(self, time: datetime | None) -> Iterator[_Found]:
        for place in self._places:
            for event in self._logs.since(
                place.group, time, streams=place.streams, without=place.without
            ):
                yield _Found(place=place, event=event)


def _by_time(found: Iterable[_Found]) -> list[_Found]:
    return sorted(found, key=lambda each: each.event.time)


def _horizon(found: Iterable[_Found], before: datetime | None) -> datetime | None:
    """From when on events must be looked for that may still arrive, after those found."""
    arrived = max((each.event.arrived for each in found), default=None)
    return before if arrived is None else arrived - _LATEST


def _lines(found: Sequence[_Found]) -> list[LogLine]:
    return [
        LogLine(
            time=each.event.time,
            source=each.place.source,
            process=each.place.process(each.event.stream),
            message=line,
        )
        for each in found
        for line in each.event.message.removesuffix("\n").split("\n")
    ]
