"""Where an app's processes run: what the stacks of the app and of its space say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from herogate.aws.at_once import both
from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.dynamodb import Table
from herogate.aws.session import Session
from herogate.engine.app_names import checked
from herogate.engine.chronicle import Chronicle
from herogate.engine.lease import Now
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.statuses import status_of, unready
from herogate.errors import InvalidRequest, NotFound
from herogate.models import DEFAULT_SPACE
from stacks import names
from stacks.outputs import AppOutput, SpaceOutput

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Site:
    """The facts of one app, as plain values.

    Attributes:
        private: whether its processes have no public addresses.
        health_check_path: what web processes are asked for whose release says nothing of it.
        schedule_group, scheduler_role_arn: None for an app made before there were schedules.
    """

    app: str
    space: str
    web_url: str
    cluster: str
    subnet_ids: tuple[str, ...]
    security_group_id: str
    private: bool = False
    ledger_table: str
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


def site(app: str, app_stack: Stack, space_stack: Stack) -> Site:
    """The site of an app whose stack, and whose space's stack, are whole."""
    told, shared = app_stack.outputs, space_stack.outputs
    return Site(
        app=app,
        space=told[AppOutput.SPACE],
        web_url=told[AppOutput.WEB_URL],
        cluster=shared[SpaceOutput.CLUSTER_NAME],
        subnet_ids=tuple(shared[SpaceOutput.SUBNET_IDS].split(",")),
        security_group_id=shared[SpaceOutput.TASK_SECURITY_GROUP_ID],
        private=shared.get(SpaceOutput.PRIVATE) == "true",
        ledger_table=shared[SpaceOutput.LEDGER_TABLE],
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
    )


class Sites:
    """The sites of a region's apps, and where each one's releases are written down."""

    def __init__(self, session: Session, *, now: Now = lambda: datetime.now(UTC)) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._now = now

    def of(self, app: str) -> Site:
        """The site of an app. Raises `NotFound`; `InvalidRequest` unless it and its space are whole."""
        found = self._found(app)
        self.ledger_of(found).check_open()
        return found

    def consulted(self, app: str, ask: Callable[[ReleaseLedger], Answer]) -> tuple[Site, Answer]:
        """The site of an app, and what its part of the ledger is asked for. Raises as `of` does."""
        found = self._found(app)
        ledger = self.ledger_of(found)
        _, answer = both(ledger.check_open, lambda: ask(ledger))
        return found, answer

    def _found(self, app: str) -> Site:
        app_stack = self._stack(app)
        space_stack = self._space_stack(app_stack)
        status = status_of(app_stack.status)
        if not status.is_ready or AppOutput.RELEASE_PROJECT not in app_stack.outputs:
            raise unready(app, status)
        return site(app, app_stack, space_stack)

    def ledger(self, app: str) -> ReleaseLedger:
        """An app's part of the ledger, as soon as there is an app.

        Raises `NotFound`; `InvalidRequest` if its space is gone.
        """
        space_stack = self._space_stack(self._stack(app))
        return self._ledger(app, space_stack.outputs[SpaceOutput.LEDGER_TABLE])

    def ledger_of(self, site: Site) -> ReleaseLedger:
        """The part of the ledger of an app whose site is known."""
        return self._ledger(site.app, site.ledger_table)

    def chronicle(self, app: str) -> Chronicle:
        """Where it is written down what is done with an app."""
        return Chronicle(self._session, app, now=self._now)

    def _ledger(self, app: str, table: str) -> ReleaseLedger:
        told = self.chronicle(app).released
        return ReleaseLedger(Table(self._session, table), app, now=self._now, told=told)

    def _stack(self, app: str) -> Stack:
        stack = self._stacks.describe(names.app_stack(checked(app)))
        if stack is None:
            raise NotFound.app(app, self._session.region)
        return stack

    def _space_stack(self, app_stack: Stack) -> Stack:
        name = app_stack.tags.get(names.SPACE_TAG, DEFAULT_SPACE)
        stack = self._stacks.describe(names.space_stack(name))
        if stack is None:
            app = names.app_of_stack(app_stack.name)
            raise InvalidRequest(
                f"The space {name}, in which {app} was, is gone.",
                f"`herogate destroy -a {app}` removes what is left of the app.",
            )
        return stack
