"""How an app is made: an address, then its stack; and what is done when AWS fails.

A creation that fails is cleaned up and tried once more. Three things cost no attempt: something not ours
listens at the address, which is marked so and the next is taken; AWS takes no more at a load balancer,
and the app goes to the next one; no load balancer has an address left, and the space gets one more.
"""

from __future__ import annotations

from dataclasses import dataclass

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.engine import app_spec, following, package
from herogate.engine.addresses import Addresses, Place
from herogate.engine.clock import Sleep
from herogate.engine.following import End
from herogate.engine.ledger import Ledger
from herogate.engine.proposals import Previews
from herogate.engine.site import Sites, space_of
from herogate.engine.spaces import Spaces
from herogate.engine.statuses import taken
from herogate.engine.work import Steps
from herogate.errors import AwsRefused, CreationFailed, InvalidRequest, NameTaken, SpaceFull
from herogate.models import Setback, StackChanges, Status
from stacks import names
from stacks.app_options import Options
from stacks.outputs import SpaceOutput as Output

_ATTEMPTS = 2


@dataclass(frozen=True, kw_only=True)
class NewApp:
    """An app that is to be made."""

    name: str
    space: str
    git_branch: str
    buildpacks: tuple[str, ...]
    express: bool
    options: Options


class Creation:
    """The making of one app."""

    def __init__(self, session: Session, spaces: Spaces, app: NewApp, *, sleep: Sleep) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._buckets = Buckets(session)
        self._spaces = spaces
        self._app = app
        self._sleep = sleep
        self._previews = Previews(session, sleep=sleep)
        self._stranger_places: set[Place] = set()
        self._full_balancers: set[int] = set()
        self._failures = 0

    def steps(self) -> Steps[None]:
        """Make the app; raises what `Apps.create` says, and `CreationFailed`."""
        space = self._spaces.ready_stack(self._app.space)
        ledger = self._spaces.ledger(space)
        stillborn = self._stillborn(ledger)
        if stillborn is not None:
            yield from following.deletion(self._stacks, stillborn, self._sleep)
        while True:
            place = self._place(space, ledger)
            if place is None:
                yield self._full(space)
                space = yield from self._spaces.growth(space)
                continue
            end = yield from self._attempt(space, ledger, place)
            if end.is_created:
                return
            if self._is_destroyed(end, ledger):
                raise undone(self._app.name)
            yield from self._cleaning(end)
            yield self._setback(end, ledger, place, Addresses(space).label(place))

    def changes(self) -> StackChanges:
        """What `steps` would make, without making it; raises what that would."""
        space = self._spaces.ready_stack(self._app.space)
        ledger = self._spaces.ledger(space)
        self._stillborn(ledger)
        place = ledger.offer(self._app.name, Addresses(space).places(self._app.name))
        if place is None:
            raise InvalidRequest(
                f"Space {self._app.space} has no address left, and the app would have one of a load "
                "balancer that is not there yet.",
                f"Make room first: `herogate spaces:update {self._app.space} --load-balancers "
                f"{len(Addresses(space).load_balancer_arns) + 1}`",
            )
        template, _ = self._template(space, place)
        return self._previews.of_creation(
            names.app_stack(self._app.name),
            template,
            tags=self._tags,
            express=self._app.express,
            shelf=app_spec.shelf(space, names.app_stack(self._app.name), template),
        )

    def _place(self, space: Stack, ledger: Ledger) -> Place | None:
        """The app's place; None if the space is full."""
        places = [
            place
            for place in Addresses(space).places(self._app.name)
            if place.load_balancer not in self._full_balancers
        ]
        try:
            return ledger.allocate(self._app.name, places, avoid=self._stranger_places)
        except SpaceFull:
            return None

    def _full(self, space: Stack) -> Setback:
        number = len(Addresses(space).load_balancer_arns) + 1
        return Setback(
            reason=f"Space {self._app.space} has no address left.",
            next_step=f"Adding load balancer {number} to it, which is paid by the hour",
        )

    def _setback(self, end: End, ledger: Ledger, place: Place, label: str) -> Setback:
        """Give the address back and say how it goes on; `CreationFailed` if it does not."""
        if any(failure.is_address_taken for failure in end.failures):
            ledger.give_up(self._app.name, place)
            self._stranger_places.add(place)
            return Setback(
                reason=f"{label} of the load balancer is taken by something else.",
                next_step="Trying the next one",
            )
        self._give_back(ledger)
        if any(failure.is_balancer_full for failure in end.failures):
            self._full_balancers.add(place.load_balancer)
            return Setback(
                reason=f"Load balancer {place.load_balancer} of the space takes no more apps.",
                next_step="Trying the next one",
            )
        self._failures += 1
        if self._failures == _ATTEMPTS:
            raise CreationFailed(
                f"AWS could not make {self._app.name}, twice: {end.reason}",
                "What it had made is removed again.",
            )
        return Setback(reason=end.reason, next_step="Trying once more")

    def _stillborn(self, ledger: Ledger) -> Stack | None:
        """What a failed creation left, to be removed so that the name is free.

        Raises `NameTaken` if the name is in use, be it by an app of which a destruction left something.
        """
        app = self._app.name
        stack = self._stacks.describe(names.app_stack(app))
        if stack is not None and not stack.status.is_stillborn:
            raise taken(app, Sites(self._session).status(app))
        if ledger.closed([app]):
            raise taken(app, Status.DESTROYING)
        return stack

    def _attempt(self, space: Stack, ledger: Ledger, place: Place) -> Steps[End]:
        name = names.app_stack(self._app.name)
        try:
            # From now on nobody destroys the space.
            package.supply(self._buckets, space.outputs[Output.BUCKET_NAME])
            template, resources = self._template(space, place)
            stack_id = self._stacks.create(
                name,
                template,
                tags=self._tags,
                express=self._app.express,
                shelf=app_spec.shelf(space, name, template),
            )
        except NameTaken as refusal:
            # Somebody makes an app of this name at this moment.
            self._give_back(ledger)
            raise taken(self._app.name, Status.CREATING) from refusal
        except (AwsRefused, InvalidRequest):
            self._give_back(ledger)
            raise
        return (yield from following.creation(self._stacks, stack_id, name, resources, self._sleep))

    def _give_back(self, ledger: Ledger) -> None:
        """Give the address back, unless it is that of an app which another command makes here."""
        stack = self._stacks.describe(names.app_stack(self._app.name))
        if stack is None or space_of(stack) != self._app.space:
            ledger.release(self._app.name)

    @property
    def _tags(self) -> dict[str, str]:
        return {names.APP_TAG: self._app.name, names.SPACE_TAG: self._app.space}

    def _is_destroyed(self, end: End, ledger: Ledger) -> bool:
        """Whether somebody destroys the app, or has by now: a stack that fails does not go by itself."""
        stack = None if end.stack is None else self._stacks.describe(end.stack.id)
        return stack is None or stack.status.is_gone or bool(ledger.closed([self._app.name]))

    def _cleaning(self, end: End) -> Steps[None]:
        if end.stack is not None and not end.is_gone:
            yield from following.deletion(self._stacks, end.stack, self._sleep)

    def _template(self, space: Stack, place: Place) -> tuple[str, int]:
        """The text of the app's template and how many resources it has."""
        from stacks import app as description

        app = self._app
        spec = app_spec.spec(
            app.name,
            space,
            place,
            git_branch=app.git_branch,
            buildpacks=app.buildpacks,
            options=app.options,
        )
        template = description.template(spec)
        return template.to_json(indent=None, sort_keys=False), len(template.resources)


def undone(app: str) -> CreationFailed:
    """Why there is no such app though nothing failed."""
    return CreationFailed(f"{app} was destroyed while it was being made.")
