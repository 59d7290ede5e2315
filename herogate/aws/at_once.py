"""Calls that do not need each other's answers, made at once: the slowest is waited for, not the sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Other = TypeVar("Other")

_LIMIT = 10  # as many connections as botocore keeps open


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """What each call answers, in their order; raises what the first of them that fails does."""
    if len(calls) < 2:
        return [call() for call in calls]
    answers: list[Answer] = []
    for start in range(0, len(calls), _LIMIT):
        begun = [_begun(call) for call in calls[start : start + _LIMIT]]
        answers += [future.result() for future in begun]
    return answers


def both(first: Callable[[], Answer], second: Callable[[], Other]) -> tuple[Answer, Other]:
    """The answers of two calls of different kinds."""
    calls: list[Callable[[], Any]] = [first, second]
    one, other = at_once(calls)
    return one, other


def _begun(call: Callable[[], Answer]) -> Future[Answer]:
    """A call under way. Who is interrupted does not wait for it, as he would for an executor's."""
    future: Future[Answer] = Future()

    def make() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=make, daemon=True).start()
    return future
