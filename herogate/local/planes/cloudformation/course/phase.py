"""What the phases of a stack operation have in common: one resource, brought one action further."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from herogate.local.planes.cloudformation.course.failures import StackFailure
from herogate.local.planes.cloudformation.course.plan import (
    Action,
    AfterFailure,
    Verb,
    next_actions,
)
from herogate.local.planes.cloudformation.course.work import Work
from herogate.local.planes.cloudformation.records.status import Stage

log = logging.getLogger("herogate.local.cloudformation")


class Stopping(Exception):
    """The cloud stops: what was interrupted is done again after its next start."""


class Phase:
    """A set of resources that one phase of an operation brings to their end, one by one.

    A subclass says which they are, what each waits for, and how one is started, applied, awaited and
    given up; a resource's `Stage` is recorded with it, so a phase goes on wherever it was left.
    """

    after_failure: ClassVar[AfterFailure]

    def __init__(self, work: Work) -> None:
        self.work = work

    def stages(self) -> Mapping[str, Stage]:
        """How far each resource has come."""
        raise NotImplementedError

    def waits_for(self) -> Mapping[str, Collection[str]]:
        """What must be settled before each."""
        raise NotImplementedError

    def start(self, key: str) -> None:
        """Announce it, or settle it if there is nothing to do."""
        raise NotImplementedError

    def apply(self, key: str) -> None:
        """Call its service."""
        raise NotImplementedError

    def is_settled(self, key: str) -> bool:
        """Settle it if its service is done with it."""
        raise NotImplementedError

    def fail(self, key: str, reason: str) -> None:
        """Give it up."""
        raise NotImplementedError

    def cancel(self, key: str) -> None:
        """Give it up because another one has failed."""
        raise NotImplementedError

    def actions(self) -> list[Action]:
        """What is to be done next; nothing when the phase is over."""
        return next_actions(self.stages(), self.waits_for(), self.after_failure)

    def perform(self, action: Action) -> bool:
        """Do one action. Whether it brought the resource further."""
        if action.verb is Verb.CANCEL:
            self.cancel(action.key)
            return True
        with self._failing(action.key):
            if action.verb is Verb.START:
                self.start(action.key)
            elif action.verb is Verb.APPLY:
                self.apply(action.key)
            else:
                return self.is_settled(action.key)
        return True

    def cancel_all(self) -> None:
        """Give up everything that is under way."""
        for key, stage in self.stages().items():
            if stage.is_under_way:
                self.cancel(key)

    @contextmanager
    def _failing(self, key: str) -> Iterator[None]:
        """Whatever goes wrong is the resource's failure, unless it is the cloud's end."""
        try:
            yield
        except StackFailure:
            raise
        except Exception as error:
            if self.work.cloud.stopping.is_set():
                raise Stopping from error
            log.info("%s of %s failed", key, self.work.stack.name, exc_info=error)
            self.fail(key, self.work.reason(error))
