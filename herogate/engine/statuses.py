"""What a stack's status means for the app or space it is."""

from __future__ import annotations

from herogate.aws.cloudformation import StackStatus
from herogate.models import Status


def status_of(stack: StackStatus) -> Status:
    """Where in its life the thing is that this stack makes up."""
    if stack.is_creating:
        return Status.CREATING
    if stack.is_deleting:
        return Status.DESTROYING
    if stack.is_updating:
        return Status.UPDATING
    return Status.READY if stack.is_whole else Status.BROKEN
