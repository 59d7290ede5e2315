"""Work under way: begun at once, followed to its outcome or left alone."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from herogate.engine.work import Work
from herogate.errors import CreationFailed
from herogate.models import Event, StackProgress


def progress(done: int) -> StackProgress:
    return StackProgress(stack="s", done=done, total=2)


def steps(log: list[str], *, failing: bool = False) -> Generator[Event, None, str]:
    log.append("begun")
    yield progress(1)
    if failing:
        raise CreationFailed("no")
    yield progress(2)
    log.append("ended")
    return "outcome"


def test_work_has_begun_when_it_is_handed_out() -> None:
    log: list[str] = []
    Work("my-shop", steps(log))
    assert log == ["begun"]


def test_following_work_tells_every_event_once() -> None:
    work = Work("my-shop", steps([]))
    assert [*work, *work] == [progress(1), progress(2)]
    assert work.wait() == "outcome"


def test_waiting_for_work_gives_its_outcome() -> None:
    assert Work("my-shop", steps([])).wait() == "outcome"


def test_waiting_for_work_that_fails_raises_its_error() -> None:
    with pytest.raises(CreationFailed):
        Work("my-shop", steps([], failing=True)).wait()


def test_work_that_needs_no_time_is_done_at_once() -> None:
    def at_once() -> Generator[Event, None, str]:
        return "outcome"
        yield

    assert Work("my-shop", at_once()).wait() == "outcome"
