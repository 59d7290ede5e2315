"""Apps: listed, described, created, destroyed.

What it takes to change one is imported when one is: mostly they are looked at, by every push too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.session import Session
from herogate.engine import app_statuses
from herogate.engine.app_names import checked, random_name
from herogate.engine.checkout import DEFAULT_BRANCH
from herogate.engine.remote_url import RemoteUrl
from herogate.engine.site import Sites, space_of
from herogate.engine.work import Steps, Work
from herogate.errors import NotFound
from herogate.models import DEFAULT_SPACE, App, Receipt, StackChanges, Status
from stacks import names
from stacks.outputs import AppOutput as Output

if TYPE_CHECKING:
    from herogate.engine.app_spec import AppOptions
    from herogate.engine.app_updates import AppUpdates
    from herogate.engine.clock import Sleep
    from herogate.engine.creation import Creation, NewApp
    from herogate.engine.destruction import Destruction
    from herogate.engine.proposals import Proposal
    from herogate.engine.space_spec import SpaceOptions
    from herogate.engine.spaces import Spaces


class Apps:
    """The apps of a region."""

    def __init__(self, session: Session, spaces: Spaces, sites: Sites, *, sleep: Sleep) -> None:
        self._session = session
        self._spaces = spaces
        self._sites = sites
        self._stacks = Stacks(session)
        self._sleep = sleep

    def all(self, *, space: str | None = None) -> list[App]:
        """Every app, or those of one space, by name. Raises `NotFound` for a space that is not there."""
        if space is not None:
            self._spaces.stack(space)
        stacks = list(self._stacks.all())
        found = [
            stack
            for stack in stacks
            if names.app_of_stack(stack.name) and space in (None, space_of(stack))
        ]
        statuses = app_statuses.of_all(found, self._spaces.ledgers(stacks))
        apps = (self._app(stack, statuses[stack.name]) for stack in found)
        return sorted(apps, key=lambda app: app.name)

    def info(self, name: str) -> App:
        """One app, also while it is being made. Raises `NotFound`."""
        return self._app(self._sites.stack(name), self._sites.status(name))

    def choose_name(self, name: str | None = None) -> str:
        """A name for a new app: the one given, if it obeys the rule, or a random one."""
        return random_name() if name is None else checked(name)

    def git_url(self, name: str) -> RemoteUrl:
        """The git URL of an app of this name, whether or not there is one."""
        return RemoteUrl(app=name, region=self._session.region, profile=self._session.profile)

    def create(
        self,
        name: str | None = None,
        *,
        space: str = DEFAULT_SPACE,
        git_branch: str = DEFAULT_BRANCH,
        buildpacks: Sequence[str] = (),
        standard: bool = False,
        **options: Unpack[AppOptions],
    ) -> Work[App]:
        """Make an app. A space that has no address left gets a load balancer more, once for many apps.

        Args:
            name: None for a random one; the work's subject tells it.
            git_branch: a push to it deploys.
            buildpacks: what builds it, in their order, in place of a Dockerfile.
            standard: have CloudFormation wait for every resource to be ready (slower by a minute or
                more), instead of completing when their configuration is applied.
            options: `health_check_path`, `health_check_matcher` (codes that mean life: ``200-499``),
                `health_check_interval_seconds`, `deregistration_delay_seconds` (how long a process that
                goes still answers), `build_compute` (CodeBuild's compute type), `build_architecture`
                (``arm64`` or ``x86_64``).

        Raises:
            InvalidRequest: the name or an option breaks its rule.
            NameTaken: there is such an app.
            NotFound: there is no such space.
            SpaceFull: the space has no address left and can have no more load balancers.
        """
        app = self._new(name, space, git_branch, buildpacks, options, express=not standard)
        return Work(app.name, self._created(app))

    def creation_changes(
        self,
        name: str | None = None,
        *,
        space: str = DEFAULT_SPACE,
        git_branch: str = DEFAULT_BRANCH,
        buildpacks: Sequence[str] = (),
        standard: bool = False,
        **options: Unpack[AppOptions],
    ) -> StackChanges:
        """What `create` would make, without making it; raises what that would."""
        app = self._new(name, space, git_branch, buildpacks, options, express=not standard)
        return self._creation(app).changes()

    def update(
        self, name: str, *, git_branch: str | None = None, **changes: Unpack[AppOptions]
    ) -> Proposal[App]:
        """Propose to bring an app to other options, and to what this Herogate makes of an app.

        Args:
            git_branch, changes: as in `create`; what is not said stays as it is.

        Raises:
            InvalidRequest: an option breaks its rule, or the app is being made or removed.
            NotFound: there is no such app.
        """
        from herogate.engine.app_spec import checked_branch

        branch = None if git_branch is None else checked_branch(git_branch)
        return self._updates.proposal(checked(name), branch, changes, then=lambda: self.info(name))

    def foreseen_changes(self, name: str, of_space: SpaceOptions) -> StackChanges:
        """What `update` would change, had the app's space other options; nothing is changed.

        Raises what `update` and the space's own would.
        """
        return self._updates.foreseen(checked(name), of_space)

    def destruction_changes(self, name: str) -> list[StackChanges]:
        """What `destroy` would remove of the app's stacks; raises what that would."""
        from herogate.engine.proposals import Previews

        self.check_destroyable(name)
        previews = Previews(self._session, sleep=self._sleep)
        stacks = (names.formation_stack(name), names.app_stack(name))
        found = (self._stacks.describe(stack) for stack in stacks)
        return [previews.of_deletion(stack) for stack in found if stack is not None]

    def destroy(self, name: str) -> Work[Receipt]:
        """Remove an app with its repository, images, artifacts and logs, and give its address back.

        What is left of one that was half created or half destroyed goes too. Raises `NotFound`;
        while it is followed, `DestructionFailed` if anything would not go.
        """
        return Work(name, self._destruction.steps(checked(name)))

    def check_destroyable(self, name: str) -> None:
        """Raises `NotFound` if nothing of an app is there, `InvalidRequest` if it cannot be."""
        self._destruction.remains(checked(name))

    @property
    def _updates(self) -> AppUpdates:
        from herogate.engine.app_updates import AppUpdates

        return AppUpdates(self._session, self._spaces, sleep=self._sleep)

    @property
    def _destruction(self) -> Destruction:
        from herogate.engine.destruction import Destruction

        return Destruction(self._session, self._spaces, sleep=self._sleep)

    def _new(
        self,
        name: str | None,
        space: str,
        git_branch: str,
        buildpacks: Sequence[str],
        options: AppOptions,
        *,
        express: bool,
    ) -> NewApp:
        from herogate.engine import app_spec
        from herogate.engine.buildpacks import buildable
        from herogate.engine.creation import NewApp

        return NewApp(
            name=self.choose_name(name),
            space=space,
            git_branch=app_spec.checked_branch(git_branch),
            buildpacks=buildable(buildpacks),
            express=express,
            options=app_spec.asked(options),
        )

    def _creation(self, app: NewApp) -> Creation:
        from herogate.engine.creation import Creation

        return Creation(self._session, self._spaces, app, sleep=self._sleep)

    def _created(self, app: NewApp) -> Steps[App]:
        from herogate.engine.creation import undone

        yield from self._creation(app).steps()
        try:
            return self.info(app.name)
        except NotFound as gone:
            raise undone(app.name) from gone

    def _app(self, stack: Stack, status: Status) -> App:
        name, space = names.app_of_stack(stack.name) or stack.name, space_of(stack)
        return App(
            name=name,
            space=space,
            region=self._session.region,
            status=status,
            created_at=stack.created_at,
            git_url=str(self.git_url(name)),
            web_url=stack.outputs.get(Output.WEB_URL) or self._promised_url(name, space),
            clone_url=stack.outputs.get(Output.CLONE_URL_HTTP),
            git_branch=stack.outputs.get(Output.GIT_BRANCH),
        )

    def _promised_url(self, app: str, space: str) -> str | None:
        """The URL that an app will have whose stack does not tell it yet."""
        from herogate.engine.addresses import Addresses

        stack = self._spaces.made(space)
        place = None if stack is None else self._spaces.ledger(stack).place_of(app)
        return None if stack is None or place is None else Addresses(stack).web_url(app, place)
