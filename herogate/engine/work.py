"""Work that takes AWS a while: begun at once, followed by whoever wants to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from itertools import chain
from typing import Generic, TypeVar

from herogate.models import Event

Step = TypeVar("Step")
Outcome = TypeVar("Outcome")
Steps = Generator[Event, None, Outcome]


class Work(Generic[Outcome]):
    """Something that AWS is doing for us.

    It has been accepted when this object exists. AWS goes on with it whether or not anybody watches;
    what has to follow on AWS's success or failure (a second attempt, giving back an address) happens
    while it is followed. Iterate over it for events, or `wait` for the outcome.

    Attributes:
        subject: the name of the app or space it is about.
    """

    def __init__(self, subject: str, steps: Steps[Outcome]) -> None:
        self.subject = subject
        self._outcomes: list[Outcome] = []
        self._events = self._recorded(steps)
        first = next(self._events, None)
        self._first = () if first is None else (first,)

    def __iter__(self) -> Iterator[Event]:
        first, self._first = self._first, ()
        return chain(first, self._events)

    def wait(self) -> Outcome:
        """Follow the work to its end and return its outcome; raises what it fails with."""
        for _ in self:
            pass
        return self._outcomes[0]

    def _recorded(self, steps: Steps[Outcome]) -> Iterator[Event]:
        self._outcomes.append((yield from steps))


def outcome(
    steps: Generator[Step, None, Outcome], each: Callable[[Step], object] = lambda _: None
) -> Outcome:
    """What steps end with, when they are taken to their end; `each` is told of every one."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        each(step)
