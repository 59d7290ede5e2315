"""One page of an answer: events taken from a range until CloudWatch Logs' limits are reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from herogate.local.planes.logs.events import Event, Position
from herogate.local.planes.logs.patterns import Pattern

_PAGE_BYTES = 1 << 20
_LOOKED_AT = 100_000
"""A page ends, perhaps empty, when so many events were looked at; its token leads on, as AWS's does."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Events in the order in which they were read.

    Attributes:
        ended_at: the last event looked at, if there are more behind it; else None.
    """

    events: Sequence[Event]
    ended_at: Position | None


def page(events: Iterable[Event], pattern: Pattern, *, at_most: int) -> Page:
    """The next page of those events that match."""
    found: list[Event] = []
    size = 0
    looked_at: Position | None = None
    for count, event in enumerate(events):
        length = len(event.message.encode())
        is_full = len(found) == at_most or (found and size + length > _PAGE_BYTES)
        if is_full or count == _LOOKED_AT:
            return Page(events=found, ended_at=looked_at)
        looked_at = event.position
        if pattern(event.message):
            found.append(event)
            size += length
    return Page(events=found, ended_at=None)
