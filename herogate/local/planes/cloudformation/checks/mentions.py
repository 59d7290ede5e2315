"""Whether everything exists that a template mentions: functions, conditions, resources, attributes.

Nothing is resolved here; what only some conditions make wrong shows when a stack is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from herogate.local.planes.cloudformation.checks.schemas import schema
from herogate.local.planes.cloudformation.templates import conditions, intrinsics
from herogate.local.planes.cloudformation.templates.notation import format_error, template_error
from herogate.local.planes.cloudformation.templates.references import Reference, calls, references
from herogate.local.planes.cloudformation.templates.scope import UNKNOWN, Scope
from herogate.local.planes.cloudformation.templates.template import ResourceDeclaration, Template

_PSEUDO_PARAMETERS: Final = frozenset(
    {
        "AWS::AccountId",
        "AWS::NoValue",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)


def check(template: Template) -> None:
    """Refuse a template that mentions a function, condition or resource that is not there.

    Raises:
        AwsError: ``ValidationError`` as CloudFormation words it.
    """
    _check_functions(template)
    _check_conditions(template)
    _check_references(template)


def check_attributes(template: Template, region: str) -> None:
    """Refuse a template that mentions an attribute its resource's type does not have."""
    for value in _values(template):
        for reference in references(value):
            if reference.attribute and reference.name in template.resources:
                _check_attribute(reference, template.resources[reference.name], region)


def _values(template: Template) -> Iterator[Any]:
    """Everything in a template in which functions may stand, but its conditions."""
    for resource in template.resources.values():
        yield resource.properties
    for output in template.outputs.values():
        yield [output.value, output.export_name]


def _check_functions(template: Template) -> None:
    """Evaluate every function call once with nothing known but what the template itself says."""
    scope = _unknown(template)
    for value in _values(template):
        for name, argument in calls(value):
            intrinsics.resolve({name: argument}, scope)
    for name, argument in calls(list(template.conditions.values())):
        if name not in conditions.FUNCTIONS:
            intrinsics.resolve({name: argument}, scope)


def _unknown(template: Template) -> Scope:
    def unknown(*_: str | None) -> Any:
        return UNKNOWN

    return Scope(
        pseudo=dict.fromkeys(_PSEUDO_PARAMETERS, UNKNOWN),
        parameters=dict.fromkeys(template.parameters, UNKNOWN),
        conditions=dict.fromkeys(template.conditions, True),
        mappings={name: defaultdict(lambda: defaultdict(unknown)) for name in template.mappings},
        reference=unknown,
        attribute=unknown,
        import_value=unknown,
        availability_zones=unknown,
        ssm=unknown,
    )


def _check_conditions(template: Template) -> None:
    conditions.order(template.conditions)
    for expression in template.conditions.values():
        conditions.holds(expression, dict.fromkeys(template.conditions, True), str)
    for reference in references(list(template.conditions.values())):
        if reference.name not in {*template.parameters, *_PSEUDO_PARAMETERS}:
            raise format_error(
                f"Unresolved dependencies [{reference.name}]. Cannot reference resources "
                "in the Conditions block of the template"
            )
    for section in ("Resources", "Outputs"):
        members = template.resources if section == "Resources" else template.outputs
        for member in members.values():
            if member.condition is not None and member.condition not in template.conditions:
                raise format_error(
                    f"Unresolved condition dependency {member.condition} "
                    f"in the {section} block of the template"
                )


def _check_references(template: Template) -> None:
    known = {*template.parameters, *_PSEUDO_PARAMETERS, *template.resources}
    properties = [resource.properties for resource in template.resources.values()]
    mentioned = list(_plain_mentions(properties, template))
    mentioned += [name for resource in template.resources.values() for name in resource.depends_on]
    _refuse_unresolved([name for name in mentioned if name not in known], "Resources")
    outputs = [[output.value, output.export_name] for output in template.outputs.values()]
    mentioned = list(_plain_mentions(outputs, template))
    _refuse_unresolved([name for name in mentioned if name not in known], "Outputs")


def _plain_mentions(value: Any, template: Template) -> Iterator[str]:
    """The names that Ref and Fn::Sub mention; an attribute of no resource is refused at once."""
    for reference in references(value):
        if reference.attribute is None:
            yield reference.name
        elif reference.name not in template.resources:
            if reference.function == "Fn::Sub":
                raise template_error(
                    "instance of Fn::Sub references invalid resource attribute "
                    f"{reference.name}.{reference.attribute}"
                )
            raise template_error(
                f"instance of Fn::GetAtt references undefined resource {reference.name}"
            )


def _refuse_unresolved(names: Iterable[str], section: str) -> None:
    if unresolved := list(dict.fromkeys(names)):
        raise format_error(
            f"Unresolved resource dependencies [{', '.join(unresolved)}] "
            f"in the {section} block of the template"
        )


def _check_attribute(reference: Reference, resource: ResourceDeclaration, region: str) -> None:
    known = schema(resource.type_name, region)
    if known and reference.attribute and not known.has_attribute(reference.attribute):
        raise template_error(
            f"resource {reference.name} does not support attribute type {reference.attribute} "
            "in Fn::GetAtt"
        )
