"""Removing resources: all of a stack's, or what an update has left over. Dependants go first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from herogate.local.planes.cloudformation.course.phase import Phase
from herogate.local.planes.cloudformation.course.plan import AfterFailure
from herogate.local.planes.cloudformation.course.work import Work
from herogate.local.planes.cloudformation.records.stack import StackResource
from herogate.local.planes.cloudformation.records.status import ResourceStatus, Stage
from herogate.local.planes.cloudformation.templates.template import DeletionPolicy

Goes = Callable[[StackResource], bool]


class Removal(Phase):
    """Takes away a stack's resources and remainders.

    Args:
        goes: which of the stack's resources are to go; its remainders always are.
        forgets: whether a resource's record goes with it (else it stays, as deleted).
        undoes: whether it takes back what this very operation has made.
    """

    after_failure = AfterFailure.AROUND

    def __init__(self, work: Work, goes: Goes, *, forgets: bool, undoes: bool) -> None:
        super().__init__(work)
        self._undoes = undoes
        self._forgets = forgets
        self._going = {
            key: _Going(resource=resource, is_remainder=False)
            for key, resource in work.resources.items()
            if goes(resource) and not (resource.status.is_gone and resource.mark != work.mark)
        }
        for token, resource in work.records.remainders(work.stack.stack_id).items():
            self._going[token] = _Going(resource=resource, is_remainder=True)

    def stages(self) -> Mapping[str, Stage]:
        return {key: g.resource.stage_in(self.work.mark) for key, g in self._going.items()}

    def waits_for(self) -> Mapping[str, Collection[str]]:
        return {
            key: [
                other
                for other, candidate in self._going.items()
                if going.resource.logical_id in candidate.resource.dependencies
            ]
            for key, going in self._going.items()
        }

    def failed(self) -> list[StackResource]:
        """The resources that could not be deleted."""
        stages = self.stages()
        return [g.resource for key, g in self._going.items() if stages[key] is Stage.FAILED]

    def start(self, key: str) -> None:
        resource = self._going[key].resource
        with self.work.step():
            if self._stays(key):
                self._record(key, Stage.SETTLED, status=ResourceStatus.DELETE_SKIPPED)
            elif resource.physical_id is None:
                self._record(key, Stage.SETTLED, status=ResourceStatus.DELETE_COMPLETE)
            else:
                self._record(key, Stage.STARTED, status=ResourceStatus.DELETE_IN_PROGRESS)

    def apply(self, key: str) -> None:
        resource = self._going[key].resource
        context = self.work.context(resource, resource.tags)
        with self.work.step():
            self.work.handler(resource).delete(
                context, resource.physical_id or "", resource.properties
            )
            self._record(key, Stage.APPLIED, event=False)

    def is_settled(self, key: str) -> bool:
        resource = self._going[key].resource
        context = self.work.context(resource, resource.tags)
        if not self.work.operation.express and not self.work.handler(resource).is_gone(
            context, resource.physical_id or ""
        ):
            return False
        with self.work.step():
            self._record(key, Stage.SETTLED, status=ResourceStatus.DELETE_COMPLETE)
        return True

    def fail(self, key: str, reason: str) -> None:
        with self.work.step():
            if self.work.operation.forced:
                self._record(key, Stage.SETTLED, status=ResourceStatus.DELETE_SKIPPED)
            else:
                self._record(
                    key, Stage.FAILED, status=ResourceStatus.DELETE_FAILED, status_reason=reason
                )

    def give_up_failed(self) -> None:
        """Forget what could not be deleted: it exists on, and is no longer the stack's."""
        with self.work.step():
            for key, stage in self.stages().items():
                if stage is not Stage.SETTLED:
                    self._forget(key)

    def _stays(self, key: str) -> bool:
        going, operation = self._going[key], self.work.operation
        if going.resource.logical_id in operation.kept:
            return True
        resource = going.resource
        policy = resource.update_replace_policy if going.is_remainder else resource.deletion_policy
        if self._undoes:
            return policy is DeletionPolicy.RETAIN and not operation.retain_except_on_create
        return policy in {DeletionPolicy.RETAIN, DeletionPolicy.RETAIN_EXCEPT_ON_CREATE}

    def _record(self, key: str, stage: Stage, *, event: bool = True, **changes: Any) -> None:
        going = self._going[key]
        if event:
            changes = {"status_reason": None, "changed_at": self.work.clock(), **changes}
        now = replace(going.resource, mark=self.work.mark, stage=stage, **changes)
        self._going[key] = replace(going, resource=now)
        if stage is Stage.SETTLED and (self._forgets or going.is_remainder):
            self._forget(key)
        elif going.is_remainder:
            self.work.records.put_remainder(self.work.stack.stack_id, now)
        else:
            self.work.records.put_resource(self.work.stack.stack_id, now)
        if event:
            self.work.tell(now)

    def _forget(self, key: str) -> None:
        going, stack_id = self._going[key], self.work.stack.stack_id
        if going.is_remainder:
            self.work.records.forget_remainder(stack_id, going.resource.token)
        else:
            self.work.records.forget_resource(stack_id, going.resource)


@dataclass(frozen=True, kw_only=True)
class _Going:
    """A resource on its way out; a remainder is one that another has replaced."""

    resource: StackResource
    is_remainder: bool
