"""A CloudFormation template as its author declared it: sections, parameters, resources, outputs.

What a template *says* and whether its structure is one that CloudFormation reads. Here stands no
value that depends on a stack: intrinsic functions are kept as written (long form), for
``intrinsics.py`` to resolve. What is not structure (unknown references, cycles, limits) is
``validation.py``'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.cloudformation.templates import notation
from herogate.local.planes.cloudformation.templates.declarations import (
    PARAMETER_TYPES,
    DeletionPolicy,
    OutputDeclaration,
    ParameterDeclaration,
    ResourceDeclaration,
    Template,
)
from herogate.local.planes.cloudformation.templates.notation import format_error

__all__ = [
    "DeletionPolicy",
    "OutputDeclaration",
    "ParameterDeclaration",
    "ResourceDeclaration",
    "Template",
    "parse",
    "text",
]

_SECTIONS: Final = (
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
)
_PARAMETER_KEYS: Final = (
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
)
_RESOURCE_KEYS: Final = (
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
)
_OUTPUT_KEYS: Final = ("Condition", "Description", "Export", "Value")
_NOT_SUPPORTED_TYPES: Final = {
    "AWS::CloudFormation::Stack": "nested stacks (AWS::CloudFormation::Stack)",
    "AWS::CloudFormation::Macro": "macros (AWS::CloudFormation::Macro)",
    "AWS::CloudFormation::CustomResource": "custom resources (AWS::CloudFormation::CustomResource)",
}
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9]+")


def parse(body: str) -> Template:
    """Read a template, JSON or YAML with CloudFormation's short-form tags.

    Raises:
        AwsError: ``ValidationError`` in CloudFormation's words where it would not read the template
            (``Template format error: ...``); ``NotImplemented`` by name for what CloudFormation has
            and the local cloud does not (transforms, Rules, Hooks, CreationPolicy, nested stacks,
            custom resources).
    """
    document = notation.read(body)
    if not isinstance(document, dict):
        raise format_error("unsupported structure.")
    for path in notation.nulls(document):
        raise _invalid(f"[{path}] 'null' values are not allowed in templates")
    _check_sections(document)
    return Template(
        body=body,
        description=_description(document),
        metadata=_members(document, "Metadata"),
        parameters={n: _parameter(n, p) for n, p in _members(document, "Parameters").items()},
        mappings={n: _mapping(m) for n, m in _members(document, "Mappings").items()},
        conditions=_members(document, "Conditions"),
        resources={n: _resource(n, r) for n, r in _members(document, "Resources").items()},
        outputs={n: _output(n, o) for n, o in _members(document, "Outputs").items()},
    )


def text(value: Any) -> str:
    """A scalar as the text CloudFormation makes of it: ``true``, ``80``, ``1.5``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _check_sections(document: Mapping[str, Any]) -> None:
    if "Transform" in document:
        raise not_supported(f"transforms and macros (Transform: {document['Transform']})")
    for section in ("Rules", "Hooks"):
        if section in document:
            raise not_supported(f"the {section} section of templates")
    if unknown := [key for key in document if key not in _SECTIONS]:
        raise _invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    if text(document.get("AWSTemplateFormatVersion", "2010-09-09")) != "2010-09-09":
        raise format_error("unsupported value for AWSTemplateFormatVersion.")


def _description(document: Mapping[str, Any]) -> str | None:
    description = document.get("Description")
    if description is not None and not isinstance(description, str):
        raise format_error("Description must be a string.")
    return description


def _members(document: Mapping[str, Any], section: str) -> dict[str, Any]:
    """A section's members, each an object but in Metadata."""
    members = document.get(section, {})
    if not isinstance(members, dict):
        raise format_error(f"{section} must be an object.")
    for name, member in members.items():
        if section == "Metadata":
            continue
        if not _ALPHANUMERIC.fullmatch(name):
            singular = section.removesuffix("s")
            raise format_error(f"{singular} name {name} is non alphanumeric.")
        if section == "Mappings" and not isinstance(member, dict):
            raise format_error(f"Every Mappings member {name} must be a map")
        if not isinstance(member, dict):
            raise format_error(f"Any {section} member must be an object.")
    return members


def _refuse_unknown(member: Mapping[str, Any], known: Collection[str], kind: str) -> None:
    for key in member:
        if key not in known:
            raise _invalid(f"Invalid template {kind} property '{key}'")


def _string(member: Mapping[str, Any], key: str) -> str | None:
    """A scalar member as text; None when it is not there."""
    value = member.get(key)
    if value is not None and not _is_scalar(value):
        raise format_error(f"Every {key} member must be a string.")
    return None if value is None else text(value)


def _number(member: Mapping[str, Any], key: str) -> float | None:
    value = _string(member, key)
    number = None if value is None else notation.number(value)
    if value is not None and number is None:
        raise format_error(f"Every {key} member must be a number.")
    return number


def _length(member: Mapping[str, Any], key: str) -> int | None:
    number = _number(member, key)
    return None if number is None else int(number)


