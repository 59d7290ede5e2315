"""Where an app is and what it goes by: what its stack says of it, and where its releases are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from herogate.aws.at_once import both
from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.dynamodb import Table
from herogate.aws.session import Session
from herogate.engine.app_names import checked
from herogate.engine.clock import Now, utc_now
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.statuses import spaceless, status_of, unready
from herogate.errors import InvalidRequest, NotFound
from herogate.models import DEFAULT_SPACE, Status
from stacks import names
from stacks.outputs import AppOutput

if TYPE_CHECKING:
    from herogate.engine.chronicle import Chronicle

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Site:
    """The facts of one app, as plain values.

    Attributes:
        space_stack: the id of its space's stack, or the name for an app that was not told the id.
        health_check_path: what web processes are asked for whose release says nothing of it.
        schedule_group, scheduler_role_arn: None for an app made before there were schedules.
        key_arn: under which its processes may read config vars; None for AWS's own key.
    """

    app: str
    space: str
    space_stack: str
    web_url: str
    target_group_arn: str
    page_rule_arn: str
    health_check_path: str = "/"
    image_repository: str
    image_repository_uri: str
    repository: str
    log_group: str
    task_role_arn: str
    execution_role_arn: str
    schedule_group: str | None
    scheduler_role_arn: str | None
    key_arn: str | None

    @property
    def cluster(self) -> str:
        """Where its processes run, and those of its neighbours."""
        return names.cluster(self.space)

    @property
    def host(self) -> str | None:
        """Its own host on the listener that the apps of the space share; None if it has a port."""
        address = urlsplit(self.web_url)
        return address.hostname if address.port is None else None


def site(app: str, stack: Stack) -> Site:
    """The site of an app by its stack. Raises `InvalidRequest` unless that is whole."""
    if not _is_whole(stack):
        raise unready(app, status_of(stack.status))
    told, space = stack.outputs, space_of(stack)
    return Site(
        app=app,
        space=space,
        space_stack=told.get(AppOutput.SPACE_STACK_ID, names.space_stack(space)),
        web_url=told[AppOutput.WEB_URL],
        target_group_arn=told[AppOutput.TARGET_GROUP_ARN],
        page_rule_arn=told[AppOutput.PAGE_RULE_ARN],
        health_check_path=told.get(AppOutput.HEALTH_CHECK_PATH, "/"),
        image_repository=told[AppOutput.IMAGE_REPOSITORY_NAME],
        image_repository_uri=told[AppOutput.IMAGE_REPOSITORY_URI],
        repository=told[AppOutput.REPOSITORY_NAME],
        log_group=told[AppOutput.LOG_GROUP],
        task_role_arn=told[AppOutput.TASK_ROLE_ARN],
        execution_role_arn=told[AppOutput.EXECUTION_ROLE_ARN],
        schedule_group=told.get(AppOutput.SCHEDULE_GROUP),
        scheduler_role_arn=told.get(AppOutput.SCHEDULER_ROLE_ARN),
        key_arn=told.get(AppOutput.KEY_ARN),
    )


class Sites:
    """The sites of a region's apps, and where each one's releases are written down.

    Args:
        for_one_command: whether what is known of an app that is whole need not be asked for again.
        stack_ids: by app; who may see one stack and no other asks for it so.
    """

    def __init__(
        self,
        session: Session,
        *,
        for_one_command: bool = False,
        stack_ids: Mapping[str, str] = MappingProxyType({}),
        now: Now = utc_now,
    ) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._remembers = for_one_command
        self._ids = stack_ids
        self._now = now
        self._whole: dict[str, Stack] = {}
        self._open: set[str] = set()

    def of(self, app: str) -> Site:
        """The site of an app. Raises `NotFound`; `InvalidRequest` unless it and its space are whole."""
        stack = self.stack(app)
        self._check_open(app, stack)
        return site(app, stack)

    def consulted(self, app: str, ask: Callable[[Site], Answer]) -> tuple[Site, Answer]:
        """The site of an app, and what is asked of it at the same time. Raises as `of` does."""
        stack = self.stack(app)
        _, found = both(
            lambda: self._check_open(app, stack),
            lambda: _with_answer(site(app, stack), ask),
        )
        return found

    def stack(self, app: str) -> Stack:
        """The stack of an app, in whatever state it is. Raises `NotFound`."""
        if app in self._whole:
            return self._whole[app]
        stack = self._stacks.describe(self._ids.get(app) or names.app_stack(checked(app)))
        if stack is None or stack.status.is_gone:
            raise NotFound.app(app, self._session.region)
        if self._remembers and _is_whole(stack):
            self._whole[app] = stack
        return stack

    def status(self, app: str) -> Status:
        """Where in its life an app is. Raises `NotFound`.

        The first thing that a destruction does is to close the ledger; the stack goes last.
        """
        stack = self.stack(app)
        status = status_of(stack.status)
        if not status.is_ready:
            return status
        try:
            return Status.DESTROYING if self._is_closed(app, stack) else status
        except InvalidRequest:  # its space is gone
            return Status.BROKEN

    def ledger(self, app: str) -> ReleaseLedger:
        """An app's part of the ledger, as soon as there is an app. Raises `NotFound`.

        Who reads it meets `InvalidRequest` if the app's space is gone.
        """
        return self._ledger(app, space_of(self.stack(app)))

    def ledger_of(self, site: Site) -> ReleaseLedger:
        """The part of the ledger of an app whose site is known."""
        return self._ledger(site.app, site.space)

    def table(self, site: Site) -> Table:
        """The whole ledger of the space that an app is in."""
        return self._table(site.app, site.space)

    def chronicle(self, app: str) -> Chronicle:
        """Where it is written down what is done with an app."""
        # Who only reads releases writes nothing down.
        from herogate.engine.chronicle import Chronicle

        return Chronicle(self._session, app, now=self._now)

    def _check_open(self, app: str, stack: Stack) -> None:
        """Raises `InvalidRequest` if an app is being destroyed, or its space is gone."""
        if self._is_closed(app, stack):
            raise unready(app, Status.DESTROYING)

    def _is_closed(self, app: str, stack: Stack) -> bool:
        if app in self._open:
            return False
        is_closed = self._ledger(app, space_of(stack)).is_closed
        if self._remembers and not is_closed:
            self._open.add(app)
        return is_closed

    def _ledger(self, app: str, space: str) -> ReleaseLedger:
        return ReleaseLedger(
            self._table(app, space),
            app,
            now=self._now,
            told=lambda release: self.chronicle(app).released(release),
        )

    def _table(self, app: str, space: str) -> Table:
        name = names.ledger_table(space)
        return Table(self._session, name, missing=lambda: spaceless(app, space))


def space_of(stack: Stack) -> str:
    """The space that an app is in, by the stack of the app."""
    return stack.tags.get(names.SPACE_TAG, DEFAULT_SPACE)


def _with_answer(found: Site, ask: Callable[[Site], Answer]) -> tuple[Site, Answer]:
    return found, ask(found)


def _is_whole(stack: Stack) -> bool:
    return status_of(stack.status).is_ready and AppOutput.RELEASE_PROJECT in stack.outputs
