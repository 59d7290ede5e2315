"""What a stack has come to when its resources are done: outputs, exports, imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.course.failures import StackFailure
from herogate.local.planes.cloudformation.course.work import Work
from herogate.local.planes.cloudformation.records.stack import Output, Stack
from herogate.local.planes.cloudformation.templates import intrinsics
from herogate.local.planes.cloudformation.templates.template import text


def outputs(work: Work) -> tuple[Output, ...]:
    """The outputs of a stack whose resources are all there.

    Raises:
        StackFailure: one of them cannot be resolved.
    """
    scope = work.scope
    result = []
    for declared in work.template.outputs.values():
        if declared.condition is not None and not scope.conditions[declared.condition]:
            continue
        try:
            value = intrinsics.resolve(declared.value, scope)
            export_name = intrinsics.resolve(declared.export_name, scope)
        except AwsError as error:
            raise StackFailure(error.message) from error
        result.append(
            Output(
                name=declared.name,
                value=_text(declared.name, value),
                description=declared.description,
                export_name=None if export_name is None else str(export_name),
            )
        )
    return tuple(result)


def _text(name: str, value: Any) -> str:
    if value is None or isinstance(value, list | Mapping):
        raise StackFailure(
            f"Template format error: Output {name} is malformed. The Value field of every Outputs "
            "member must evaluate to a String and not a List"
        )
    return text(value)


def imports(work: Work) -> tuple[str, ...]:
    """The exports of other stacks that a stack uses, outputs included once they were resolved."""
    for logical_id in work.graph:
        intrinsics.resolve(work.template.resources[logical_id].properties, work.scope)
    return tuple(sorted(work.imports))


def check_exports(stack: Stack, new: Sequence[Output], others: Iterable[Stack]) -> None:
    """Refuse exports whose names others have, and changes to those that others use.

    Raises:
        StackFailure: in CloudFormation's words.
    """
    living = [other for other in others if other.stack_id != stack.stack_id]
    taken = {name: other.name for other in living for name in other.exports}
    exported = {o.export_name: o.value for o in new if o.export_name is not None}
    for name in exported:
        if name in taken:
            raise StackFailure(
                f"Export with name {name} is already exported by stack {taken[name]}"
            )
    for name, value in stack.exports.items():
        if exported.get(name) == value:
            continue
        if users := importers(name, living):
            verb = "updated" if name in exported else "deleted"
            raise StackFailure(in_use(name, users, verb))


def exports_in_use(stack: Stack, others: Iterable[Stack]) -> str | None:
    """Why a stack cannot be deleted, if others use what it exports."""
    living = [other for other in others if other.stack_id != stack.stack_id]
    for name in stack.exports:
        if users := importers(name, living):
            return in_use(name, users)
    return None


def importers(export_name: str, stacks: Iterable[Stack]) -> list[str]:
    """The names of the stacks that use an export."""
    return sorted(stack.name for stack in stacks if export_name in stack.imports)


def in_use(export_name: str, users: Sequence[str], verb: str = "deleted") -> str:
    """CloudFormation's words for an export that others use."""
    return f"Export {export_name} cannot be {verb} as it is in use by {' and '.join(users)}"
