"""How an app is made: an address, then its stack; and what is done when AWS fails.

A creation that fails is cleaned up and tried once more. One that fails because something not ours
listens at the address costs no attempt: the address is marked so and the next is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import buildspecs
from herogate.aws.cloudformation import Shelf, Stack, Stacks
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.engine import following, package
from herogate.engine.addresses import Addresses, Place
from herogate.engine.following import End, Sleep
from herogate.engine.ledger import Ledger
from herogate.engine.spaces import Spaces
from herogate.engine.work import Steps
from herogate.errors import AwsRefused, CreationFailed, InvalidRequest, NameTaken
from herogate.models import Setback
from stacks import app as description
from stacks import names
from stacks.space import Output

_ATTEMPTS = 2


@dataclass(frozen=True, kw_only=True)
class NewApp:
    """An app that is to be made."""

    name: str
    space: str
    git_branch: str
    express: bool


class Creation:
    """The making of one app."""

    def __init__(self, session: Session, spaces: Spaces, app: NewApp, *, sleep: Sleep) -> None:
        self._stacks = Stacks(session)
        self._buckets = Buckets(session)
        self._spaces = spaces
        self._app = app
        self._sleep = sleep
        self._stranger_places: set[Place] = set()
        self._failures = 0

    def steps(self) -> Steps[None]:
        """Make the app; raises what `Apps.create` says, and `CreationFailed`."""
        space = self._spaces.ready_stack(self._app.space)
        package.supply(self._buckets, space.outputs[Output.BUCKET_NAME])
        yield from self._clearing()
        ledger, addresses = self._spaces.ledger(space), Addresses(space)
        while True:
            place = ledger.allocate(self._app.name, addresses.places(), avoid=self._stranger_places)
            end = yield from self._attempt(space, ledger, place)
            if end.is_created:
                return
            if end.is_abandoned:
                raise CreationFailed(f"{self._app.name} was destroyed while it was being made.")
            yield from self._cleaning(end)
            yield self._setback(end, ledger, place, addresses.label(place))

    def _setback(self, end: End, ledger: Ledger, place: Place, label: str) -> Setback:
        """Give the address back and say how it goes on; `CreationFailed` if it does not."""
        if any(failure.is_address_taken for failure in end.failures):
            ledger.give_up(self._app.name, place)
            self._stranger_places.add(place)
            return Setback(
                reason=f"{label} of the load balancer is taken by something else.",
                next_step="Trying the next one",
            )
        ledger.release(self._app.name)
        self._failures += 1
        if self._failures == _ATTEMPTS:
            raise CreationFailed(
                f"AWS could not make {self._app.name}, twice: {end.reason}",
                "What it had made is removed again.",
            )
        return Setback(reason=end.reason, next_step="Trying once more")

    def _clearing(self) -> Steps[None]:
        """Remove what a failed creation left, so that the name is free; refuse a name in use."""
        stack = self._stacks.describe(names.app_stack(self._app.name))
        if stack is None:
            return
        if stack.status.is_half_deleted:
            raise NameTaken(
                self._app.name,
                f"It is half destroyed; finish that: `herogate destroy -a {self._app.name}`",
            )
        if stack.status.is_deleting:
            raise NameTaken(self._app.name, "It is being destroyed: create it again afterwards.")
        if not stack.status.is_stillborn:
            raise self._taken()
        yield from following.deletion(self._stacks, stack, self._sleep)

    def _attempt(self, space: Stack, ledger: Ledger, place: Place) -> Steps[End]:
        name = names.app_stack(self._app.name)
        try:
            template, resources = self._template(space, place)
            stack_id = self._stacks.create(
                name,
                template,
                tags={names.APP_TAG: self._app.name, names.SPACE_TAG: self._app.space},
                express=self._app.express,
                shelf=Shelf(
                    bucket=space.outputs[Output.BUCKET_NAME],
                    key=names.template_key(name, sha256(template.encode()).hexdigest()[:16]),
                ),
            )
        except NameTaken as taken:
            # Somebody makes an app of this name at this moment; the address is that app's.
            raise self._taken() from taken
        except (AwsRefused, InvalidRequest):
            ledger.release(self._app.name)
            raise
        return (yield from following.creation(self._stacks, stack_id, name, resources, self._sleep))

    def _taken(self) -> NameTaken:
        return NameTaken(self._app.name, f"`herogate info -a {self._app.name}` shows it.")

    def _cleaning(self, end: End) -> Steps[None]:
        if end.stack is not None and not end.is_gone:
            yield from following.deletion(self._stacks, end.stack, self._sleep)

    def _template(self, space: Stack, place: Place) -> tuple[str, int]:
        """The text of the app's template and how many resources it has."""
        try:
            template = description.template(self._spec(space, place))
        except ValueError as error:
            raise InvalidRequest(str(error)) from error
        return template.to_json(indent=None, sort_keys=False), len(template.resources)

    def _spec(self, space: Stack, place: Place) -> description.Spec:
        addresses, outputs = Addresses(space), space.outputs
        return description.Spec(
            app=self._app.name,
            space=self._app.space,
            vpc_id=outputs[Output.VPC_ID],
            load_balancer_arn=addresses.load_balancer_arns[place.load_balancer - 1],
            load_balancer_dns_name=addresses.dns_names[place.load_balancer - 1],
            cluster_name=outputs[Output.CLUSTER_NAME],
            bucket=outputs[Output.BUCKET_NAME],
            ledger_table=outputs[Output.LEDGER_TABLE],
            events_role_arn=outputs[Output.EVENTS_ROLE_ARN],
            address=addresses.address(self._app.name, place),
            git_branch=self._app.git_branch,
            build_buildspec=buildspecs.read("dockerfile"),
            release_buildspec=buildspecs.read("release"),
            package_key=package.key(),
            permissions_boundary=outputs.get(Output.PERMISSIONS_BOUNDARY),
        )
