"""The formation's stack: process types are born into it, and nothing else of them ever changes there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.ecs_tasks import Network
from herogate.aws.session import Session
from herogate.aws.templates import INLINE_LIMIT
from herogate.engine import following
from herogate.engine.clock import Sleep
from herogate.engine.following import End
from herogate.engine.lease import Lease
from herogate.engine.networks import network
from herogate.engine.process_types import WEB
from herogate.engine.proposals import Previews
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.site import Site
from herogate.engine.work import Steps, outcome
from herogate.errors import ReleaseFailed
from herogate.models import StackChanges
from stacks import names

if TYPE_CHECKING:
    from stacks.formation import Birth


class Formation:
    """The formation of one app."""

    def __init__(
        self, session: Session, site: Site, ledger: ReleaseLedger, *, sleep: Sleep
    ) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._site = site
        self._ledger = ledger
        self._sleep = sleep
        self._name = names.formation_stack(site.app)

    def bear(self, definitions: Mapping[str, str], port: int, lease: Lease) -> None:
        """Give process types their crews, of nobody yet.

        Args:
            definitions: by process type.
            port: on which the web processes among them listen.

        Raises:
            LeaseLost: somebody else works on the app now.
            ReleaseFailed: AWS could not make them.
        """
        born = self._ledger.births()
        entries = self._entries(
            {name: arn for name, arn in definitions.items() if name not in born}, port
        )
        template, total = self._template(born | entries), len(born | entries)
        if entries:
            # Before the stack: what CloudFormation has made must be known for ever.
            self._ledger.bear(entries, lease)
        end = outcome(self._applied(template, total), lambda _: lease.hold())
        if not end.is_updated:
            if entries:
                self._ledger.unbear(entries, lease)
            raise ReleaseFailed(f"AWS could not make the processes' services: {end.reason}")

    def changes(self, process_types: Iterable[str], port: int) -> StackChanges:
        """What would become of the stack if the app were to have these process types, too.

        Raises `ReleaseFailed` as `bear` does for want of room.
        """
        born = self._ledger.births()
        unborn = {
            name: names.task_family(self._site.app, name)
            for name in process_types
            if name not in born
        }
        template = self._template(born | self._entries(unborn, port))
        previews = Previews(self._session, sleep=self._sleep)
        if self._stacks.describe(self._name) is None:
            return previews.of_creation(self._name, template, tags=self._tags, express=True)
        change_set = previews.of_update(self._name, template, express=True, shelf=None)
        previews.withdraw(change_set)
        return StackChanges(stack=self._name, changes=change_set.changes)

    def _entries(self, definitions: Mapping[str, str], port: int) -> dict[str, str]:
        """What the template says of process types that are to be born."""
        from stacks import formation as description

        if not definitions:
            return {}
        where = network(self._session, self._site)
        return {
            name: description.entry(self._birth(name, definition, port, where))
            for name, definition in definitions.items()
        }

    def _applied(self, template: str, total: int) -> Steps[End]:
        """Bring the stack to a template, which has so many resources; what is under way ends first."""
        stack = yield from self._settled()
        if stack is not None:
            return (yield from self._updated(stack, template))
        stack_id = self._stacks.create(self._name, template, tags=self._tags, express=True)
        return (
            yield from following.creation(self._stacks, stack_id, self._name, total, self._sleep)
        )

    def _template(self, entries: Mapping[str, str]) -> str:
        """The stack's template. Raises `ReleaseFailed` if it is too large to be sent."""
        from stacks import formation as description

        spec = description.Spec(app=self._site.app, space=self._site.space, entries=entries)
        text: str = description.template(spec).to_json(indent=None)
        if len(text.encode()) > INLINE_LIMIT:
            raise ReleaseFailed(
                f"{self._site.app} has had {len(entries)} process types, and its stack has no room for "
                "more: those that are gone stay in it.\nAn app that is made anew begins without them."
            )
        return text

    @property
    def _tags(self) -> dict[str, str]:
        return {names.APP_TAG: self._site.app, names.SPACE_TAG: self._site.space}

    def _updated(self, stack: Stack, template: str) -> Steps[End]:
        before = self._stacks.events(stack.id)
        if not self._stacks.update(self._name, template):
            return End(stack=stack)
        return (yield from following.update(self._stacks, stack, before[-1].id, self._sleep))

    def _settled(self) -> Steps[Stack | None]:
        """The stack, with nothing under way; one that could not be made is removed first."""
        stack = self._stacks.describe(self._name)
        if stack is not None and not stack.status.is_settled:
            end = yield from following.update(self._stacks, stack, None, self._sleep)
            stack = None if end.is_gone else end.stack
        if stack is not None and not stack.status.is_whole:
            yield from following.deletion(self._stacks, stack, self._sleep)
            return None
        return stack

    def _birth(self, process_type: str, definition: str, port: int, where: Network) -> Birth:
        from stacks.formation import Birth, Entrance

        entrance = Entrance(target_group_arn=self._site.target_group_arn, port=port)
        return Birth(
            app=self._site.app,
            space=self._site.space,
            process_type=process_type,
            cluster=self._site.cluster,
            task_definition_arn=definition,
            subnet_ids=tuple(where.subnet_ids),
            security_group_id=where.security_group_id,
            private=where.private,
            entrance=entrance if process_type == WEB else None,
        )
