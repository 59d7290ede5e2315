"""What can be asked of stacks, and in which state: create, update, delete.

Each begins an operation and returns; ``executor.py`` carries it out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from herogate.local.errors import AwsError, not_supported
from herogate.local.identity import Credentials
from herogate.local.planes.cloudformation.records.stack import (
    Configuration,
    Operation,
    OperationType,
    Stack,
)
from herogate.local.planes.cloudformation.records.status import StackStatus
from herogate.local.planes.cloudformation.requests import request
from herogate.local.planes.cloudformation.requests.preview import Preview, preview
from herogate.local.planes.cloudformation.requests.request import StackRequest
from herogate.local.planes.cloudformation.templates.template import Template

if TYPE_CHECKING:
    from herogate.local.planes.cloudformation.plane import CloudFormationPlane


class Stacks:
    """The stacks of an account. Every method may raise `AwsError` in CloudFormation's words."""

    def __init__(self, plane: CloudFormationPlane) -> None:
        self._plane = plane

    def create(self, wanted: StackRequest) -> tuple[Stack, str]:
        """Begin to make a stack. Returns it, and the operation's id."""
        request.check_name(wanted.name)
        if (existing := self._plane.records.named(wanted.region, wanted.name)) is not None:
            return self._repeated(existing, OperationType.CREATE, wanted)
        stack = self.blank(wanted.region, wanted.name)
        target = self.configure(wanted, stack)
        with self._plane.records.changing:
            if (existing := self._plane.records.named(wanted.region, wanted.name)) is not None:
                return self._repeated(existing, OperationType.CREATE, wanted)
            return self.make(wanted, stack, target)

    def update(self, wanted: StackRequest) -> tuple[Stack, str]:
        """Begin to change a stack. Returns it, and the operation's id."""
        stack = self.living(wanted.region, wanted.name)
        if wanted.client_token in stack.tokens:
            return self._repeated(stack, OperationType.UPDATE, wanted)
        check_updatable(stack)
        target = self.configure(wanted, stack)
        if not stack.status.is_unfinished and self._is_no_change(wanted, stack, target):
            raise AwsError("ValidationError", "No updates are to be performed.")
        with self._plane.records.changing:
            begun = self.change(wanted, stack, target)
            self._plane.change_sets.outdate(stack.stack_id)
            return begun

    def configure(self, wanted: StackRequest, stack: Stack) -> Configuration:
        """The configuration that a request wants for a stack."""
        records = self._plane.records
        own = stack.configuration.template
        if stack.policy is not None and own:
            raise not_supported("updating a stack that has a stack policy")
        role_arn = wanted.role_arn or stack.role_arn
        if role_arn is not None:
            self._plane.sessions.check(wanted.region, role_arn)
        around = self._plane.surroundings(wanted.region, wanted.credentials)
        target = request.configuration(wanted, stack, records, self._plane.handlers, around)
        if own:
            _check_types_stay(records.template(own), records.template(target.template))
        return target

    def preview(self, wanted: StackRequest, stack: Stack, target: Configuration) -> Preview:
        """What a configuration would change of a stack. `AwsError` if a value cannot be resolved."""
        records, own = self._plane.records, stack.configuration.template
        return preview(
            stack,
            records.resources(stack.stack_id),
            (records.template(own) if own else None, records.template(target.template)),
            target,
            self._plane.surroundings(wanted.region, wanted.credentials),
        )

    def make(self, wanted: StackRequest, stack: Stack, target: Configuration) -> tuple[Stack, str]:
        """Begin to make a configured stack. To be called with `Records.changing` held."""
        minutes = wanted.timeout_minutes
        operation = self._operation(
            OperationType.CREATE,
            wanted,
            stack,
            deadline=None if minutes is None else self._plane.clock() + 60 * minutes,
        )
        begun = self._plane.begin(
            stack,
            operation,
            StackStatus.CREATE_IN_PROGRESS,
            configuration=target,
            role_arn=operation.role_arn,
            policy=wanted.policy or stack.policy,
            on_failure=wanted.on_failure,
            express=wanted.express,
            retain_except_on_create=wanted.retain_except_on_create,
            timeout_minutes=minutes,
            termination_protection=wanted.termination_protection or stack.termination_protection,
        )
        return begun, operation.id

    def change(
        self, wanted: StackRequest, stack: Stack, target: Configuration
    ) -> tuple[Stack, str]:
        """Begin to bring a stack, if it still is in the same state, to a configuration."""
        with self._plane.records.changing:
            now = self.living(wanted.region, stack.stack_id)
            check_updatable(now)
            if now.previous is None:
                self._plane.records.keep_before(now.stack_id)
            operation = self._operation(OperationType.UPDATE, wanted, now)
            begun = self._plane.begin(
                now,
                operation,
                StackStatus.UPDATE_IN_PROGRESS,
                configuration=target,
                previous=now.previous or now.configuration,
                role_arn=operation.role_arn,
                policy=wanted.policy or now.policy,
                express=wanted.express,
                retain_except_on_create=wanted.retain_except_on_create,
                updated_at=self._plane.clock(),
            )
            return begun, operation.id

    def delete(self, region: str, name: str, credentials: Credentials, **details: Any) -> None:
        """Begin to delete a stack; one that is not there, or on its way out, is left at that.

        Args:
            details: `kept`, `forced`, `role_arn`, `client_token`, `express` of the `Operation`.
        """
        with self._plane.records.changing:
            stack = self.found(region, name)
            if stack is None or stack.status is StackStatus.DELETE_IN_PROGRESS:
                return
            _check_deletable(stack, details)
            operation = self.further(OperationType.DELETE, stack, credentials, details)
            status = StackStatus.DELETE_IN_PROGRESS
            self._plane.begin(stack, operation, status, role_arn=operation.role_arn)
            self._plane.change_sets.forget(stack.stack_id)

    def alter(self, region: str, name: str, **changes: Any) -> Stack:
        """Change what is no operation: termination protection, stack policy."""
        with self._plane.records.changing:
            stack = replace(self.living(region, name), **changes)
            self._plane.records.put_stack(stack)
            return stack

    def blank(self, region: str, name: str) -> Stack:
        """A stack that has nothing but its name and id; not recorded."""
        prefix = f"arn:aws:cloudformation:{region}:{self._plane.account_id}:stack"
        return Stack(
            stack_id=f"{prefix}/{name}/{uuid4()}",
            name=name,
            region=region,
            status=StackStatus.REVIEW_IN_PROGRESS,
            created_at=self._plane.clock(),
            configuration=Configuration(template=""),
        )

    def found(self, region: str, name_or_id: str) -> Stack | None:
        """The stack of this name or id as it is recorded; not a deleted one."""
        records = self._plane.records
        by_id = name_or_id.startswith("arn:")
        stack = records.stack(name_or_id) if by_id else records.named(region, name_or_id)
        gone = stack is None or stack.status.is_gone or stack.region != region
        return None if gone else stack

    def living(self, region: str, name_or_id: str) -> Stack:
        """`found`, or the refusal of one that does not exist."""
        stack = self.found(region, name_or_id)
        if stack is None:
            raise AwsError("ValidationError", f"Stack [{name_or_id}] does not exist")
        return stack

    def further(
        self,
        type_: OperationType,
        stack: Stack,
        credentials: Credentials,
        details: dict[str, Any],
    ) -> Operation:
        """An operation on a stack that exists; the stack's role sticks.

        Args:
            details: further members of the `Operation`; a role given here takes the stack's place.
        """
        role_arn = details.pop("role_arn", None) or stack.role_arn
        if role_arn is not None:
            self._plane.sessions.check(stack.region, role_arn)
        return Operation(
            id=str(uuid4()),
            type=type_,
            stack_id=stack.stack_id,
            credentials=credentials,
            former=stack.status,
            role_arn=role_arn,
            **details,
        )

    def _is_no_change(self, wanted: StackRequest, stack: Stack, target: Configuration) -> bool:
        try:
            return self.preview(wanted, stack, target).is_empty
        except AwsError:
            return False  # what cannot be resolved fails in the course of the update

    def _repeated(
        self, stack: Stack, type_: OperationType, wanted: StackRequest
    ) -> tuple[Stack, str]:
        """The answer to a request that was made before, known by its token."""
        token = wanted.client_token
        if token is not None and stack.tokens.get(token) == type_:
            return stack, stack.last_operations[0][1]
        if token in stack.tokens:
            raise AwsError(
                "TokenAlreadyExistsException",
                f"A client request token already exists with the same name: {token}",
            )
        raise AwsError("AlreadyExistsException", f"Stack [{stack.name}] already exists")

    def _operation(
        self, type_: OperationType, wanted: StackRequest, stack: Stack, **details: Any
    ) -> Operation:
        return Operation(
            id=str(uuid4()),
            type=type_,
            stack_id=stack.stack_id,
            credentials=wanted.credentials,
            former=stack.status,
            role_arn=wanted.role_arn or stack.role_arn,
            client_token=wanted.client_token,
            express=wanted.express,
            on_failure=wanted.on_failure,
            retain_except_on_create=wanted.retain_except_on_create,
            **details,
        )


