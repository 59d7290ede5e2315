"""What CloudFormation says of a stack. The only place where that is spelled."""

from __future__ import annotations

from enum import StrEnum


class StackStatus(StrEnum):
    """What CloudFormation says of a stack."""

    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    CREATE_COMPLETE = "CREATE_COMPLETE"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"
    ROLLBACK_COMPLETE = "ROLLBACK_COMPLETE"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"
    DELETE_COMPLETE = "DELETE_COMPLETE"
    UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
    UPDATE_COMPLETE_CLEANUP_IN_PROGRESS = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    UPDATE_COMPLETE = "UPDATE_COMPLETE"
    UPDATE_FAILED = "UPDATE_FAILED"
    UPDATE_ROLLBACK_IN_PROGRESS = "UPDATE_ROLLBACK_IN_PROGRESS"
    UPDATE_ROLLBACK_FAILED = "UPDATE_ROLLBACK_FAILED"
    UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    UPDATE_ROLLBACK_COMPLETE = "UPDATE_ROLLBACK_COMPLETE"
    REVIEW_IN_PROGRESS = "REVIEW_IN_PROGRESS"
    IMPORT_IN_PROGRESS = "IMPORT_IN_PROGRESS"
    IMPORT_COMPLETE = "IMPORT_COMPLETE"
    IMPORT_ROLLBACK_IN_PROGRESS = "IMPORT_ROLLBACK_IN_PROGRESS"
    IMPORT_ROLLBACK_FAILED = "IMPORT_ROLLBACK_FAILED"
    IMPORT_ROLLBACK_COMPLETE = "IMPORT_ROLLBACK_COMPLETE"

    @property
    def is_settled(self) -> bool:
        """Whether CloudFormation has stopped working on the stack."""
        return not self.endswith("_IN_PROGRESS") or self.is_in_review

    @property
    def is_creating(self) -> bool:
        return self is StackStatus.CREATE_IN_PROGRESS

    @property
    def is_in_review(self) -> bool:
        """Whether only a change set was ever made for it: nothing of it is there."""
        return self is StackStatus.REVIEW_IN_PROGRESS

    @property
    def is_updating(self) -> bool:
        return not self.is_settled and self.startswith(("UPDATE_", "IMPORT_"))

    @property
    def is_deleting(self) -> bool:
        return self is StackStatus.DELETE_IN_PROGRESS

    @property
    def is_gone(self) -> bool:
        return self is StackStatus.DELETE_COMPLETE

    @property
    def is_stillborn(self) -> bool:
        """Whether the creation failed or never began: such a stack can only be deleted."""
        return self in (
            StackStatus.REVIEW_IN_PROGRESS,
            StackStatus.CREATE_FAILED,
            StackStatus.ROLLBACK_IN_PROGRESS,
            StackStatus.ROLLBACK_FAILED,
            StackStatus.ROLLBACK_COMPLETE,
        )

    @property
    def is_half_deleted(self) -> bool:
        return self is StackStatus.DELETE_FAILED

    @property
    def is_update_failed(self) -> bool:
        """Whether the last update was not made."""
        return self in (
            StackStatus.UPDATE_FAILED,
            StackStatus.UPDATE_ROLLBACK_FAILED,
            StackStatus.UPDATE_ROLLBACK_COMPLETE,
        )

    @property
    def is_whole(self) -> bool:
        """Whether the stack was created and all of it is there."""
        return (
            not (self.is_creating or self.is_deleting or self.is_gone or self.is_stillborn)
            and not self.is_half_deleted
        )
