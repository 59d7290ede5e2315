"""What an update would change, told before anything is done: change sets, and "no updates"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from herogate.local.planes.cloudformation.checks import differences, schemas, validation
from herogate.local.planes.cloudformation.checks.differences import Recreation, ResourceState
from herogate.local.planes.cloudformation.course import surroundings
from herogate.local.planes.cloudformation.course.surroundings import Surroundings
from herogate.local.planes.cloudformation.records.stack import Configuration, Stack, StackResource
from herogate.local.planes.cloudformation.templates import dependencies, intrinsics
from herogate.local.planes.cloudformation.templates.intrinsics import UNKNOWN, Scope
from herogate.local.planes.cloudformation.templates.template import Template


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The difference between a stack and a configuration for it.

    Attributes:
        changes: ``Changes`` of DescribeChangeSet.
        outputs_change: whether an output comes, goes or may get another value.
        tags_change: whether the stack's tags differ.
    """

    changes: Sequence[Mapping[str, Any]]
    outputs_change: bool
    tags_change: bool

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.outputs_change or self.tags_change)


def preview(
    stack: Stack,
    resources: Mapping[str, StackResource],
    templates: tuple[Template | None, Template],
    target: Configuration,
    around: Surroundings,
) -> Preview:
    """Compare a stack with what a configuration would make of it.

    Args:
        resources: those the stack has, by logical id.
        templates: the stack's own (None while it has no resources), and the target's.

    Raises:
        AwsError: a value cannot be resolved.
    """
    old_template, new_template = templates
    existing = {key: resource for key, resource in resources.items() if resource.exists}
    old = _old_states(existing, old_template)
    new, scope = _new_states(stack, existing, new_template, target, around)
    return Preview(
        changes=differences.resource_changes(
            old,
            new,
            parameters_changed=_parameters_changed(stack.configuration, target),
            tags_changed=dict(stack.configuration.tags) != dict(target.tags),
            region=stack.region,
        ),
        outputs_change=_outputs(new_template, scope)
        != {o.name: (o.value, o.export_name, o.description) for o in stack.outputs},
        tags_change=dict(stack.configuration.tags) != dict(target.tags),
    )


def _old_states(
    existing: Mapping[str, StackResource], template: Template | None
) -> dict[str, ResourceState]:
    declared = {} if template is None else template.resources
    return {
        key: ResourceState(
            declaration=declared[key],
            properties=resource.properties,
            physical_id=resource.physical_id,
        )
        for key, resource in existing.items()
        if key in declared
    }


def _new_states(
    stack: Stack,
    existing: Mapping[str, StackResource],
    template: Template,
    target: Configuration,
    around: Surroundings,
) -> tuple[dict[str, ResourceState], Scope]:
    """What the active resources would be, with UNKNOWN for what only their making will tell."""
    staying = dict(existing)

    def reference(logical_id: str) -> Any:
        return staying[logical_id].reference if logical_id in staying else UNKNOWN

    def attribute(logical_id: str, name: str) -> Any:
        if logical_id not in staying:
            return UNKNOWN
        return surroundings.attribute(staying)(logical_id, name)

    scope = around.scope(stack, target, template, reference, attribute)
    graph = dependencies.graph(template, scope.conditions)
    states = {}
    for key in dependencies.creation_order(graph):
        declaration = template.resources[key]
        resolved = intrinsics.resolve(declaration.properties, scope) or {}
        properties = validation.coerce(resolved, declaration.type_name, stack.region)
        resource = existing.get(key)
        states[key] = ResourceState(
            declaration=declaration,
            properties=properties,
            physical_id=None if resource is None else resource.physical_id,
        )
        if resource is not None and _is_replaced(resource, properties, stack.region):
            del staying[key]
    return states, scope


def _is_replaced(resource: StackResource, properties: Mapping[str, Any], region: str) -> bool:
    schema = schemas.schema(resource.type_name, region)
    if schema is None:
        return False
    change = differences.changes(resource.properties, properties, schema)
    return not change.is_empty and change.recreation is not Recreation.NEVER


def _parameters_changed(old: Configuration, new: Configuration) -> list[str]:
    return sorted(
        name
        for name, parameter in new.parameters.items()
        if name not in old.parameters or old.parameters[name].value != parameter.value
    )


def _outputs(template: Template, scope: Scope) -> dict[str, tuple[Any, Any, str | None]]:
    result = {}
    for output in template.outputs.values():
        if output.condition is None or scope.conditions[output.condition]:
            value = intrinsics.resolve(output.value, scope)
            shown = value if value is UNKNOWN else str(value)
            name = intrinsics.resolve(output.export_name, scope)
            result[output.name] = (shown, name, output.description)
    return result
