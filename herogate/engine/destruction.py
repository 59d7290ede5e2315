"""Who removes an app: of two commands at once one waits, and goes on where the other stopped half-way.

What is removed, and in which order, is in `removal.py`.
"""

from __future__ import annotations

from functools import partial

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.session import Session
from herogate.engine.clock import Now, Sleep, utc_now
from herogate.engine.lease import Lease, LeaseLost, holding
from herogate.engine.ledger import Ledger
from herogate.engine.removal import Removal
from herogate.engine.site import space_of
from herogate.engine.spaces import Spaces
from herogate.engine.work import Steps
from herogate.errors import DestructionFailed, NotFound
from herogate.models import Receipt, Setback, StackProgress
from stacks import names

_DELAY_SECONDS = 1.0


class Destruction:
    """The removal of apps, of each by one command at a time."""

    def __init__(
        self,
        session: Session,
        spaces: Spaces,
        *,
        sleep: Sleep,
        now: Now = utc_now,
    ) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._spaces = spaces
        self._sleep = sleep
        self._now = now

    def remains(self, app: str) -> tuple[Stack | None, Stack | None]:
        """The stack of an app and that of its space. Raises `NotFound` if there is neither."""
        stack = self._stacks.describe(names.app_stack(app))
        space = self._space_of(app, stack)
        if stack is None and space is None:
            raise NotFound.app(app, self._session.region)
        return stack, space

    def steps(self, app: str) -> Steps[Receipt]:
        """Remove an app. Raises `NotFound` if nothing at all is left of it."""
        stack, space = self.remains(app)
        removal = partial(Removal, self._session, self._spaces, app, stack, space)
        if space is None:
            return (yield from removal(sleep=self._sleep).steps())
        lease = yield from self._turn(app, self._spaces.ledger(space))
        if lease is None:
            return Receipt(app=app, removed={})
        try:
            return (yield from removal(sleep=holding(lease, self._sleep)).steps())
        except LeaseLost:
            raise DestructionFailed(
                f"Another command goes on with the destruction of {app}.",
                f"`herogate info -a {app}` shows how it is.",
            ) from None
        except BaseException:
            lease.give_back()
            raise

    def _turn(self, app: str, ledger: Ledger) -> Steps[Lease | None]:
        """Take the right to destroy an app, after whoever has it; None if nothing is left by then."""
        lease = ledger.destruction(app, now=self._now)
        if lease is None:
            yield Setback(
                reason=f"{app} is being destroyed by another command.",
                next_step="Waiting for it to end",
            )
        while lease is None:
            yield StackProgress(stack=app, done=0, total=0, waiting_for=("the other command",))
            self._sleep(_DELAY_SECONDS)
            try:
                self.remains(app)
            except NotFound:
                return None
            lease = ledger.destruction(app, now=self._now)
        return lease

    def _space_of(self, app: str, stack: Stack | None) -> Stack | None:
        """The space that the app's stack names or, without one, whose ledger still knows the app."""
        if stack is not None:
            return self._spaces.made(space_of(stack))
        for space in self._spaces.all():
            made = self._spaces.made(space.name)
            if made is not None and self._is_known(made, app):
                return made
        return None

    def _is_known(self, space: Stack, app: str) -> bool:
        try:
            return self._spaces.ledger(space).place_of(app) is not None
        except NotFound:  # the space is going, and its ledger has gone before it
            return False
