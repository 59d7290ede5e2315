"""How a space becomes another: what is proposed, and how it grows when it is full."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from herogate.aws.change_sets import ChangeSet
from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.aws.templates import Shelf
from herogate.engine import app_spec, following, package, space_spec
from herogate.engine.addresses import Addresses
from herogate.engine.clock import Sleep
from herogate.engine.proposals import Previews, Proposal
from herogate.engine.site import space_of
from herogate.engine.work import Steps
from herogate.errors import AwsRefused, InvalidRequest, NotFound, SpaceFull, UpdateFailed
from herogate.models import Space, StackChanges
from stacks import names
from stacks.outputs import AppOutput, SpaceOutput as Output

if TYPE_CHECKING:
    from stacks.space import Spec


class SpaceUpdates:
    """The updates of the spaces of a region."""

    def __init__(self, session: Session, *, sleep: Sleep) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._buckets = Buckets(session)
        self._previews = Previews(session, sleep=sleep)
        self._sleep = sleep

    def proposal(
        self, stack: Stack, spec: Spec, *, then: Callable[[Stack], Space]
    ) -> Proposal[Space]:
        """What it would take to bring a space to a spec; `then` tells the space of its stack.

        Raises `InvalidRequest` while apps in it lean on what would go.
        """
        self._check_leaning(stack)
        template, shelf = _template(stack, spec)
        change_set = self._previews.of_update(stack.name, template, express=False, shelf=shelf)
        return Proposal(
            spec.space,
            StackChanges(stack=stack.name, changes=change_set.changes),
            apply=lambda: self._applied(stack, spec, change_set, then),
            withdraw=lambda: self._previews.withdraw(change_set),
        )

    def growth(self, stack: Stack) -> Steps[Stack]:
        """Give a space a load balancer more, unless somebody else does; return what it is then."""
        known = len(Addresses(stack).load_balancer_arns)
        while len(Addresses(stack).load_balancer_arns) <= known:
            last = self._last(stack)
            if stack.status.is_updating:
                yield from following.update(self._stacks, stack, last, self._sleep)
            elif self._grows(stack):
                end = yield from following.update(self._stacks, stack, last, self._sleep)
                if not end.is_updated:
                    raise UpdateFailed(
                        f"AWS could not add a load balancer to {stack.name}: {end.reason}"
                    )
            stack = self._now(stack)
        return stack

    def protection(self, stack: Stack, spec: Spec) -> Steps[Stack]:
        """Protect a space that was just made, as its spec says; return what it is then.

        Raises:
            UpdateFailed: AWS could not; the space is there all the same.
        """
        last, (template, shelf) = self._last(stack), _template(stack, spec)
        self._stacks.update(stack.name, template, express=False, shelf=shelf)
        end = yield from following.update(self._stacks, stack, last, self._sleep)
        if not end.is_updated:
            raise UpdateFailed(
                f"Space {spec.space} is made, and AWS could not protect it: {end.reason}",
                f"`herogate spaces:update {spec.space} --deletion-protection` tries it again.",
            )
        self._stacks.protect(stack.name, protected=True)
        return self._now(stack)

    def _grows(self, stack: Stack) -> bool:
        """Begin to add a load balancer; False if somebody else has just begun to change the space."""
        self._check_leaning(stack)
        space = names.space_of_stack(stack.name) or stack.name
        spec = space_spec.grown(space_spec.described(space, stack))
        if spec is None:
            raise SpaceFull(
                f"Space {space} has no address left, and can have no more load balancers.",
                "Destroy an app, or create another space: `herogate spaces:create <name>`.",
            )
        template, shelf = _template(stack, spec)
        try:
            return self._stacks.update(stack.name, template, express=False, shelf=shelf)
        except AwsRefused as refusal:
            if "_IN_PROGRESS state" in refusal.reason:
                return False
            raise

    def _applied(
        self, stack: Stack, spec: Spec, change_set: ChangeSet, then: Callable[[Stack], Space]
    ) -> Steps[Space]:
        if not change_set.is_empty:
            last = self._last(stack)
            self._previews.carry_out(change_set)
            end = yield from following.update(self._stacks, stack, last, self._sleep)
            if not end.is_updated:
                raise UpdateFailed(f"AWS could not change space {spec.space}: {end.reason}")
        if stack.is_protected is not spec.deletion_protection:
            self._stacks.protect(stack.name, protected=spec.deletion_protection)
        package.supply(self._buckets, stack.outputs[Output.BUCKET_NAME])
        return then(self._now(stack))

    def _check_leaning(self, stack: Stack) -> None:
        """Apps made before each had a role for its rules have one of their space, which would go."""
        if Output.EVENTS_ROLE_ARN not in stack.outputs:
            return
        space = names.space_of_stack(stack.name) or stack.name
        leaning = [
            app
            for each in self._stacks.all()
            if (app := names.app_of_stack(each.name)) and space_of(each) == space
            if AppOutput.EVENTS_ROLE_ARN not in each.outputs
        ]
        if leaning:
            raise InvalidRequest(
                f"Space {space} has a role by which pushes to {', '.join(sorted(leaning))} are "
                "deployed, and would lose it.",
                f"Give apps one of their own first: `herogate apps:update -a {min(leaning)}`",
            )

    def _last(self, stack: Stack) -> str | None:
        events = self._stacks.events(stack.id)
        return events[-1].id if events else None

    def _now(self, stack: Stack) -> Stack:
        found = self._stacks.describe(stack.name)
        if found is None:
            space = names.space_of_stack(stack.name) or stack.name
            raise NotFound.space(space, self._session.region)
        return found


def _template(stack: Stack, spec: Spec) -> tuple[str, Shelf]:
    from stacks import space as description

    template = description.template(spec).to_json(indent=None)
    return template, app_spec.shelf(stack, stack.name, template)
