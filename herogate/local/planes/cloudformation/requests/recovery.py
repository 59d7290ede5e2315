"""What can be asked of a stack whose operation went wrong, or is to be given up.

Each begins an operation, or bends one under way; ``executor.py`` carries it out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.identity import Credentials
from herogate.local.planes.cloudformation.records.stack import OperationType, Stack
from herogate.local.planes.cloudformation.records.status import ResourceStatus, StackStatus
from herogate.local.planes.cloudformation.requests.stacks import in_state

if TYPE_CHECKING:
    from herogate.local.planes.cloudformation.plane import CloudFormationPlane


class Recovery:
    """The ways back. Every method may raise `AwsError` in CloudFormation's words."""

    def __init__(self, plane: CloudFormationPlane) -> None:
        self._plane = plane

    def cancel_update(self, region: str, name: str) -> None:
        """Give up an update under way: the stack goes back to what it was."""
        records = self._plane.records
        with records.changing:
            stack = self._plane.stacks.living(region, name)
            operation = records.operation(stack.stack_id)
            if stack.status is not StackStatus.UPDATE_IN_PROGRESS or operation is None:
                raise AwsError(
                    "ValidationError",
                    "CancelUpdateStack cannot be called from current stack status",
                )
            records.put_operation(replace(operation, cancelled=True))

    def continue_rollback(
        self, region: str, name: str, credentials: Credentials, *, force: bool, **details: Any
    ) -> None:
        """Try again to roll an update back.

        Args:
            force: leave every resource as it is whose rollback failed.
            details: `skipped`, `role_arn`, `client_token` of the `Operation`.
        """
        with self._plane.records.changing:
            stack = self._plane.stacks.living(region, name)
            if stack.status is not StackStatus.UPDATE_ROLLBACK_FAILED:
                raise in_state(stack, "can not be continued to roll back")
            failed = self._failed_to_update(stack)
            if wrong := sorted(set(details.get("skipped", ())) - failed):
                raise AwsError(
                    "ValidationError",
                    f"Resources [{', '.join(wrong)}] cannot be skipped: their rollback has not failed",
                )
            if force:
                details["skipped"] = tuple(sorted(failed))
            type_ = OperationType.CONTINUE_ROLLBACK
            operation = self._plane.stacks.further(type_, stack, credentials, details)
            status = StackStatus.UPDATE_ROLLBACK_IN_PROGRESS
            self._plane.begin(stack, operation, status, role_arn=operation.role_arn)

    def roll_back(
        self, region: str, name: str, credentials: Credentials, **details: Any
    ) -> tuple[Stack, str]:
        """Take a stack whose failure was let stand back to its last good state.

        Args:
            details: `role_arn`, `client_token`, `express`, `retain_except_on_create`.
        """
        with self._plane.records.changing:
            stack = self._plane.stacks.living(region, name)
            if not stack.status.is_unfinished:
                raise in_state(stack, "can not be rolled back")
            operation = self._plane.stacks.further(
                OperationType.ROLLBACK, stack, credentials, details
            )
            if stack.previous is None:
                status = StackStatus.ROLLBACK_IN_PROGRESS
                begun = self._plane.begin(stack, operation, status)
            else:
                status = StackStatus.UPDATE_ROLLBACK_IN_PROGRESS
                begun = self._plane.begin(stack, operation, status, configuration=stack.previous)
            return begun, operation.id

    def _failed_to_update(self, stack: Stack) -> set[str]:
        resources = self._plane.records.resources(stack.stack_id)
        failed = ResourceStatus.UPDATE_FAILED
        return {key for key, resource in resources.items() if resource.status is failed}
