"""Waiting for what comes to pass by itself: for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

_SECONDS = 120
"""Far more than anything takes on a busy machine: only what never comes to pass gets there."""

_PAUSE_SECONDS = 0.02


def wait_for(look: Callable[[], Found], is_so: Callable[[Found], bool]) -> Found:
    """What is seen as soon as it is so; fails with what was seen last."""
    deadline = time.monotonic() + _SECONDS
    while not is_so(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(_PAUSE_SECONDS)
    return seen


def eventually(look: Callable[[], Found | None]) -> Found:
    """The first thing that `look` finds, looking again until it does."""
    found = wait_for(look, lambda seen: seen is not None)
    assert found is not None
    return found


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds."""
    wait_for(condition, bool)
