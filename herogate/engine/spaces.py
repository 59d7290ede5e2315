"""Spaces: made once, described, destroyed when no app is left in them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.dynamodb import Table
from herogate.aws.iam import Policies, ServiceLinkedRoles
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.aws.sts import identity
from herogate.engine import following, package, regions, space_spec
from herogate.engine.addresses import Addresses
from herogate.engine.clock import Sleep
from herogate.engine.ledger import Ledger
from herogate.engine.site import space_of
from herogate.engine.statuses import status_of
from herogate.engine.work import Steps, Work
from herogate.errors import (
    CreationFailed,
    HerogateError,
    InvalidRequest,
    NameTaken,
    NotFound,
    RequestError,
    SpaceInUse,
    SpaceProtected,
)
from herogate.models import DEFAULT_SPACE, Space, StackChanges, Status
from stacks import names
from stacks.outputs import SpaceOutput as Output

if TYPE_CHECKING:
    from herogate.engine.proposals import Previews, Proposal
    from herogate.engine.space_spec import SpaceOptions
    from herogate.engine.space_updates import SpaceUpdates
    from stacks.space import Spec


class Spaces:
    """The spaces of a region."""

    def __init__(self, session: Session, *, sleep: Sleep) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._sleep = sleep

    def all(self) -> list[Space]:
        """Every space, by name."""
        found = [self._space(stack) for stack in self._stacks.all() if _is_space(stack)]
        return sorted(found, key=lambda space: space.name)

    def info(self, name: str) -> Space:
        """One space. Raises `NotFound`."""
        return self._space(self.stack(name))

    def exists(self, name: str) -> bool:
        """Whether there is a space of this name, in whatever state."""
        return self._stacks.describe(names.space_stack(checked(name))) is not None

    def create(self, name: str = DEFAULT_SPACE, **options: Unpack[SpaceOptions]) -> Work[Space]:
        """Make a space: about five minutes on AWS, and then a load balancer is paid by the hour.

        What an earlier failure left of a space of this name is removed first.

        Args:
            options: `cidr`, the network's range, /16 to /22; `availability_zones`, 2 or 3; `private`, to
                give processes no public addresses; `domain`, under which apps get
                ``https://<app>.<domain>`` instead of a port each; `hosted_zone_id`, the domain's zone on
                Route 53; `certificate_arn`, of a certificate for ``*.<domain>``, where none is to be
                requested; `permissions_boundary`, ARN of the policy that bounds every role made;
                `customer_key`, False to have no KMS key made for logs and config vars of its apps;
                `log_retention_days`; `deletion_protection`; `container_insights`, ``disabled``,
                ``enabled`` or ``enhanced``; `load_balancers`, how many.

        Raises:
            InvalidRequest: an option breaks its rule.
            NameTaken: there is such a space.
            UpdateFailed: it is made, and could not be protected.
        """
        return Work(name, self._creation(self._asked(name, options)))

    def creation_changes(self, name: str, **options: Unpack[SpaceOptions]) -> StackChanges:
        """What `create` would make, without making it; raises what that would."""
        from stacks import space as description

        spec = self._asked(name, options)
        stack = self._stacks.describe(names.space_stack(name))
        if stack is not None and not stack.status.is_stillborn:
            raise _taken(name, status_of(stack.status))
        return self._previews.of_creation(
            names.space_stack(name),
            description.template(spec).to_json(indent=None),
            tags={names.SPACE_TAG: name},
            express=False,
        )

    def update(self, name: str, **changes: Unpack[SpaceOptions]) -> Proposal[Space]:
        """Propose to bring a space to other options, and to what this Herogate makes of a space.

        Args:
            changes: as the options of `create`; what is not said stays as it is.

        Raises:
            InvalidRequest: an option breaks its rule, or cannot be changed.
            NotFound: there is none of that name.
        """
        stack = self.ready_stack(name)
        if not stack.status.is_settled:
            raise InvalidRequest(
                f"Space {name} is being changed at this moment.",
                f"`herogate spaces:info {name}` shows when it is done.",
            )
        spec = space_spec.changed(space_spec.described(name, stack), changes)
        self._check_here(changes)
        return self._updates.proposal(stack, spec, then=self._space)

    def growth(self, stack: Stack) -> Steps[Stack]:
        """Give a space a load balancer more, unless it has got one meanwhile; return what it is then.

        Raises:
            SpaceFull: it can have no more.
            UpdateFailed: AWS could not make it.
        """
        return (yield from self._updates.growth(stack))

    def destruction_changes(self, name: str) -> StackChanges:
        """What `destroy` would remove of the stack; raises what that would."""
        stack = self.stack(name)
        self._check_removable(stack, name)
        return self._previews.of_deletion(stack)

    def destroy(self, name: str) -> Work[None]:
        """Remove a space, whole or half, with all that is kept in its bucket and ledger.

        Raises:
            NotFound: there is none of that name.
            SpaceInUse: apps are in it.
            SpaceProtected: it was to be protected from this.
        """
        return Work(name, self._destruction(self.stack(name), name))

    def check_destroyable(self, name: str) -> None:
        """Raises `NotFound`, `SpaceInUse` or `SpaceProtected` if `destroy` would."""
        self._check_removable(self.stack(name), name)

    def stack(self, name: str) -> Stack:
        """The stack of a space. Raises `NotFound`."""
        stack = self._stacks.describe(names.space_stack(checked(name)))
        if stack is None:
            raise NotFound.space(name, self._session.region)
        return stack

    def made(self, name: str) -> Stack | None:
        """The stack of a space, if it is there and has come so far as to have a bucket and a ledger."""
        stack = self._stacks.describe(names.space_stack(name))
        return stack if stack is not None and Output.LEDGER_TABLE in stack.outputs else None

    def ready_stack(self, name: str) -> Stack:
        """The stack of a space that apps can be put into."""
        stack = self.stack(name)
        status = status_of(stack.status)
        if not status.is_ready:
            raise RequestError(
                f"Space {name} cannot take apps: it is {status}.",
                f"`herogate spaces:info {name}` shows how it is.",
            )
        return stack

    def ledger(self, stack: Stack) -> Ledger:
        """The ledger of a space that is whole. Who uses it meets `NotFound` if the space is gone."""
        space, region = _name(stack), self._session.region
        name = stack.outputs[Output.LEDGER_TABLE]
        table = Table(self._session, name, missing=lambda: NotFound.space(space, region))
        return Ledger(table, space)

    @property
    def _previews(self) -> Previews:
        from herogate.engine.proposals import Previews

        return Previews(self._session, sleep=self._sleep)

    @property
    def _updates(self) -> SpaceUpdates:
        from herogate.engine.space_updates import SpaceUpdates

        return SpaceUpdates(self._session, sleep=self._sleep)

    def ledgers(self, stacks: Iterable[Stack]) -> dict[str, Ledger]:
        """Of all stacks the ledgers of spaces that are whole, by the names of the spaces."""
        spaces = (stack for stack in stacks if _is_space(stack) and stack.status.is_whole)
        return {_name(stack): self.ledger(stack) for stack in spaces}

    def _asked(self, name: str, options: SpaceOptions) -> Spec:
        spec = space_spec.asked(name, options)
        regions.check(self._session.region)
        self._check_here(options)
        return spec

    def _check_here(self, options: SpaceOptions) -> None:
        """Refuse what is of another region, or not there: of a boundary only an app would tell."""
        space_spec.check_here(options, self._session.region)
        arn = options.get("permissions_boundary")
        if arn is not None and Policies(self._session).is_missing(arn):
            raise InvalidRequest(f"There is no policy {arn}.", "Make it first, or name another.")

    def _creation(self, spec: Spec) -> Steps[Space]:
        from stacks import space as description

        yield from self._clearing(spec.space)
        # Without it the first cluster of a fresh account fails.
        ServiceLinkedRoles(self._session).ensure("ecs.amazonaws.com")
        # What is protected could not be taken back if it failed: that comes last.
        first = replace(spec, deletion_protection=False)
        name, template = names.space_stack(spec.space), description.template(first)
        try:
            stack_id = self._stacks.create(
                name,
                template.to_json(indent=None),
                tags={names.SPACE_TAG: spec.space},
                express=False,
            )
        except NameTaken as taken:
            # Somebody makes a space of this name at this moment.
            raise _taken(spec.space, Status.CREATING) from taken
        end = yield from following.creation(
            self._stacks, stack_id, name, len(template.resources), self._sleep
        )
        if end.is_gone:
            raise CreationFailed(f"Space {spec.space} was destroyed while it was being made.")
        if end.stack is None or not end.is_created:
            if end.stack is not None:
                yield from following.deletion(self._stacks, end.stack, self._sleep)
            raise CreationFailed(f"AWS could not make space {spec.space}: {end.reason}")
        package.supply(Buckets(self._session), end.stack.outputs[Output.BUCKET_NAME])
        if not spec.deletion_protection:
            return self._space(end.stack)
        return self._space((yield from self._updates.protection(end.stack, spec)))

    def _clearing(self, name: str) -> Steps[None]:
        """Remove what a failed creation left, so that the name is free; refuse a name in use."""
        stack = self._stacks.describe(names.space_stack(name))
        if stack is None:
            return
        if not stack.status.is_stillborn:
            raise _taken(name, status_of(stack.status))
        yield from following.deletion(self._stacks, stack, self._sleep)

    def _destruction(self, stack: Stack, name: str) -> Steps[None]:
        self._check_removable(stack, name)
        ledger = self.ledger(stack) if stack.status.is_whole else None
        if ledger is not None:
            self._shut(name, ledger)
        try:
            account, region = identity(self._session).account, self._session.region
            Buckets(self._session).clear(names.bucket(name, account, region))
            yield from following.deletion(self._stacks, stack, self._sleep)
        except BaseException:
            if ledger is not None:
                self._reopen(stack, ledger)
            raise

    def _shut(self, name: str, ledger: Ledger) -> None:
        """Let no app in any more. Raises `SpaceInUse` if one has a place, and so may be there soon."""
        for app in ledger.apps():
            stack = self._stacks.describe(names.app_stack(app))
            if stack is not None and space_of(stack) != name:
                ledger.release(app)  # it is another space's: nobody is to destroy it for this one
        if apps := ledger.shut():
            raise SpaceInUse(name, apps)

    def _reopen(self, stack: Stack, ledger: Ledger) -> None:
        """Let apps in again if CloudFormation has not begun to delete the space."""
        with suppress(HerogateError):
            found = self._stacks.describe(stack.id)
            if found is not None and found.status.is_whole:
                ledger.open()

    def _check_removable(self, space: Stack, name: str) -> None:
        """Raises `SpaceInUse` if a space has apps, whole or not, and `SpaceProtected`."""
        apps = {
            app
            for stack in self._stacks.all()
            if (app := names.app_of_stack(stack.name))
            and stack.tags.get(names.SPACE_TAG) == _name(space)
        }
        if apps:
            raise SpaceInUse(name, apps)
        if space.is_protected:
            raise SpaceProtected(name)

    def _space(self, stack: Stack) -> Space:
        addresses = Addresses(stack)
        return Space(
            name=_name(stack),
            region=self._session.region,
            status=status_of(stack.status),
            created_at=stack.created_at,
            web_hosts=tuple(addresses.dns_names),
            domain=addresses.domain,
            **space_spec.chosen(stack),
        )


def checked(name: str) -> str:
    """A space's name as it is. Raises `InvalidRequest` with the rule."""
    try:
        return names.check_space(name)
    except names.InvalidName as error:
        raise InvalidRequest(str(error)) from error


def _taken(name: str, status: Status) -> NameTaken:
    match status:
        case Status.BROKEN:
            hint = f"It is half destroyed; finish that: `herogate spaces:destroy {name}`"
        case Status.DESTROYING:
            hint = "It is being destroyed: create it again afterwards."
        case _:
            hint = f"`herogate spaces:info {name}` shows it."
    return NameTaken(name, hint)


def _is_space(stack: Stack) -> bool:
    return names.space_of_stack(stack.name) is not None


def _name(stack: Stack) -> str:
    return names.space_of_stack(stack.name) or stack.name
