"""Change sets: what an update or a new stack would do, kept for review until it is carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.course import failures
from herogate.local.planes.cloudformation.records import events
from herogate.local.planes.cloudformation.records.stack import (
    Configuration,
    OnFailure,
    Stack,
    document,
)
from herogate.local.planes.cloudformation.records.status import StackStatus
from herogate.local.planes.cloudformation.requests import request
from herogate.local.planes.cloudformation.requests.request import StackRequest
from herogate.local.planes.cloudformation.requests.stacks import check_updatable

if TYPE_CHECKING:
    from herogate.local.planes.cloudformation.plane import CloudFormationPlane

_NOTHING = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)


class ChangeSetStatus(StrEnum):
    """Whether a change set could be made."""

    CREATE_COMPLETE = "CREATE_COMPLETE"
    FAILED = "FAILED"


class ExecutionStatus(StrEnum):
    """Whether a change set can be carried out."""

    AVAILABLE = "AVAILABLE"
    UNAVAILABLE = "UNAVAILABLE"
    EXECUTE_COMPLETE = "EXECUTE_COMPLETE"
    OBSOLETE = "OBSOLETE"
    """The stack was updated otherwise since."""


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """A reviewed way from one configuration of a stack to another.

    Attributes:
        creates: whether its stack is yet to be made.
        changes: ``Changes`` of DescribeChangeSet.
        on_failure: what was said of it; None leaves it to ExecuteChangeSet.
    """

    change_set_id: str
    name: str
    stack_id: str
    stack_name: str
    creates: bool
    status: ChangeSetStatus
    execution_status: ExecutionStatus
    created_at: float
    configuration: Configuration
    changes: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    status_reason: str | None = None
    description: str | None = None
    role_arn: str | None = None
    on_failure: OnFailure | None = None
    express: bool = False
    client_token: str | None = None

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> ChangeSet:
        """The change set of a document."""
        on_failure = found["on_failure"]
        return cls(
            **{
                **found,
                "status": ChangeSetStatus(found["status"]),
                "execution_status": ExecutionStatus(found["execution_status"]),
                "configuration": Configuration.of(found["configuration"]),
                "on_failure": None if on_failure is None else OnFailure(on_failure),
            }
        )


class ChangeSets:
    """The change sets of an account. Every method may raise `AwsError` in CloudFormation's words."""

    def __init__(self, plane: CloudFormationPlane) -> None:
        self._plane = plane

    def create(
        self, wanted: StackRequest, name: str, *, creates: bool, **details: Any
    ) -> ChangeSet:
        """Find out what a request would change, and keep it.

        Args:
            creates: whether it is to make a new stack, which then waits for review.
            details: `description` and `on_failure` of the `ChangeSet`.
        """
        stack, is_new = self._stack(wanted, name, creates=creates)
        if self._find(stack.stack_id, name) is not None:
            raise AwsError("AlreadyExistsException", f"ChangeSet [{name}] already exists")
        target = self._plane.stacks.configure(wanted, stack)
        changes, failure = self._changes(wanted, stack, target)
        prefix = f"arn:aws:cloudformation:{stack.region}:{self._plane.account_id}:changeSet"
        change_set = ChangeSet(
            change_set_id=f"{prefix}/{name}/{uuid4()}",
            name=name,
            stack_id=stack.stack_id,
            stack_name=stack.name,
            creates=creates,
            status=ChangeSetStatus.FAILED if failure else ChangeSetStatus.CREATE_COMPLETE,
            status_reason=failure,
            execution_status=ExecutionStatus.UNAVAILABLE if failure else ExecutionStatus.AVAILABLE,
            created_at=self._plane.clock(),
            configuration=target,
            changes=changes,
            role_arn=wanted.role_arn,
            express=wanted.express,
            client_token=wanted.client_token,
            **details,
        )
        with self._plane.records.changing:
            if is_new:
                self._review(stack, change_set)
            self._plane.records.put_change_set(stack.stack_id, name, document(change_set))
        return change_set

    def named(self, region: str, name_or_id: str, stack_name: str | None) -> ChangeSet:
        """The change set of this id, or of this name in this stack."""
        found = None
        if name_or_id.startswith("arn:"):
            found = next((c for c in self.all() if c.change_set_id == name_or_id), None)
        elif stack_name is None:
            raise AwsError(
                "ValidationError",
                "StackName must be specified if ChangeSetName is not specified as an ARN.",
            )
        else:
            stack = self._plane.stacks.found(region, stack_name)
            if stack is None:
                raise AwsError("ValidationError", f"Stack [{stack_name}] does not exist")
            found = self._find(stack.stack_id, name_or_id)
        if found is None:
            raise AwsError(
                "ChangeSetNotFound", f"ChangeSet [{name_or_id}] does not exist", status=404
            )
        return found

    def of_stack(self, region: str, stack_name: str) -> list[ChangeSet]:
        """A stack's change sets, by name."""
        stack = self._plane.stacks.living(region, stack_name)
        return [c for c in self.all() if c.stack_id == stack.stack_id]

    def all(self) -> list[ChangeSet]:
        """Every change set."""
        return [ChangeSet.of(found) for found in self._plane.records.change_sets()]

    def execute(self, wanted: StackRequest, change_set: ChangeSet) -> None:
        """Carry a change set out; the others of its stack go, for they no longer hold true.

        Args:
            wanted: who asks, and what ExecuteChangeSet itself says (token, failure, retention).
        """
        if change_set.execution_status is not ExecutionStatus.AVAILABLE:
            raise _not_executable(change_set)
        stacks, records = self._plane.stacks, self._plane.records
        wanted = replace(
            wanted,
            name=change_set.stack_id,
            role_arn=change_set.role_arn,
            express=change_set.express,
            on_failure=change_set.on_failure or wanted.on_failure,
        )
        with records.changing:
            stack = stacks.living(wanted.region, change_set.stack_id)
            stack = replace(stack, change_set_id=change_set.change_set_id)
            if change_set.creates:
                stacks.make(wanted, stack, change_set.configuration)
            else:
                stacks.change(wanted, stack, change_set.configuration)
            self.forget(change_set.stack_id)
            done = replace(change_set, execution_status=ExecutionStatus.EXECUTE_COMPLETE)
            records.put_change_set(change_set.stack_id, change_set.name, document(done))

    def delete(self, change_set: ChangeSet) -> None:
        """Forget a change set. A stack in review stays, as on AWS."""
        self._plane.records.forget_change_set(change_set.stack_id, change_set.name)

    def outdate(self, stack_id: str) -> None:
        """Let no change set of a stack be carried out any more that was made before an update."""
        for change_set in self.all():
            is_open = change_set.execution_status is ExecutionStatus.AVAILABLE
            if change_set.stack_id == stack_id and is_open:
                past = replace(change_set, execution_status=ExecutionStatus.OBSOLETE)
                self._plane.records.put_change_set(stack_id, past.name, document(past))

    def forget(self, stack_id: str) -> None:
        """Forget every change set of a stack."""
        for change_set in self.all():
            if change_set.stack_id == stack_id:
                self.delete(change_set)

    def _changes(
        self, wanted: StackRequest, stack: Stack, target: Configuration
    ) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        """What would change, and why nothing can be carried out, if so."""
        try:
            difference = self._plane.stacks.preview(wanted, stack, target)
        except AwsError as error:
            return (), error.message
        return difference.changes, _NOTHING if difference.is_empty else None

    def _find(self, stack_id: str, name: str) -> ChangeSet | None:
        found = self._plane.records.change_set(stack_id, name)
        return None if found is None else ChangeSet.of(found)

    def _stack(self, wanted: StackRequest, name: str, *, creates: bool) -> tuple[Stack, bool]:
        """The stack that a change set is for, and whether there was none of the name."""
        stacks = self._plane.stacks
        if not creates:
            stack = stacks.living(wanted.region, wanted.name)
            check_updatable(stack)
            return stack, False
        found = stacks.found(wanted.region, wanted.name)
        if found is None:
            request.check_name(wanted.name)
            return stacks.blank(wanted.region, wanted.name), True
        if found.status is not StackStatus.REVIEW_IN_PROGRESS:
            raise AwsError(
                "ValidationError",
                f"Stack [{found.name}] already exists and cannot be created again with the "
                f"changeSet [{name}].",
            )
        return found, False

    def _review(self, stack: Stack, change_set: ChangeSet) -> None:
        reviewed = replace(
            stack,
            status_reason=failures.USER_INITIATED,
            change_set_id=change_set.change_set_id,
        )
        self._plane.records.put_stack(reviewed)
        self._plane.records.put_event(events.of_stack(reviewed, None, self._plane.clock()))


def _not_executable(change_set: ChangeSet) -> AwsError:
    status = f"current execution status of [{change_set.execution_status}]"
    if change_set.status is ChangeSetStatus.FAILED:
        status = f"current status of [{change_set.status}]"
    return AwsError(
        "InvalidChangeSetStatus",
        f"ChangeSet [{change_set.change_set_id}] cannot be executed in its {status}",
    )