def _parameter(name: str, member: Mapping[str, Any]) -> ParameterDeclaration:
    _refuse_unknown(member, _PARAMETER_KEYS, "parameter")
    type_name = _string(member, "Type")
    if type_name is None:
        raise format_error("Every Parameters object must contain a Type member.")
    if type_name not in PARAMETER_TYPES:
        raise format_error(f"Unrecognized parameter type: {type_name}")
    allowed = member.get("AllowedValues")
    if allowed is not None and not (isinstance(allowed, list) and all(map(_is_scalar, allowed))):
        raise format_error("Every AllowedValues value must be a string.")
    return ParameterDeclaration(
        name=name,
        type_name=type_name,
        default=_string(member, "Default"),
        description=_string(member, "Description"),
        no_echo=(_string(member, "NoEcho") or "").lower() == "true",
        allowed_values=None if allowed is None else tuple(map(text, allowed)),
        allowed_pattern=_string(member, "AllowedPattern"),
        min_length=_length(member, "MinLength"),
        max_length=_length(member, "MaxLength"),
        min_value=_number(member, "MinValue"),
        max_value=_number(member, "MaxValue"),
        constraint_description=_string(member, "ConstraintDescription"),
    )


def _mapping(member: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    for key, attributes in member.items():
        if not isinstance(attributes, dict):
            raise format_error(f"Every Mappings member {key} must be a map")
        for value in attributes.values():
            items = value if isinstance(value, list) else [value]
            if not all(map(_is_scalar, items)):
                raise format_error("Every Mappings attribute must be a String or a List.")
    return {key: dict(attributes) for key, attributes in member.items()}


def _resource(logical_id: str, member: Mapping[str, Any]) -> ResourceDeclaration:
    _refuse_unknown(member, _RESOURCE_KEYS, "resource")
    where = f"[/Resources/{logical_id}]"
    type_name = member.get("Type")
    if not isinstance(type_name, str):
        raise format_error(f"{where} Every Resources object must contain a Type member.")
    _refuse_not_supported(logical_id, type_name, member)
    for key in ("Properties", "Metadata", "UpdatePolicy"):
        if not isinstance(member.get(key, {}), dict):
            raise format_error(f"[/Resources/{logical_id}/{key}] {key} must be an object.")
    return ResourceDeclaration(
        logical_id=logical_id,
        type_name=type_name,
        properties=member.get("Properties", {}),
        depends_on=_depends_on(member, where),
        condition=_condition(member, "Resources", logical_id),
        deletion_policy=_policy(logical_id, member, "DeletionPolicy"),
        update_replace_policy=_policy(logical_id, member, "UpdateReplacePolicy"),
        update_policy=member.get("UpdatePolicy"),
        metadata=member.get("Metadata"),
    )


def _refuse_not_supported(logical_id: str, type_name: str, member: Mapping[str, Any]) -> None:
    if type_name.startswith("Custom::"):
        raise not_supported(f"custom resources ({type_name}, resource {logical_id})")
    if type_name.endswith("::MODULE"):
        raise not_supported(f"modules ({type_name}, resource {logical_id})")
    if type_name in _NOT_SUPPORTED_TYPES:
        raise not_supported(f"{_NOT_SUPPORTED_TYPES[type_name]}, resource {logical_id}")
    if "CreationPolicy" in member:
        raise not_supported(f"CreationPolicy (resource {logical_id})")


def _depends_on(member: Mapping[str, Any], where: str) -> tuple[str, ...]:
    value = member.get("DependsOn", [])
    ids = [value] if isinstance(value, str) else value
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise format_error(f"{where} DependsOn must be a string or a list of strings.")
    return tuple(dict.fromkeys(ids))


def _condition(member: Mapping[str, Any], section: str, name: str) -> str | None:
    condition = member.get("Condition")
    if condition is not None and not isinstance(condition, str):
        raise format_error(
            f"[/{section}/{name}/Condition] Every Condition member must be a string."
        )
    return condition


def _policy(logical_id: str, member: Mapping[str, Any], key: str) -> DeletionPolicy | None:
    value = member.get(key)
    if value is None:
        return None
    if isinstance(value, dict):
        raise not_supported(f"intrinsic functions in {key} (resource {logical_id})")
    only_on_deletion = key == "UpdateReplacePolicy" and value == "RetainExceptOnCreate"
    if only_on_deletion or value not in list(DeletionPolicy):
        raise format_error(f"Unrecognized {key} {value} for resource {logical_id}")
    return DeletionPolicy(value)


def _output(name: str, member: Mapping[str, Any]) -> OutputDeclaration:
    if "Value" not in member:
        raise format_error("Every Outputs member must contain a Value object")
    _refuse_unknown(member, _OUTPUT_KEYS, "output")
    export = member.get("Export", {})
    if "Export" in member and not (isinstance(export, dict) and list(export) == ["Name"]):
        raise format_error(
            f"Output {name} is malformed. The Name field of every Export member must be specified "
            "and consist only of alphanumeric characters, colons, or hyphens."
        )
    return OutputDeclaration(
        name=name,
        value=member["Value"],
        description=_string(member, "Description"),
        export_name=export.get("Name"),
        condition=_condition(member, "Outputs", name),
    )
