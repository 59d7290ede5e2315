"""Calls that do not need each other's answers, made at once: the slowest is waited for, not the sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Other = TypeVar("Other")

_LIMIT = 10  # as many connections as botocore keeps open


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """What each call answers, in their order; raises what the first of them that fails does."""
    from concurrent.futures import ThreadPoolExecutor

    if len(calls) < 2:
        return [call() for call in calls]
    with ThreadPoolExecutor(min(len(calls), _LIMIT)) as workers:
        return list(workers.map(lambda call: call(), calls))


def both(first: Callable[[], Answer], second: Callable[[], Other]) -> tuple[Answer, Other]:
    """The answers of two calls of different kinds."""
    calls: list[Callable[[], Any]] = [first, second]
    one, other = at_once(calls)
    return one, other
