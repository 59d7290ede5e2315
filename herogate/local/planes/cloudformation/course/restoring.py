"""Bringing a stack's resources back to what they were before an update that failed.

A replaced resource is taken back from the remainders, a changed one is changed back. What the update
has added stays for ``removal.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from herogate.local.planes.cloudformation.course.phase import Phase
from herogate.local.planes.cloudformation.course.plan import AfterFailure
from herogate.local.planes.cloudformation.records.stack import StackResource
from herogate.local.planes.cloudformation.records.status import ResourceStatus, Stage
from herogate.local.planes.cloudformation.templates import dependencies


class Restoring(Phase):
    """UPDATE_ROLLBACK_IN_PROGRESS."""

    after_failure = AfterFailure.ON

    @cached_property
    def _before(self) -> Mapping[str, StackResource]:
        before = self.work.records.before(self.work.stack.stack_id)
        order = dependencies.deletion_order({k: r.dependencies for k, r in before.items()})
        return {key: before[key] for key in reversed(order)}

    def stages(self) -> Mapping[str, Stage]:
        resources, mark = self.work.resources, self.work.mark
        return {key: resources[key].stage_in(mark) for key in self._before}

    def waits_for(self) -> Mapping[str, Collection[str]]:
        return {key: resource.dependencies for key, resource in self._before.items()}

    def start(self, key: str) -> None:
        before, now = self._before[key], self.work.resources[key]
        with self.work.step():
            if key in self.work.operation.skipped:
                self.work.record(now, Stage.SETTLED, status=ResourceStatus.UPDATE_COMPLETE)
            elif _untouched(before, now):
                self.work.record(before, Stage.SETTLED, event=False)
            else:
                self.work.record(now, Stage.STARTED, status=ResourceStatus.UPDATE_IN_PROGRESS)

    def apply(self, key: str) -> None:
        before, now = self._before[key], self.work.resources[key]
        in_progress = ResourceStatus.UPDATE_IN_PROGRESS
        if now.token != before.token:
            self._take_back(before, now)
        elif _same(before, now):
            with self.work.step():
                self.work.record(before, Stage.APPLIED, event=False, status=in_progress)
        else:
            with self.work.step():
                self.work.handler(now).update(
                    self.work.context(before, now.tags),
                    before.physical_id or "",
                    self.work.reveal(before.properties),
                    self.work.reveal(now.properties),
                )
                self.work.record(before, Stage.APPLIED, event=False, status=in_progress)

    def is_settled(self, key: str) -> bool:
        resource = self.work.resources[key]
        if not self.work.is_ready(resource):
            return False
        facts = self.work.facts(resource)
        with self.work.step():
            self.work.record(
                resource, Stage.SETTLED, status=ResourceStatus.UPDATE_COMPLETE, **facts
            )
        return True

    def fail(self, key: str, reason: str) -> None:
        with self.work.step():
            self.work.record(
                self.work.resources[key],
                Stage.FAILED,
                status=ResourceStatus.UPDATE_FAILED,
                status_reason=reason,
            )

    def _take_back(self, before: StackResource, now: StackResource) -> None:
        stack_id = self.work.stack.stack_id
        with self.work.step():
            self.work.records.put_remainder(stack_id, now)
            self.work.records.forget_remainder(stack_id, before.token)
            self.work.record(
                before, Stage.APPLIED, event=False, status=ResourceStatus.UPDATE_IN_PROGRESS
            )


def _same(before: StackResource, now: StackResource) -> bool:
    return now.token == before.token and (now.properties, now.tags) == (
        before.properties,
        before.tags,
    )


def _untouched(before: StackResource, now: StackResource) -> bool:
    """Whether the update did nothing to a resource, and told nothing of it."""
    return (
        _same(before, now) and now.status is before.status and now.changed_at == before.changed_at
    )
