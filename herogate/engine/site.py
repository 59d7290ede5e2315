"""Where an app's processes run: what the stacks of the app and of its space say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.dynamodb import Table
from herogate.aws.session import Session
from herogate.engine.apps import checked
from herogate.engine.lease import Now
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.statuses import status_of
from herogate.errors import InvalidRequest, NotFound
from herogate.models import DEFAULT_SPACE, Status
from stacks import names, space
from stacks.app import Output


@dataclass(frozen=True, kw_only=True)
class Site:
    """The facts of one app, as plain values.

    Attributes:
        schedule_group, scheduler_role_arn: None for an app made before there were schedules.
    """

    app: str
    space: str
    web_url: str
    cluster: str
    subnet_ids: tuple[str, ...]
    security_group_id: str
    ledger_table: str
    target_group_arn: str
    page_rule_arn: str
    image_repository: str
    image_repository_uri: str
    repository: str
    log_group: str
    task_role_arn: str
    execution_role_arn: str
    schedule_group: str | None
    scheduler_role_arn: str | None


def site(app: str, app_stack: Stack, space_stack: Stack) -> Site:
    """The site of an app whose stack, and whose space's stack, are whole."""
    told, shared = app_stack.outputs, space_stack.outputs
    return Site(
        app=app,
        space=told[Output.SPACE],
        web_url=told[Output.WEB_URL],
        cluster=shared[space.Output.CLUSTER_NAME],
        subnet_ids=tuple(shared[space.Output.SUBNET_IDS].split(",")),
        security_group_id=shared[space.Output.TASK_SECURITY_GROUP_ID],
        ledger_table=shared[space.Output.LEDGER_TABLE],
        target_group_arn=told[Output.TARGET_GROUP_ARN],
        page_rule_arn=told[Output.PAGE_RULE_ARN],
        image_repository=told[Output.IMAGE_REPOSITORY_NAME],
        image_repository_uri=told[Output.IMAGE_REPOSITORY_URI],
        repository=told[Output.REPOSITORY_NAME],
        log_group=told[Output.LOG_GROUP],
        task_role_arn=told[Output.TASK_ROLE_ARN],
        execution_role_arn=told[Output.EXECUTION_ROLE_ARN],
        schedule_group=told.get(Output.SCHEDULE_GROUP),
        scheduler_role_arn=told.get(Output.SCHEDULER_ROLE_ARN),
    )


class Sites:
    """The sites of a region's apps, and where each one's releases are written down."""

    def __init__(self, session: Session, *, now: Now = lambda: datetime.now(UTC)) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._now = now

    def of(self, app: str) -> Site:
        """The site of an app. Raises `NotFound`; `InvalidRequest` while it is being made or removed."""
        app_stack = self._stack(app)
        space_stack = self._space_stack(app_stack)
        status = status_of(app_stack.status)
        if status is Status.DESTROYING:
            raise InvalidRequest(f"{app} is being destroyed.")
        if not status.is_ready or Output.RELEASE_PROJECT not in app_stack.outputs:
            raise InvalidRequest(
                f"{app} is not ready: its stack is {app_stack.status}.",
                f"`herogate info -a {app}` shows how it is.",
            )
        found = site(app, app_stack, space_stack)
        self.ledger_of(found).check_open()
        return found

    def ledger(self, app: str) -> ReleaseLedger:
        """An app's part of the ledger, as soon as there is an app. Raises `NotFound`."""
        space_stack = self._space_stack(self._stack(app))
        return self._ledger(app, space_stack.outputs[space.Output.LEDGER_TABLE])

    def ledger_of(self, site: Site) -> ReleaseLedger:
        """The part of the ledger of an app whose site is known."""
        return self._ledger(site.app, site.ledger_table)

    def _ledger(self, app: str, table: str) -> ReleaseLedger:
        return ReleaseLedger(Table(self._session, table), app, now=self._now)

    def _stack(self, app: str) -> Stack:
        stack = self._stacks.describe(names.app_stack(checked(app)))
        if stack is None:
            raise NotFound.app(app, self._session.region)
        return stack

    def _space_stack(self, app_stack: Stack) -> Stack:
        name = app_stack.tags.get(names.SPACE_TAG, DEFAULT_SPACE)
        stack = self._stacks.describe(names.space_stack(name))
        if stack is None:
            raise NotFound.space(name, self._session.region)
        return stack
