"""What a stack's status means for the app or space it is, and for what is asked of an app."""

from __future__ import annotations

from herogate.aws.stack_status import StackStatus
from herogate.errors import InvalidRequest, NameTaken
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


def unready(app: str, status: Status) -> InvalidRequest:
    """Why an app that is not whole cannot do what is asked of it, and what to do about it."""
    match status:
        case Status.DESTROYING:
            return InvalidRequest(
                f"{app} is being destroyed.",
                f"Should that have been cut short: `herogate destroy -a {app}` goes on with it.",
            )
        case Status.BROKEN:
            return InvalidRequest(
                f"{app} is broken: its creation or destruction stopped half-way.",
                f"`herogate destroy -a {app}` removes what is left of it.",
            )
        case _:
            return InvalidRequest(
                f"{app} is still being created.", f"`herogate info -a {app}` shows how it is."
            )


def spaceless(app: str, space: str) -> InvalidRequest:
    """Why nothing can be done with an app whose space is not there any more, but one thing."""
    return InvalidRequest(
        f"The space {space}, in which {app} was, is gone.",
        f"`herogate destroy -a {app}` removes what is left of the app.",
    )


def taken(app: str, status: Status) -> NameTaken:
    """Why no app of this name can be made, and what to do about it."""
    if status.is_ready:
        return NameTaken(app, f"`herogate info -a {app}` shows it.")
    why = unready(app, status)
    return NameTaken(app, f"{why.message}\n{why.hint}")
