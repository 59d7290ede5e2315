"""How an app is removed, whole or half: what runs first, what is kept next, its address last.

The order is AWS's: a cluster, a role or a repository does not go while something uses it, and what has
not been stopped makes anew what was removed. Every step may find its work done already, so that a
destruction that was interrupted, or one of an app that was never finished, is simply made again.
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
from herogate.engine.site import space_of
from herogate.engine.spaces import Spaces
from herogate.engine.standstill import Removed, Standstill
from herogate.engine.work import Steps
from herogate.errors import DestructionFailed, NotFound
from herogate.models import Belonging, Receipt
from stacks import names
from stacks.outputs import SpaceOutput as Output


class Destruction:
    """The removal of apps."""

    def __init__(self, session: Session, spaces: Spaces, *, sleep: Sleep) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._spaces = spaces
        self._sleep = sleep

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
        removed: Removed = Counter()
        cluster = None if space is None else space.outputs[Output.CLUSTER_NAME]
        standstill = Standstill(self._session, app, cluster, sleep=self._sleep)
        process_types: list[str] = []
        if space is not None:
            ledger = self._spaces.ledger(space)
            ledger.close(app)
            process_types = ledger.process_types(app)
        yield from standstill.steps(process_types, removed)
        yield from self._without(names.formation_stack(app), removed)
        yield from standstill.ended(process_types)
        for addon in self._addons(app):
            yield from self._without(addon, removed)
        _remove(belongings.of_work(self._session, app), removed)
        self._empty(app, stack, space, removed)
        if space is not None:
            app_rules.remove_further(self._session, space, self._spaces.ledger(space), app)
        yield from self._without(names.app_stack(app), removed)
        self._clear(app, standstill, removed)
        if space is not None:
            removed[Belonging.DOMAIN] += domain_certificates.forget(self._session, space, app)
            removed[Belonging.RELEASE] += self._spaces.ledger(space).forget(app)
        return Receipt(
            app=app, removed={kind: removed[kind] for kind in Belonging if removed[kind]}
        )

    def _addons(self, app: str) -> list[str]:
        return [
            stack.name
            for stack in self._stacks.all()
            if stack.name.startswith(names.addon_stacks(app))
        ]

    def _empty(self, app: str, stack: Stack | None, space: Stack | None, removed: Removed) -> None:
        """Take out of the app's stores what keeps them from being deleted, or would outlive them."""
        if space is not None:
            bucket, prefix = space.outputs[Output.BUCKET_NAME], f"{names.artifact_prefix(app)}/"
            removed[Belonging.ARTIFACT] += Buckets(self._session).clear(bucket, prefix=prefix)
        repository = names.image_repository(app)
        if stack is not None and repository in self._stacks.made(stack.id):
            images = ImageRepositories(self._session)
            removed[Belonging.IMAGE] += len(images.digests(repository))
            # CloudFormation does not delete a repository that has images.
            images.delete(repository)

    def _clear(self, app: str, standstill: Standstill, removed: Removed) -> None:
        """Remove what lies outside of every stack. Raises `DestructionFailed` if any of it is left."""
        lots = belongings.of_releases(self._session, app)
        _remove(lots, removed)
        left = [f"{lot.kind} {name}" for lot in lots for name in lot.found()]
        left += [f"{Belonging.ONE_OFF} {arn}" for arn in standstill.one_offs()]
        if left:
            raise DestructionFailed(
                f"Not all of {app} is gone: {', '.join(left)}.",
                "Run the same command again.",
            )

    def _without(self, stack_name: str, removed: Removed) -> Steps[None]:
        stack = self._stacks.describe(stack_name)
        if stack is not None:
            made = len(self._stacks.made(stack.id))
            yield from following.deletion(self._stacks, stack, self._sleep)
            removed[Belonging.RESOURCE] += made

    def _space_of(self, app: str, stack: Stack | None) -> Stack | None:
        """The space that the app's stack names or, without one, whose ledger still knows the app."""
        if stack is not None:
            return self._spaces.made(space_of(stack))
        for space in self._spaces.all():
            made = self._spaces.made(space.name)
            if made is not None and self._spaces.ledger(made).place_of(app) is not None:
                return made
        return None


def _remove(lots: Iterable[Lot], removed: Removed) -> None:
    for lot in lots:
        if found := lot.found():
            lot.remove(found)
            removed[lot.kind] += len(found)
