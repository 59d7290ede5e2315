"""How an app's own stack is brought to other options, and to what this Herogate makes of an app.

What runs is not touched: that is the releases' to change. An update of a stack sends all of a resource
that it touches, and one that is rolled back does as well, by the template before it. So what releases
and commands have changed beside the stack is described in it, and put right again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from herogate.aws.change_sets import ChangeSet
from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.codebuild_projects import Projects
from herogate.aws.elbv2 import LoadBalancing
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.engine import app_spec, following, package, space_spec
from herogate.engine.addresses import Place
from herogate.engine.app_spec import AppOptions
from herogate.engine.clock import Sleep
from herogate.engine.definitions import health_check_path
from herogate.engine.proposals import Previews, Proposal
from herogate.engine.site import Sites, site, space_of
from herogate.engine.space_spec import SpaceOptions
from herogate.engine.spaces import Spaces
from herogate.engine.statuses import unready
from herogate.engine.work import Steps
from herogate.errors import InvalidRequest, NotFound, UpdateFailed
from herogate.models import App, Release, StackChanges, Status
from stacks import names
from stacks.app_options import BUILDPACKS
from stacks.outputs import AppOutput, SpaceOutput


class AppUpdates:
    """The updates of the apps of a region."""

    def __init__(self, session: Session, spaces: Spaces, *, sleep: Sleep) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._buckets = Buckets(session)
        self._previews = Previews(session, sleep=sleep)
        self._projects = Projects(session)
        self._load_balancing = LoadBalancing(session)
        self._sites = Sites(session)
        self._spaces = spaces
        self._sleep = sleep

    def proposal(
        self, app: str, git_branch: str | None, changes: AppOptions, *, then: Callable[[], App]
    ) -> Proposal[App]:
        """What it would take to bring an app to other options; `then` tells what it is afterwards."""
        stack = self._stack(app)
        space_stack = self._spaces.ready_stack(space_of(stack))
        buildpacks = self._buildpacks(app)
        change_set = self._change_set(app, stack, space_stack, buildpacks, git_branch, changes)
        return Proposal(
            app,
            StackChanges(stack=stack.name, changes=change_set.changes),
            apply=lambda: self._applied(stack, app, space_stack, buildpacks, change_set, then),
            withdraw=lambda: self._previews.withdraw(change_set),
        )

    def foreseen(self, app: str, of_space: SpaceOptions) -> StackChanges:
        """What an update would change of an app, were its space brought to other options before."""
        stack = self._stack(app)
        space = space_of(stack)
        before = self._spaces.ready_stack(space)
        spec = space_spec.changed(space_spec.described(space, before), of_space)
        after, buildpacks = space_spec.foreseen(before, spec), self._buildpacks(app)
        change_set = self._change_set(app, stack, after, buildpacks, None, {})
        self._previews.withdraw(change_set)
        return StackChanges(stack=stack.name, changes=change_set.changes)

    def _change_set(
        self,
        app: str,
        stack: Stack,
        space_stack: Stack,
        buildpacks: Sequence[str],
        git_branch: str | None,
        changes: AppOptions,
    ) -> ChangeSet:
        """What brings an app to other options, in its space as that tells of itself."""
        place = self._place(app, space_stack)
        live = self._live(app, stack)
        _check_path(app, live, changes)
        spec = app_spec.spec(
            app,
            space_stack,
            place,
            git_branch=git_branch or stack.outputs[AppOutput.GIT_BRANCH],
            options=app_spec.changed(app_spec.described(stack), changes),
            buildpacks=buildpacks,
            health_check_path=_path_of(live),
        )
        from stacks import app as description

        template = description.template(spec).to_json(indent=None, sort_keys=False)
        return self._previews.of_update(
            stack.name,
            template,
            express=True,
            shelf=app_spec.shelf(space_stack, stack.name, template),
        )

    def _applied(
        self,
        stack: Stack,
        app: str,
        space_stack: Stack,
        proposed: Sequence[str],
        change_set: ChangeSet,
        then: Callable[[], App],
    ) -> Steps[App]:
        self._stack(app)  # it may be going by now
        # The projects are to name a package that is there.
        package.supply(self._buckets, space_stack.outputs[SpaceOutput.BUCKET_NAME])
        if not change_set.is_empty:
            last = self._stacks.events(stack.id)[-1].id
            buildpacks = self._buildpacks(app)
            self._previews.carry_out(change_set)
            end = yield from following.update(self._stacks, stack, last, self._sleep)
            if end.stack is not None:
                self._ask_for_health(app, end.stack)
            if not end.is_updated or self._buildpacks(app) == proposed:
                self._set_again(app, buildpacks)
            if not end.is_updated:
                raise UpdateFailed(f"AWS could not change {app}: {end.reason}")
        return then()

    def _stack(self, app: str) -> Stack:
        stack = self._stacks.describe(names.app_stack(app))
        if stack is None:
            raise NotFound.app(app, self._session.region)
        status = self._sites.status(app)
        if status is Status.UPDATING:
            raise InvalidRequest(
                f"{app} is being changed at this moment.",
                f"`herogate info -a {app}` shows when it is done.",
            )
        if not status.is_ready:
            raise unready(app, status)
        return stack

    def _live(self, app: str, stack: Stack) -> Release | None:
        """The newest release whose processes were begun; None before a first one."""
        record = self._sites.ledger_of(site(app, stack)).foremost()
        return None if record is None else record.release

    def _ask_for_health(self, app: str, stack: Stack) -> None:
        """Have web processes asked for what their release says."""
        live = self._live(app, stack)
        if live is not None:
            now = site(app, stack)
            path = health_check_path(live.slug, now)
            self._load_balancing.ask_for(now.target_group_arn, path)

    def _buildpacks(self, app: str) -> list[str]:
        """Those set since the app was made: an update sends all of a project that it touches."""
        variables = self._projects.variables(names.build_project(app)) or {}
        return variables.get(BUILDPACKS, "").split()

    def _set_again(self, app: str, buildpacks: Sequence[str]) -> None:
        """Set buildpacks that an update has put others in the place of.

        They were set after it was proposed, or it was taken back.
        """
        if self._buildpacks(app) != buildpacks:
            self._projects.change(
                names.build_project(app),
                buildspec=app_spec.build_buildspec(buildpacks),
                variables={BUILDPACKS: " ".join(buildpacks)},
            )

    def _place(self, app: str, space_stack: Stack) -> Place:
        place = self._spaces.ledger(space_stack).place_of(app)
        if place is None:
            raise InvalidRequest(
                f"{app} has no place in the ledger of its space.",
                f"It is half destroyed; finish that: `herogate destroy -a {app}`",
            )
        return place


def _path_of(live: Release | None) -> str | None:
    return None if live is None or live.slug is None else live.slug.health_check_path


def _check_path(app: str, live: Release | None, changes: AppOptions) -> None:
    """Refuse to change what the release in effect says otherwise."""
    own, wanted = _path_of(live), changes.get("health_check_path")
    if live is not None and own is not None and wanted not in (None, own):
        raise InvalidRequest(
            f"{app} says itself what its web processes are asked for: {own}, since {live.version}.",
            "Change health_check_path in its app.json, and push that.",
        )
