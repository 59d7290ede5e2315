"""Spaces: made once, described, destroyed when no app is left in them."""

from __future__ import annotations

from herogate import __version__
from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.dynamodb import Table
from herogate.aws.iam import ServiceLinkedRoles
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.aws.sts import identity
from herogate.engine import following, package
from herogate.engine.addresses import Addresses
from herogate.engine.following import Sleep
from herogate.engine.ledger import Ledger
from herogate.engine.statuses import status_of
from herogate.engine.work import Steps, Work
from herogate.errors import (
    CreationFailed,
    InvalidRequest,
    NameTaken,
    NotFound,
    RequestError,
    SpaceInUse,
)
from herogate.models import DEFAULT_SPACE, Space
from stacks import names
from stacks import space as description
from stacks.space import Output, Spec


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

    def create(
        self,
        name: str = DEFAULT_SPACE,
        *,
        domain: str | None = None,
        hosted_zone_id: str | None = None,
        certificate_arn: str | None = None,
        permissions_boundary: str | None = None,
        load_balancers: int = 1,
    ) -> Work[Space]:
        """Make a space: about five minutes on AWS, and then a load balancer is paid by the hour.

        What an earlier failure left of a space of this name is removed first.

        Args:
            domain: apps get ``https://<app>.<domain>`` instead of a port each.
            hosted_zone_id: the domain's zone on Route 53, if it is there.
            certificate_arn: of a certificate for ``*.<domain>``; one is requested otherwise.
            permissions_boundary: ARN of the policy that bounds every role made.
        """
        try:
            spec = Spec(
                space=name,
                version=__version__,
                domain=domain,
                hosted_zone_id=hosted_zone_id,
                certificate_arn=certificate_arn,
                permissions_boundary=permissions_boundary,
                load_balancers=load_balancers,
            )
        except ValueError as error:
            raise InvalidRequest(str(error)) from error
        return Work(name, self._creation(spec))

    def destroy(self, name: str) -> Work[None]:
        """Remove a space, whole or half, with all that is kept in its bucket and ledger.

        Raises:
            NotFound: there is none of that name.
            SpaceInUse: apps are in it.
        """
        return Work(name, self._destruction(self.stack(name), name))

    def check_destroyable(self, name: str) -> None:
        """Raises `NotFound` or `SpaceInUse` if `destroy` would."""
        self._check_empty(self.stack(name), name)

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
        """The ledger of a space that is whole."""
        table = Table(self._session, stack.outputs[Output.LEDGER_TABLE])
        return Ledger(table, _name(stack))

    def _creation(self, spec: Spec) -> Steps[Space]:
        yield from self._clearing(spec.space)
        # Without it the first cluster of a fresh account fails.
        ServiceLinkedRoles(self._session).ensure("ecs.amazonaws.com")
        name, template = names.space_stack(spec.space), description.template(spec)
        try:
            stack_id = self._stacks.create(
                name,
                template.to_json(indent=None),
                tags={names.SPACE_TAG: spec.space},
                express=False,
            )
        except NameTaken as taken:
            # Somebody makes a space of this name at this moment.
            raise _taken(spec.space) from taken
        end = yield from following.creation(
            self._stacks, stack_id, name, len(template.resources), self._sleep
        )
        if end.stack is None or not end.is_created:
            if end.stack is not None:
                yield from following.deletion(self._stacks, end.stack, self._sleep)
            raise CreationFailed(f"AWS could not make space {spec.space}: {end.reason}")
        package.supply(Buckets(self._session), end.stack.outputs[Output.BUCKET_NAME])
        return self._space(end.stack)

    def _clearing(self, name: str) -> Steps[None]:
        """Remove what a failed creation left, so that the name is free; refuse a name in use."""
        stack = self._stacks.describe(names.space_stack(name))
        if stack is None:
            return
        if not stack.status.is_stillborn:
            raise _taken(name)
        yield from following.deletion(self._stacks, stack, self._sleep)

    def _destruction(self, stack: Stack, name: str) -> Steps[None]:
        self._check_empty(stack, name)
        account, region = identity(self._session).account, self._session.region
        Buckets(self._session).clear(names.bucket(name, account, region))
        yield from following.deletion(self._stacks, stack, self._sleep)

    def _check_empty(self, space: Stack, name: str) -> None:
        """Raises `SpaceInUse` if there are apps in a space: with a stack, whole or not."""
        apps = {
            app
            for stack in self._stacks.all()
            if (app := names.app_of_stack(stack.name))
            and stack.tags.get(names.SPACE_TAG) == _name(space)
        }
        if apps:
            raise SpaceInUse(name, apps)

    def _space(self, stack: Stack) -> Space:
        addresses = Addresses(stack)
        return Space(
            name=_name(stack),
            region=self._session.region,
            status=status_of(stack.status),
            created_at=stack.created_at,
            web_hosts=tuple(addresses.dns_names),
            domain=addresses.domain,
        )


def checked(name: str) -> str:
    """A space's name as it is. Raises `InvalidRequest` with the rule."""
    try:
        return names.check_space(name)
    except names.InvalidName as error:
        raise InvalidRequest(str(error)) from error


def _taken(name: str) -> NameTaken:
    return NameTaken(name, f"`herogate spaces:info {name}` shows it.")


def _is_space(stack: Stack) -> bool:
    return names.space_of_stack(stack.name) is not None


def _name(stack: Stack) -> str:
    return names.space_of_stack(stack.name) or stack.name
