"""Time, as whoever decides is given it: what tells it, and what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]

Sleep = Callable[[float], None]
"""Waits for so many seconds."""


def utc_now() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)
