"""Time, as whoever decides is given it: what tells it, and what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

Now = Callable[[], datetime]

Sleep = Callable[[float], None]
"""Waits for so many seconds."""


def utc_now() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)


def delays(first: float, *, growth: float, longest: float) -> Iterator[float]:
    """How many seconds to wait between two looks: few at first, for what ends at once."""
    delay = first
    while True:
        yield delay
        delay = min(delay * growth, longest)
