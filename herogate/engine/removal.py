"""How an app is removed, whole or half: what runs first, what is kept next, its address last.

The order is AWS's: a cluster, a role or a repository does not go while something uses it, and what has
not been stopped makes anew what was removed. Every step may find its work done already, so that a
removal that was interrupted, or one of an app that was never finished, is simply made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.ecr import ImageRepositories
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.engine import app_rules, belongings, domain_certificates, following
from herogate.engine.belongings import Lot
from herogate.engine.clock import Sleep
from herogate.engine.echoes import left_over
from herogate.engine.spaces import Spaces
from herogate.engine.standstill import Removed, Standstill
from herogate.engine.work import Steps
from herogate.errors import DestructionFailed
from herogate.models import Belonging, Receipt
from stacks import names
from stacks.outputs import SpaceOutput as Output


class Removal:
    """The removal of one app.

    Args:
        stack: the app's, if there is one.
        space: the stack of its space, if that has come so far as to have a ledger.
    """

    def __init__(
        self,
        session: Session,
        spaces: Spaces,
        app: str,
        stack: Stack | None,
        space: Stack | None,
        *,
        sleep: Sleep,
    ) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._app = app
        self._stack = stack
        self._space = space
        self._ledger = None if space is None else spaces.ledger(space)
        self._sleep = sleep
        self._removed: Removed = Counter()
        cluster = None if space is None else space.outputs[Output.CLUSTER_NAME]
        self._standstill = Standstill(session, app, cluster, sleep=sleep)

    def steps(self) -> Steps[Receipt]:
        """Remove the app; `DestructionFailed` if anything of it would not go."""
        process_types: list[str] = []
        if self._ledger is not None:
            self._ledger.close(self._app)
            process_types = self._ledger.process_types(self._app)
        yield from self._standstill.steps(process_types, self._removed)
        yield from self._without(names.formation_stack(self._app))
        yield from self._standstill.ended(process_types)
        for addon in self._addons():
            yield from self._without(addon)
        self._remove(belongings.of_work(self._session, self._app))
        self._empty()
        if self._space is not None and self._ledger is not None:
            app_rules.remove_further(self._session, self._space, self._ledger, self._app)
            # Early, since ACM lets a certificate go some time after its listeners did.
            domain_certificates.withdraw(self._session, self._space, self._app)
        yield from self._without(names.app_stack(self._app))
        self._clear()
        if self._space is not None and self._ledger is not None:
            self._removed[Belonging.DOMAIN] += yield from domain_certificates.forget(
                self._session, self._space, self._app, sleep=self._sleep
            )
            self._removed[Belonging.RELEASE] += self._ledger.forget(self._app)
        removed = {kind: self._removed[kind] for kind in Belonging if self._removed[kind]}
        return Receipt(app=self._app, removed=removed)

    def _addons(self) -> list[str]:
        return [
            stack.name
            for stack in self._stacks.all()
            if stack.name.startswith(names.addon_stacks(self._app))
        ]

    def _empty(self) -> None:
        """Take out of the app's stores what keeps them from being deleted, or would outlive them."""
        if self._space is not None:
            bucket = self._space.outputs[Output.BUCKET_NAME]
            prefix = f"{names.artifact_prefix(self._app)}/"
            cleared = Buckets(self._session).clear(bucket, prefix=prefix)
            self._removed[Belonging.ARTIFACT] += cleared
        repository = names.image_repository(self._app)
        if self._stack is not None and repository in self._stacks.made(self._stack.id):
            images = ImageRepositories(self._session)
            self._removed[Belonging.IMAGE] += len(images.digests(repository))
            # CloudFormation does not delete a repository that has images.
            images.delete(repository)

    def _clear(self) -> None:
        """Remove what lies outside of every stack. Raises `DestructionFailed` if any of it is left."""
        lots = belongings.of_releases(self._session, self._app)
        self._remove(lots)
        if left := left_over(lambda: self._left(lots), self._sleep):
            raise DestructionFailed(
                f"Not all of {self._app} is gone: {', '.join(left)}.",
                "Run the same command again.",
            )

    def _left(self, lots: Iterable[Lot]) -> list[str]:
        found = [f"{lot.kind} {name}" for lot in lots for name in lot.found()]
        return found + [f"{Belonging.ONE_OFF} {arn}" for arn in self._standstill.one_offs()]

    def _without(self, stack_name: str) -> Steps[None]:
        stack = self._stacks.describe(stack_name)
        if stack is not None:
            made = len(self._stacks.made(stack.id))
            yield from following.deletion(self._stacks, stack, self._sleep)
            self._removed[Belonging.RESOURCE] += made

    def _remove(self, lots: Iterable[Lot]) -> None:
        for lot in lots:
            if found := lot.found():
                lot.remove(found)
                self._removed[lot.kind] += len(found)
