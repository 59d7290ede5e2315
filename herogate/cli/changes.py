"""Changes of stacks shown before they are made, and made if the user agrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

import click

from herogate.cli import output, progress
from herogate.errors import HerogateError
from herogate.models import ChangeKind, ResourceChange, StackChanges

if TYPE_CHECKING:
    from herogate.engine.proposals import Proposal

Outcome = TypeVar("Outcome")

dry_run = click.option("--dry-run", is_flag=True, help="show what would change, and change nothing")


class NotAgreed(HerogateError):
    """The user has seen what would change, and said no."""


_MARKS = {
    ChangeKind.ADD: "+",
    ChangeKind.MODIFY: "~",
    ChangeKind.MAY_REPLACE: "~",
    ChangeKind.REPLACE: "±",
    ChangeKind.REMOVE: "-",
}


def show(stacks: Sequence[StackChanges], *, as_json: bool = False) -> None:
    """The changes of stacks as the answer of a command."""
    if as_json:
        output.document(stacks)
        return
    for number, stack in enumerate(stacks):
        if number:
            output.say()
        output.heading(_title(stack))
        if stack.changes:
            output.table(["", "Change", "Resource", "Type", "Properties"], _rows(stack))
        else:
            output.say("No resource would change.")


def asked(of: str, ask: Callable[[], Outcome]) -> Outcome:
    """What AWS answers to what would change of something."""
    return progress.answer(f"Asking what would change of {of}", ask)


def withdrawn(proposals: Sequence[Proposal[Outcome]]) -> list[StackChanges]:
    """What proposals would change, none of which is carried out."""
    for proposal in proposals:
        proposal.withdraw()
    return [proposal.changes for proposal in proposals]


def make(
    proposals: Sequence[Proposal[Outcome]], what: str, *, yes: bool, quiet: bool = False
) -> None:
    """Show what would change, ask, and do it. What changes no resource needs no consent.

    Args:
        quiet: not to show it on standard output.

    Raises:
        NotAgreed: the user has said no; nothing was changed.
    """
    told = [proposal.changes for proposal in proposals if not proposal.is_empty]
    if told and not quiet:
        show(told)
    with ExitStack() as stack:
        for proposal in proposals:
            stack.enter_context(proposal)
        if told and not yes and not output.ask(f"Change {what}?", flag="--yes"):
            raise NotAgreed(f"Nothing of {what} was changed.")
        for proposal in proposals:
            progress.follow(
                proposal.apply,
                f"Updating {proposal.subject}",
                left="The command again shows what is left to do.",
            )


def _title(stack: StackChanges) -> str:
    count = len(stack.changes)
    return f"{stack.stack}: {count} change{'' if count == 1 else 's'}"


def _rows(stack: StackChanges) -> list[list[str]]:
    return [
        [
            _MARKS[change.kind],
            change.kind,
            change.resource,
            change.type.removeprefix("AWS::"),
            _properties(change),
        ]
        for change in stack.changes
    ]


def _properties(change: ResourceChange) -> str:
    return ", ".join(change.properties)
