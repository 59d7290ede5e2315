"""In which order a stack's resources come and go."""

from __future__ import annotations

import graphlib
from collections.abc import Collection, Iterable, Mapping

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.templates.notation import format_error
from herogate.local.planes.cloudformation.templates.references import references
from herogate.local.planes.cloudformation.templates.template import Template

Graph = Mapping[str, frozenset[str]]
"""Each resource's logical id with the ids of those that must exist before it."""


def active(template: Template, conditions: Mapping[str, bool]) -> frozenset[str]:
    """The logical ids of the resources whose condition holds, or that have none."""
    return frozenset(
        logical_id
        for logical_id, resource in template.resources.items()
        if resource.condition is None or conditions[resource.condition]
    )


def declared(template: Template) -> dict[str, frozenset[str]]:
    """What each resource of a template waits for, whatever its conditions come to."""
    return {
        logical_id: frozenset(
            name
            for name in [*resource.depends_on, *_mentioned(resource.properties, None)]
            if name in template.resources
        )
        for logical_id, resource in template.resources.items()
    }


def graph(template: Template, conditions: Mapping[str, bool]) -> dict[str, frozenset[str]]:
    """What each active resource waits for: DependsOn and references to other active resources.

    References in the branch of an ``Fn::If`` that is not taken do not count, nor does DependsOn on
    a resource whose condition does not hold. In the template's order.

    Raises:
        AwsError: ``ValidationError`` when an active resource or output refers to a resource whose
            condition does not hold.
    """
    present = active(template, conditions)
    dependencies: dict[str, frozenset[str]] = {}
    missing: list[str] = []
    for logical_id in (name for name in template.resources if name in present):
        resource = template.resources[logical_id]
        mentioned = set(_mentioned(resource.properties, conditions)) & set(template.resources)
        missing += sorted(mentioned - present)
        dependencies[logical_id] = (frozenset(resource.depends_on) | mentioned) & present
    if missing:
        raise format_error(_unresolved(missing, "Resources"))
    _check_outputs(template, conditions, present)
    return dependencies


def _check_outputs(
    template: Template, conditions: Mapping[str, bool], present: frozenset[str]
) -> None:
    missing = [
        name
        for output in template.outputs.values()
        if output.condition is None or conditions[output.condition]
        for name in _mentioned([output.value, output.export_name], conditions)
        if name in template.resources and name not in present
    ]
    if missing:  # here CloudFormation's words begin without "Template format error"
        raise AwsError("ValidationError", _unresolved(missing, "Outputs"))


def _mentioned(value: object, conditions: Mapping[str, bool] | None) -> list[str]:
    return [reference.name for reference in references(value, conditions)]


def _unresolved(names: Iterable[str], section: str) -> str:
    unique = ", ".join(dict.fromkeys(names))
    return f"Unresolved resource dependencies [{unique}] in the {section} block of the template"


def creation_order(dependencies: Graph) -> list[str]:
    """One order that respects every dependency; always the same for the same graph.

    Raises:
        AwsError: ``ValidationError`` naming the resources of a circular dependency.
    """
    return [logical_id for wave in waves(dependencies) for logical_id in wave]


def waves(dependencies: Graph) -> list[list[str]]:
    """The same in waves: all members of one can be made at once when those before exist.

    Each wave is in the graph's own order.

    Raises:
        AwsError: ``ValidationError`` naming the resources of a circular dependency.
    """
    position = {logical_id: index for index, logical_id in enumerate(dependencies)}
    sorter = graphlib.TopologicalSorter(dependencies)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        circle = ", ".join(_circular(dependencies))
        raise AwsError(
            "ValidationError", f"Circular dependency between resources: [{circle}]"
        ) from error
    found: list[list[str]] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        sorter.done(*ready)
        found.append(ready)
    return found


def _circular(dependencies: Graph) -> list[str]:
    """The resources of the circles, and those between two circles."""
    left = {logical_id: set(needed) for logical_id, needed in dependencies.items()}
    while True:
        needed_by_others = set().union(*left.values())
        loose = {name for name, needed in left.items() if not needed & left.keys()}
        loose |= left.keys() - needed_by_others
        if not loose:
            return list(left)
        left = {name: needed - loose for name, needed in left.items() if name not in loose}


def deletion_order(dependencies: Mapping[str, Collection[str]]) -> list[str]:
    """The reverse of the creation order, by dependencies recorded when the resources were made.

    Ids that are depended upon but are no keys themselves (gone already) are ignored.
    """
    present = {
        logical_id: frozenset(needed) & dependencies.keys()
        for logical_id, needed in dependencies.items()
    }
    return creation_order(present)[::-1]
