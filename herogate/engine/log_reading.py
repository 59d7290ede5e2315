"""Several log streams read as one: all events by time, the last ones, and what comes after them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from herogate.aws.at_once import at_once
from herogate.aws.logs import LogEvent, Logs, Search
from herogate.engine.clock import Sleep
from herogate.errors import EndpointUnreachable, Throttled, Unavailable
from herogate.models import LogLine, LogSource

_LATE = timedelta(minutes=1)
"""How late an event may arrive in any case: Fargate's log driver sends every 5 seconds, CloudWatch takes
its time, and who is throttled tries for a while."""

_LATEST = timedelta(minutes=5)
"""How late where little is written. One that comes later still is not shown by who follows."""

_LITTLE = 10_000  # events: what one answer holds
_INTERVAL_SECONDS = 1.0
_ATTEMPTS = 10
_LONGEST_PAUSE_SECONDS = 30.0

Answer = TypeVar("Answer")

Read = Callable[[LogEvent], Iterable[tuple[str, str]]]
"""The lines of an event, each after the process that it is of."""


def as_written(process: Callable[[str], str]) -> Read:
    """The lines that an event has; whose they are, the name of its stream tells."""

    def read(event: LogEvent) -> Iterator[tuple[str, str]]:
        for line in event.message.removesuffix("\n").split("\n"):
            yield process(event.stream), line

    return read


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where lines are: the streams of a log group whose names begin so.

    Attributes:
        pattern: which events are meant, in CloudWatch Logs' notation; all without one.
    """

    group: str
    source: LogSource
    read: Read
    streams: str = ""
    pattern: str = ""


@dataclass(frozen=True, kw_only=True)
class _Found:
    """An event.

    Attributes:
        is_whole, begun: of the search that has found it.
    """

    place: Place
    event: LogEvent
    is_whole: bool
    begun: datetime | None

    def is_certain(self, reached: datetime | None) -> bool:
        """Whether all that its process wrote before it was found with it.

        What arrives between two answers to a search may be found without what came before it in the
        time that the first of them is about. What had arrived when an earlier search ended did not.
        """
        return self.is_whole or (reached is not None and self.event.arrived <= reached)

    @property
    def id(self) -> tuple[str, str]:
        return self.place.group, self.event.id

    @property
    def lines(self) -> list[LogLine]:
        return [
            LogLine(
                time=self.event.time,
                source=self.place.source,
                process=process,
                message=message,
            )
            for process, message in self.place.read(self.event)
        ]


_ById = Mapping[tuple[str, str], _Found]


class Reading:
    """Some places read as one."""

    def __init__(self, logs: Logs, places: Sequence[Place]) -> None:
        self._logs = logs
        self._places = places

    def recent(self, count: int) -> list[LogLine]:
        """The last lines, oldest first."""
        return _lines(_by_time(self._latest(count).values()))[-count:]

    def follow(self, count: int, sleep: Sleep) -> Iterator[LogLine]:
        """The last lines, then every further one as it comes; never ends by itself.

        What arrives late is shown when it arrives, below what was shown before. Times are CloudWatch's
        only: this machine's clock may differ.
        """
        latest = self._latest(count)
        yield from _lines(_by_time(latest.values()))[-count:]
        since = horizon(_events(latest), None)
        found = self._since(since)
        seen: _ById = {**_left_out(found, latest), **latest}
        reached = _reached(found)
        while True:
            sleep(_INTERVAL_SECONDS)
            since = horizon(_events(seen), since)
            found = _patiently(partial(self._since, since), sleep)
            certain = {id_: each for id_, each in found.items() if each.is_certain(reached)}
            for each in _by_time(each for id_, each in certain.items() if id_ not in seen):
                yield from _patiently(partial(_lines, [each]), sleep)
            # What CloudWatch leaves out of one answer and tells in the next was shown already.
            seen = {
                id_: each for id_, each in {**seen, **certain}.items() if _is_recent(each, since)
            }
            reached = _reached(found)

    def _latest(self, count: int) -> _ById:
        return self._read(
            lambda place: self._logs.latest(
                place.group, count, streams=place.streams, pattern=place.pattern
            )
        )

    def _since(self, time: datetime | None) -> _ById:
        return self._read(
            lambda place: self._logs.since(
                place.group, time, streams=place.streams, pattern=place.pattern
            )
        )

    def _read(self, search: Callable[[Place], Search]) -> _ById:
        """What all places hold, each asked at the same time; in the order in which each tells it."""

        def found(place: Place) -> list[_Found]:
            answer = search(place)
            return [
                _Found(place=place, event=event, is_whole=answer.is_whole, begun=answer.begun)
                for event in answer.events
            ]

        told = at_once([partial(found, place) for place in self._places])
        return {each.id: each for some in told for each in some}


def horizon(seen: Collection[LogEvent], before: datetime | None) -> datetime | None:
    """From when on events must be looked for that may still arrive, after those seen.

    As far back as one may come late, but where much is written no further than needed: all since then is
    read again at each look.
    """
    if not seen:
        return before
    arrived = max(event.arrived for event in seen)
    if before is None:
        return arrived - _LATE
    reached = arrived - _LATEST
    if len(seen) > _LITTLE:
        reached = max(reached, min(arrived - _LATE, sorted(e.time for e in seen)[-_LITTLE]))
    # It never goes back: then what was shown and forgotten would be shown again.
    return max(before, reached)


def _patiently(ask: Callable[[], Answer], sleep: Sleep) -> Answer:
    """What AWS answers, as soon as it does: who follows a log outlives a lost connection.

    Raises `EndpointUnreachable`, `Throttled` or `Unavailable` if AWS has not answered for minutes.
    """
    for attempt in range(_ATTEMPTS):
        with suppress(EndpointUnreachable, Throttled, Unavailable):
            return ask()
        sleep(min(2.0**attempt, _LONGEST_PAUSE_SECONDS))
    return ask()


def _events(found: _ById) -> list[LogEvent]:
    return [each.event for each in found.values()]


def _by_time(found: Iterable[_Found]) -> list[_Found]:
    return sorted(found, key=lambda each: each.event.time)


def _left_out(found: _ById, latest: _ById) -> _ById:
    """What the last lines have left out since it is older; whatever else was found came after them."""
    of_place: dict[Place, list[_Found]] = {}
    for each in latest.values():
        of_place.setdefault(each.place, []).append(each)
    earliest = {place: min(each.event.time for each in of_it) for place, of_it in of_place.items()}
    begun = {place: of_it[0].begun for place, of_it in of_place.items()}

    def is_older(each: _Found) -> bool:
        arrived, reached = each.event.arrived, begun.get(each.place)
        if reached is None or arrived > reached:
            return False
        return arrived < reached or each.event.time <= earliest[each.place]

    return {id_: each for id_, each in found.items() if is_older(each)}


def _reached(found: _ById) -> datetime | None:
    """The newest arrival among what was found."""
    return max((each.event.arrived for each in found.values()), default=None)


def _is_recent(found: _Found, since: datetime | None) -> bool:
    return since is None or found.event.time >= since


def _lines(found: Iterable[_Found]) -> list[LogLine]:
    return [line for each in found for line in each.lines]
