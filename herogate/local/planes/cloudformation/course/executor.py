"""The course of a stack operation: which phase it is in, and what follows when the phase is over.

Decide, then do: a stack's status *is* the phase; ``plan.py`` decides what a phase does next, the
phases (``provisioning.py``, ``restoring.py``, ``removal.py``) do it, and here one phase leads to the
next. Everything is recorded as it is done, so an operation goes on from its records wherever a kill or
a stop has left it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.course import failures, outcome
from herogate.local.planes.cloudformation.course.failures import StackFailure
from herogate.local.planes.cloudformation.course.phase import Phase, Stopping
from herogate.local.planes.cloudformation.course.provisioning import Provisioning
from herogate.local.planes.cloudformation.course.removal import Removal
from herogate.local.planes.cloudformation.course.restoring import Restoring
from herogate.local.planes.cloudformation.course.sessions import Sessions
from herogate.local.planes.cloudformation.course.work import Work
from herogate.local.planes.cloudformation.records import events
from herogate.local.planes.cloudformation.records.records import Records
from herogate.local.planes.cloudformation.records.stack import (
    OnFailure,
    OperationType,
    StackResource,
)
from herogate.local.planes.cloudformation.records.status import ResourceStatus, StackStatus, Stage
from herogate.local.resources import Handler

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.cloudformation")

_POLL_SECONDS = 0.1


class Executor:
    """Carries stack operations to their end, each in a thread that calls `run`."""

    def __init__(
        self,
        cloud: Cloud,
        records: Records,
        sessions: Sessions,
        handlers: Mapping[str, Handler],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cloud = cloud
        self._records = records
        self._sessions = sessions
        self._handlers = handlers
        self._clock = clock

    def run(self, stack_id: str) -> None:
        """Work on a stack until no operation is under way on it, or the cloud stops."""
        while (work := self._work(stack_id)) is not None:
            try:
                self._PHASES[work.stack.status](self, work)
            except Stopping:
                return
            except Exception:
                if self._cloud.stopping.is_set():
                    return
                log.exception("%s of %s broke off", work.operation.type, work.stack.name)
                self._end(work, _BROKEN[work.stack.status], "Internal Failure")

    def _work(self, stack_id: str) -> Work | None:
        operation, stack = self._records.operation(stack_id), self._records.stack(stack_id)
        if operation is None or stack is None or self._cloud.stopping.is_set():
            return None
        return Work(
            cloud=self._cloud,
            records=self._records,
            handlers=self._handlers,
            stack=stack,
            operation=operation,
            client=self._sessions.client(stack.region, operation),
            exports=lambda: self._records.exports(stack.region),
            clock=self._clock,
        )

    # --- the phases, by the stack's status ---

    def _create(self, work: Work) -> None:
        if not self._provision(work):
            return
        try:
            changes = self._achieved(work)
        except StackFailure as failure:
            self._give_up_create(work, f"{failure}. ")
            return
        self._end(work, StackStatus.CREATE_COMPLETE, **changes)

    def _update(self, work: Work) -> None:
        if not self._provision(work):
            return
        try:
            changes = self._achieved(work)
        except StackFailure as failure:
            self._give_up_update(work, str(failure))
            return
        self._move(work, StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, previous=None, **changes)

    def _clean_up_update(self, work: Work) -> None:
        removal = Removal(work, _not_in(work.graph), forgets=True, undoes=False)
        if self._through(removal):
            failed = removal.failed()
            removal.give_up_failed()
            reason = failures.UNDELETED if failed else None
            self._end(work, StackStatus.UPDATE_COMPLETE, reason, forgets_before=True)

    def _roll_back_create(self, work: Work) -> None:
        removal = Removal(work, _all, forgets=False, undoes=True)
        if self._through(removal):
            if failed := removal.failed():
                reason = failures.undeleted_resources(_ids(failed))
                self._end(work, StackStatus.ROLLBACK_FAILED, reason)
            else:
                self._end(work, StackStatus.ROLLBACK_COMPLETE, forgets_before=True, previous=None)

    def _roll_back_update(self, work: Work) -> None:
        if self._through(Restoring(work)):
            if failed := _failed(work):
                reason = failures.failed_resources([], _ids(failed))
                self._end(work, StackStatus.UPDATE_ROLLBACK_FAILED, reason)
            else:
                self._move(work, StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS)

    def _clean_up_rollback(self, work: Work) -> None:
        before = self._records.before(work.stack.stack_id)
        removal = Removal(work, _not_in(before), forgets=True, undoes=True)
        if self._through(removal):
            removal.give_up_failed()
            status = StackStatus.UPDATE_ROLLBACK_COMPLETE
            self._end(work, status, forgets_before=True, previous=None)

    def _delete(self, work: Work) -> None:
        if refusal := outcome.exports_in_use(work.stack, self._records.living(work.stack.region)):
            self._end(work, work.operation.former, refusal)
            return
        undoes = work.operation.type is OperationType.CREATE
        removal = Removal(work, _all, forgets=False, undoes=undoes)
        if self._through(removal):
            if failed := removal.failed():
                reason = failures.undeleted_resources(_ids(failed))
                self._end(work, StackStatus.DELETE_FAILED, reason)
            else:
                self._end(
                    work,
                    StackStatus.DELETE_COMPLETE,
                    forgets_before=True,
                    deleted_at=self._clock(),
                    imports=(),
                )

    _PHASES: ClassVar[Mapping[StackStatus, Callable[[Executor, Work], None]]] = {
        StackStatus.CREATE_IN_PROGRESS: _create,
        StackStatus.ROLLBACK_IN_PROGRESS: _roll_back_create,
        StackStatus.UPDATE_IN_PROGRESS: _update,
        StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: _clean_up_update,
        StackStatus.UPDATE_ROLLBACK_IN_PROGRESS: _roll_back_update,
        StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: _clean_up_rollback,
        StackStatus.DELETE_IN_PROGRESS: _delete,
    }

    # --- going forward, and giving up ---

    def _provision(self, work: Work) -> bool:
        """Whether every resource is what the template says; a failure is followed up here."""
        phase = Provisioning(work)
        creating = work.stack.status is StackStatus.CREATE_IN_PROGRESS
        give_up = self._give_up_create if creating else self._give_up_update
        if work.operation.cancelled:
            phase.cancel_all()
            give_up(work, failures.USER_INITIATED)
            return False
        try:
            if not self._through(phase):
                return False
        except StackFailure as failure:
            phase.cancel_all()
            give_up(work, f"{failure}. " if creating else str(failure))
            return False
        if failed := _failed(work):
            give_up(work, _reason(failed))
            return False
        return True

    def _give_up_create(self, work: Work, reason: str) -> None:
        wanted = work.operation.on_failure
        if wanted is OnFailure.DO_NOTHING:
            self._end(work, StackStatus.CREATE_FAILED, reason)
        elif wanted is OnFailure.DELETE:
            self._move(work, StackStatus.DELETE_IN_PROGRESS, f"{reason}Delete requested by user.")
        else:
            rollback = f"{reason}Rollback requested by user."
            self._move(work, StackStatus.ROLLBACK_IN_PROGRESS, rollback)

    def _give_up_update(self, work: Work, reason: str) -> None:
        if work.operation.on_failure is OnFailure.DO_NOTHING and not work.operation.cancelled:
            self._end(work, StackStatus.UPDATE_FAILED, reason)
            return
        previous = work.stack.previous or work.stack.configuration
        status = StackStatus.UPDATE_ROLLBACK_IN_PROGRESS
        self._move(work, status, reason, configuration=previous)

    def _achieved(self, work: Work) -> dict[str, Any]:
        """What the stack gains when its resources are all there."""
        try:
            outputs = outcome.outputs(work)
            outcome.check_exports(work.stack, outputs, self._records.living(work.stack.region))
            return {"outputs": outputs, "imports": outcome.imports(work)}
        except AwsError as error:
            raise StackFailure(error.message) from error

    def _through(self, phase: Phase) -> bool:
        """Perform a phase to its end; False when another operation has come in between."""
        work = phase.work
        while actions := phase.actions():
            moved = False
            for action in actions:
                if self._cloud.stopping.is_set():
                    raise Stopping
                if self._records.operation(work.stack.stack_id) != work.operation:
                    return False
                self._check_deadline(work)
                moved |= phase.perform(action)
            if not moved:
                self._cloud.stopping.wait(_POLL_SECONDS)
        return True

    def _check_deadline(self, work: Work) -> None:
        deadline = work.operation.deadline
        creating = work.stack.status is StackStatus.CREATE_IN_PROGRESS
        if creating and deadline is not None and self._clock() > deadline:
            raise StackFailure("Stack creation time exceeded the specified timeout")

    # --- from state to state ---

    def _move(
        self,
        work: Work,
        status: StackStatus,
        reason: str | None = None,
        *,
        forgets_before: bool = False,
        **changes: Any,
    ) -> None:
        """Bring the stack into another state, unless another operation has taken it over."""
        stack_id = work.stack.stack_id
        with self._cloud.step(), self._records.changing:
            current = self._records.stack(stack_id)
            if current is None or self._records.operation(stack_id) != work.operation:
                return
            stack = replace(current, status=status, status_reason=reason, **changes)
            self._records.put_stack(stack)
            self._records.put_event(events.of_stack(stack, work.operation, self._clock()))
            if forgets_before:
                self._records.forget_before(stack_id)
            if not status.is_in_progress:
                self._records.forget_operation(work.operation)
                self._sessions.end(work.operation)

    def _end(
        self, work: Work, status: StackStatus, reason: str | None = None, **changes: Any
    ) -> None:
        """Bring the stack into a lasting state, which is shown when it is on disk."""
        with self._records.withheld(work.stack):
            self._move(work, status, reason, **changes)
            self._cloud.durable()


_BROKEN: Mapping[StackStatus, StackStatus] = {
    StackStatus.CREATE_IN_PROGRESS: StackStatus.CREATE_FAILED,
    StackStatus.ROLLBACK_IN_PROGRESS: StackStatus.ROLLBACK_FAILED,
    StackStatus.UPDATE_IN_PROGRESS: StackStatus.UPDATE_FAILED,
    StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: StackStatus.UPDATE_COMPLETE,
    StackStatus.UPDATE_ROLLBACK_IN_PROGRESS: StackStatus.UPDATE_ROLLBACK_FAILED,
    StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: StackStatus.UPDATE_ROLLBACK_COMPLETE,
    StackStatus.DELETE_IN_PROGRESS: StackStatus.DELETE_FAILED,
}
"""Where a stack ends up when the local cloud itself fails: never in progress for ever."""


def _all(_: StackResource) -> bool:
    return True


def _not_in(staying: Mapping[str, Any]) -> Callable[[StackResource], bool]:
    return lambda resource: resource.logical_id not in staying


def _ids(resources: list[StackResource]) -> list[str]:
    return [resource.logical_id for resource in resources]


def _failed(work: Work) -> list[StackResource]:
    """The resources that failed in this phase, first failure first."""
    failed = [r for r in work.resources.values() if r.stage_in(work.mark) is Stage.FAILED]
    return sorted(failed, key=lambda resource: resource.changed_at)


def _reason(failed: list[StackResource]) -> str:
    created = [r for r in failed if r.status is ResourceStatus.CREATE_FAILED]
    updated = [r for r in failed if r.status is not ResourceStatus.CREATE_FAILED]
    return failures.failed_resources(_ids(created), _ids(updated))
