"""The nouns: an event, where it stands among others, and which ones are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

SECOND = 1000
DAY = 24 * 3600 * SECOND
"""Milliseconds, the unit of every time here."""

EVENT_OVERHEAD_BYTES = 26
"""What CloudWatch counts for an event beside its message."""


class Position(NamedTuple):
    """Where an event stands: by its time, then by when it came."""

    timestamp: int
    number: int


BEGINNING = Position(0, 0)
END = Position((1 << 63) - 1, 0)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line, or whatever a program calls one.

    Attributes:
        position: its place; nobody else's in the whole cloud.
        ingested: when it came, in milliseconds since 1970.
    """

    position: Position
    stream: str
    ingested: int
    message: str

    @property
    def timestamp(self) -> int:
        return self.position.timestamp

    @property
    def identity(self) -> str:
        """CloudWatch's form of an event's id: 56 digits."""
        return f"{self.position.timestamp:020d}{self.position.number:036d}"


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream as it is described; times in milliseconds, None as long as nothing has come."""

    name: str
    created: int
    first_event: int | None
    last_event: int | None
    last_ingestion: int | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """A log group, as moto declares it. One that is deleted and made again is another.

    Attributes:
        created: milliseconds since 1970; part of what tells it from its namesakes.
        retention_days: None keeps events for ever.
        kms_key: the ARN of the key that what comes is put under; None is CloudWatch's own.
    """

    region: str
    name: str
    created: int
    retention_days: int | None = None
    kms_key: str | None = None

    def keeps_from(self, now: int) -> int:
        """The time before which events are too old to be kept."""
        return 0 if self.retention_days is None else now - self.retention_days * DAY


@dataclass(frozen=True, kw_only=True)
class Range:
    """Which events of a group are asked for.

    Attributes:
        start, end: times, both included.
        streams: names; None means all of them.
        prefix: what the streams' names begin with.
        after, before: positions, both excluded: where an earlier page ended.
    """

    start: int = 0
    end: int = END.timestamp
    streams: tuple[str, ...] | None = None
    prefix: str = ""
    after: Position = BEGINNING
    before: Position = END


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Events (time, message) for one stream.

    Attributes:
        now: when they came, in milliseconds.
        create: make the stream if it is not there.
    """

    group: Group
    stream: str
    events: Sequence[tuple[int, str]]
    now: int
    create: bool = False