def check_updatable(stack: Stack) -> None:
    """Refuse to update a stack in a state in which it cannot be."""
    if not stack.status.can_be_updated:
        raise in_state(stack, "can not be updated")


def in_state(stack: Stack, what: str) -> AwsError:
    """The refusal of an operation in the state in which a stack is."""
    return AwsError(
        "ValidationError", f"Stack:{stack.stack_id} is in {stack.status} state and {what}."
    )


def _check_deletable(stack: Stack, details: dict[str, Any]) -> None:
    if stack.termination_protection:
        raise AwsError(
            "ValidationError",
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled",
        )
    if not stack.status.can_be_deleted:
        raise AwsError(
            "ValidationError",
            f"Stack [{stack.stack_id}] cannot be deleted while in status {stack.status}",
        )
    if details.get("kept") and stack.status is not StackStatus.DELETE_FAILED:
        raise AwsError(
            "ValidationError",
            f"Invalid operation on stack [{stack.stack_id}]. Specify which resources to retain "
            "only when the stack is in the DELETE_FAILED state.",
        )


def _check_types_stay(old: Template, new: Template) -> None:
    changed = [
        key
        for key, declaration in old.resources.items()
        if key in new.resources and new.resources[key].type_name != declaration.type_name
    ]
    if changed:
        raise AwsError(
            "ValidationError",
            "Update of resource type is not permitted. The new template modifies resource type of "
            f"the following resources: [{', '.join(changed)}]",
        )
