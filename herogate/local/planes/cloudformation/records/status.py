"""The states of stacks, of their resources and of change sets, in AWS's words.

Nothing else in the local cloud compares a state's text; it asks these predicates.
"""

from __future__ import annotations

from enum import StrEnum


class StackStatus(StrEnum):
    """The state of a stack. One that is in progress is also the phase its operation is in."""

    REVIEW_IN_PROGRESS = "REVIEW_IN_PROGRESS"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_COMPLETE = "CREATE_COMPLETE"
    CREATE_FAILED = "CREATE_FAILED"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    ROLLBACK_COMPLETE = "ROLLBACK_COMPLETE"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"
    UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
    UPDATE_COMPLETE_CLEANUP_IN_PROGRESS = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    UPDATE_COMPLETE = "UPDATE_COMPLETE"
    UPDATE_FAILED = "UPDATE_FAILED"
    UPDATE_ROLLBACK_IN_PROGRESS = "UPDATE_ROLLBACK_IN_PROGRESS"
    UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    UPDATE_ROLLBACK_COMPLETE = "UPDATE_ROLLBACK_COMPLETE"
    UPDATE_ROLLBACK_FAILED = "UPDATE_ROLLBACK_FAILED"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_COMPLETE = "DELETE_COMPLETE"
    DELETE_FAILED = "DELETE_FAILED"

    @property
    def is_in_progress(self) -> bool:
        """Whether an operation is under way (a stack in review waits for its change set)."""
        return self.endswith("_IN_PROGRESS") and self is not StackStatus.REVIEW_IN_PROGRESS

    @property
    def is_failed(self) -> bool:
        """Whether the last operation did not do what was asked."""
        return self.endswith("_FAILED") or "ROLLBACK" in self

    @property
    def is_gone(self) -> bool:
        """Whether the stack is deleted; it stays visible by its id."""
        return self is StackStatus.DELETE_COMPLETE

    @property
    def can_be_updated(self) -> bool:
        """Whether UpdateStack is taken in this state."""
        return self in _UPDATABLE

    @property
    def is_unfinished(self) -> bool:
        """Whether a failure was let stand: the stack is neither what it was nor what it is to be."""
        return self in {StackStatus.CREATE_FAILED, StackStatus.UPDATE_FAILED}

    @property
    def can_be_deleted(self) -> bool:
        """Whether DeleteStack is taken in this state; a create under way is given up for it."""
        return not self.is_in_progress or self is StackStatus.CREATE_IN_PROGRESS


_UPDATABLE = {
    StackStatus.CREATE_COMPLETE,
    StackStatus.CREATE_FAILED,
    StackStatus.UPDATE_COMPLETE,
    StackStatus.UPDATE_FAILED,
    StackStatus.UPDATE_ROLLBACK_COMPLETE,
}


class ResourceStatus(StrEnum):
    """The state of one resource of a stack."""

    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_COMPLETE = "CREATE_COMPLETE"
    CREATE_FAILED = "CREATE_FAILED"
    UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
    UPDATE_COMPLETE = "UPDATE_COMPLETE"
    UPDATE_FAILED = "UPDATE_FAILED"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_COMPLETE = "DELETE_COMPLETE"
    DELETE_FAILED = "DELETE_FAILED"
    DELETE_SKIPPED = "DELETE_SKIPPED"

    @property
    def is_failed(self) -> bool:
        return self.endswith("_FAILED")

    @property
    def is_gone(self) -> bool:
        """Whether the stack no longer has the resource: deleted, or left behind on purpose."""
        return self in {ResourceStatus.DELETE_COMPLETE, ResourceStatus.DELETE_SKIPPED}


class Stage(StrEnum):
    """How far one resource has come in the phase its stack is in."""

    PENDING = "PENDING"
    """Not begun."""
    STARTED = "STARTED"
    """Announced by its event; its service has not been called."""
    APPLIED = "APPLIED"
    """Its service has been called and takes its time."""
    SETTLED = "SETTLED"
    """Done."""
    FAILED = "FAILED"

    @property
    def is_under_way(self) -> bool:
        return self in {Stage.STARTED, Stage.APPLIED}
