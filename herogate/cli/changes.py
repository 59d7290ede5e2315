"""Changes of stacks shown before they are made, and made if the user agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

import click

from herogate.cli import output, progress
from herogate.errors import HerogateError
from herogate.models import ChangeKind, ResourceChange, StackChanges

if TYPE_CHECKING:
    from herogate.cli.options import Target
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


def look(target: Target, ask: Callable[[], StackChanges]) -> None:
    """What a release would change of an app's stacks, as the answer of a command."""
    show([asked(output.app(target.app), ask)])


def withdrawn(proposals: Iterable[Proposal[Outcome]]) -> list[StackChanges]:
    """What proposals would change, each withdrawn before the next is made."""
    told = []
    for proposal in proposals:
        proposal.withdraw()
        told.append(proposal.changes)
    return told


def make(
    proposals: Iterable[Proposal[Outcome]], what: str, *, yes: bool, quiet: bool = False
) -> None:
    """Show what would change, ask, and do it. What changes no resource needs no consent.

    Args:
        proposals: those not carried out are withdrawn, whatever happens.
        quiet: not to show it on standard output.

    Raises:
        InvalidRequest: data would be lost.
        NotAgreed: the user has said no; nothing was changed.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(proposal) for proposal in proposals]
        told = [proposal.changes for proposal in opened if not proposal.is_empty]
        if told and not quiet:
            show(told)
        for proposal in opened:
            proposal.check_harmless()
        if told and not yes and not output.ask(_question(told, what), flag="--yes"):
            raise NotAgreed(f"Nothing of {what} was changed.")
        for proposal in opened:
            progress.follow(
                proposal.apply,
                f"Updating {proposal.subject}",
                left="The command again shows what is left to do.",
            )


def _question(told: Sequence[StackChanges], what: str) -> str:
    anew = [name for stack in told for name in stack.anew]
    warning = f"{', '.join(anew)} would be made anew, with an interruption. " if anew else ""
    return f"{warning}Change {what}?"


def _title(stack: StackChanges) -> str:
    count = len(stack.changes)
    return f"{stack.stack}: {count} change{'' if count == 1 else 's'}"


def _rows(stack: StackChanges) -> list[list[str]]:
    return [
        [
            _MARKS[change.kind],
            f"{change.kind}, data lost" if change.loses_data else change.kind,
            change.resource,
            change.type.removeprefix("AWS::"),
            _properties(change),
        ]
        for change in stack.changes
    ]


def _properties(change: ResourceChange) -> str:
    return ", ".join(change.properties)
