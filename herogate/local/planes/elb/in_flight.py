"""The requests that targets are working at: a target that drains is done when it has none left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from herogate.local.planes.elb.table import Target, TargetGroup


class InFlight:
    """The conversations with each target of each group.

    Args:
        left: called with a group's ARN and a target's name when its last request has ended.
    """

    def __init__(self, left: Callable[[str, str], None]) -> None:
        self._left = left
        self._tasks: dict[tuple[str, str], set[asyncio.Task[object]]] = {}

    @contextmanager
    def request(self, group: TargetGroup, target: Target) -> Iterator[None]:
        """One request; the task that carries it may be cancelled by `cut`."""
        key, task = (group.arn, target.label), asyncio.current_task()
        assert task is not None  # noqa: S101
        self._tasks.setdefault(key, set()).add(task)
        try:
            yield
        finally:
            self._tasks[key].discard(task)
            if not self._tasks[key]:
                del self._tasks[key]
                self._left(*key)

    def has(self, group: str, target: str) -> bool:
        """Whether a target is working at a request."""
        return (group, target) in self._tasks

    def cut(self, group: str, target: str) -> None:
        """End what a target is still working at: its time to drain is over."""
        for task in self._tasks.get((group, target), set()):
            task.cancel()
