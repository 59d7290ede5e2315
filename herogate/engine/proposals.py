"""A change of a stack, proposed: AWS says what would become of it before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Generic, TypeVar

from herogate.aws.change_sets import ChangeSet, ChangeSets, change
from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.session import Session
from herogate.aws.templates import Shelf
from herogate.engine import following
from herogate.engine.clock import Sleep
from herogate.engine.work import Steps, Work
from herogate.errors import InvalidRequest
from herogate.models import ChangeKind, StackChanges

Outcome = TypeVar("Outcome")

_DELAY_SECONDS = 0.5


class Proposal(Generic[Outcome]):
    """What would become of an app's or a space's stack; nothing has changed yet.

    `apply` does it. Left as a context without that, the proposal is withdrawn::

        with platform.spaces.update("default", availability_zones=3) as proposal:
            if agreed(proposal.changes):
                proposal.apply().wait()

    Attributes:
        subject: the name of the app or space it is about.
        changes: none of a resource if what there is is as it should be; what a stack tells of itself may
            still differ.
    """

    def __init__(
        self,
        subject: str,
        changes: StackChanges,
        *,
        apply: Callable[[], Steps[Outcome]],
        withdraw: Callable[[], None],
    ) -> None:
        self.subject = subject
        self.changes = changes
        self._apply = apply
        self._withdraw = withdraw
        self._is_open = True

    @property
    def is_empty(self) -> bool:
        """Whether no resource would change."""
        return not self.changes.changes

    def check_harmless(self) -> None:
        """Raises `InvalidRequest` if data would be lost: no update is worth that."""
        if lost := self.changes.lost:
            raise InvalidRequest(
                f"{self.subject} stays as it is: this would take away {', '.join(lost)}, and all that "
                "is kept there.",
                "Some other tool may have changed the stack, or an older Herogate made it otherwise: "
                "`--dry-run` shows all that would become of it.",
            )

    def apply(self) -> Work[Outcome]:
        """Do what is proposed; raises as `check_harmless`.

        Followed, it raises `UpdateFailed` if AWS could not and took it back.
        """
        self.check_harmless()
        self._is_open = False
        return Work(self.subject, self._apply())

    def withdraw(self) -> None:
        """Have AWS forget the proposal."""
        if self._is_open:
            self._is_open = False
            self._withdraw()

    def __enter__(self) -> Proposal[Outcome]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.withdraw()


class Previews:
    """Finds out what a template would change."""

    def __init__(self, session: Session, *, sleep: Sleep) -> None:
        self._change_sets = ChangeSets(session)
        self._stacks = Stacks(session)
        self._sleep = sleep

    def of_update(
        self, stack: str, template: str, *, express: bool, shelf: Shelf | None
    ) -> ChangeSet:
        """The change set that would bring a stack to a template; it waits to be carried out."""
        try:
            begun = self._change_sets.begin(
                stack, template, creates=False, express=express, shelf=shelf
            )
            return self._settled(begun)
        finally:
            self._change_sets.take_back(template, shelf)

    def of_creation(
        self,
        stack: str,
        template: str,
        *,
        tags: Mapping[str, str],
        express: bool,
        shelf: Shelf | None = None,
    ) -> StackChanges:
        """What the creation of a stack would make. Nothing of it stays, be it a refusal."""
        try:
            begun = self._change_sets.begin(
                stack, template, creates=True, express=express, tags=tags, shelf=shelf
            )
            try:
                return StackChanges(stack=stack, changes=self._settled(begun).changes)
            finally:
                self._change_sets.discard(begun)
                self._forget(stack)
        finally:
            self._change_sets.take_back(template, shelf)

    def of_deletion(self, stack: Stack) -> StackChanges:
        """What the deletion of a stack would remove."""
        return StackChanges(
            stack=stack.name,
            changes=tuple(
                change(ChangeKind.REMOVE, name, kind)
                for name, kind in self._stacks.resources(stack.id)
            ),
        )

    def withdraw(self, change_set: ChangeSet) -> None:
        """Forget a change set."""
        self._change_sets.discard(change_set)

    def carry_out(self, change_set: ChangeSet) -> None:
        """Begin to do what a change set says."""
        self._change_sets.execute(change_set)

    def _settled(self, begun: ChangeSet) -> ChangeSet:
        try:
            while not (found := self._change_sets.describe(begun)).status.is_settled:
                self._sleep(_DELAY_SECONDS)
        except BaseException:
            self._change_sets.discard(begun)
            raise
        return found

    def _forget(self, name: str) -> None:
        """Remove a stack that was made for review, unless somebody has made it in truth meanwhile."""
        stack = self._stacks.describe(name)
        if stack is not None and stack.status.is_in_review:
            for _ in following.deletion(self._stacks, stack, self._sleep):
                pass
