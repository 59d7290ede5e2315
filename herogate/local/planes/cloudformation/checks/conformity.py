"""Whether values fit a resource schema, in the words of CloudFormation's own validator.

CloudFormation checks properties with everit's JSON schema validator and hides the values in its
messages; so does this. Of what cfn-lint adds to AWS's schemas, the rules between properties
(``requiredXor`` and its like) are held too, worded as AWS words a missing or unknown key; its
``format`` is not, since a value's meaning is the service's to judge.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import regex

from herogate.local.planes.cloudformation.checks.schemas import resolved
from herogate.local.planes.cloudformation.templates import dynamic_references

Schema = Mapping[str, Any]

_JSON_NAMES: Final[Mapping[type, str]] = {
    bool: "Boolean",
    dict: "JSONObject",
    float: "BigDecimal",
    int: "Integer",
    list: "JSONArray",
    str: "String",
}
_EXPECTED_NAMES: Final = {
    "array": "JSONArray",
    "boolean": "Boolean",
    "integer": "Integer",
    "null": "Null",
    "number": "Number",
    "object": "JSONObject",
    "string": "String",
}


def violations(value: Any, declared: Schema, document: Schema, path: str = "#") -> Iterator[str]:
    """What is wrong with a value, a line each (``#/Tags/0: required key [Key] not found``).

    Args:
        declared: the part of the schema the value has to fit.
        document: the whole schema, for ``$ref``.
        path: where the value stands.
    """
    declared = resolved(declared, document)
    names = types(declared)
    if isinstance(value, str) and dynamic_references.holds_secret(value):
        return  # what stands in its place is the service's to judge
    if names and not any(_is(name, value) for name in names):
        yield f"{path}: {_type_mismatch(names, value)}"
        return
    if isinstance(value, dict):
        yield from _object(value, declared, document, path)
    elif isinstance(value, list):
        yield from _array(value, declared, document, path)
    yield from _scalar(value, declared, path)
    yield from _combined(value, declared, document, path)


def types(declared: Schema) -> list[str]:
    """The JSON types a part of a schema takes; none stands for any."""
    given = declared.get("type", [])
    return [given] if isinstance(given, str) else list(given)


def _is(name: str, value: Any) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
    return value is None


def _type_mismatch(names: list[str], value: Any) -> str:
    if len(names) > 1:
        return f"no subschema matched out of the total {len(names)} subschemas"
    found = _JSON_NAMES.get(type(value), "Null")
    return f"expected type: {_EXPECTED_NAMES[names[0]]}, found: {found}"


def _object(
    value: Mapping[str, Any], declared: Schema, document: Schema, path: str
) -> Iterator[str]:
    for key in declared.get("required", ()):
        if key not in value:
            yield f"{path}: required key [{key}] not found"
    yield from _size(value, declared, path)
    yield from _between(value, declared, path)
    properties, patterns = declared.get("properties", {}), declared.get("patternProperties", {})
    for key, member in value.items():
        fitting = [part for pattern, part in patterns.items() if _matches(pattern, key)]
        if key in properties:
            fitting.append(properties[key])
        if not fitting and declared.get("additionalProperties") is False:
            yield f"{path}: extraneous key [{key}] is not permitted"
        elif not fitting and isinstance(declared.get("additionalProperties"), dict):
            fitting.append(declared["additionalProperties"])
        for part in fitting:
            yield from violations(member, part, document, f"{path}/{key}")


def _size(value: Mapping[str, Any], declared: Schema, path: str) -> Iterator[str]:
    least, most = declared.get("minProperties", 0), declared.get("maxProperties")
    if len(value) < least:
        yield f"{path}: minimum size: [{least}], found: [{len(value)}]"
    if most is not None and len(value) > most:
        yield f"{path}: maximum size: [{most}], found: [{len(value)}]"


def _between(value: Mapping[str, Any], declared: Schema, path: str) -> Iterator[str]:
    """What one property's presence asks of others."""
    for keyword in ("dependencies", "dependentRequired"):
        for key, others in declared.get(keyword, {}).items():
            if key in value and isinstance(others, list):
                yield from (f"{path}: property [{o}] is required" for o in others if o not in value)
    for key, others in declared.get("dependentExcluded", {}).items():
        excluded = [other for other in others if key in value and other in value and key < other]
        yield from (f"{path}: extraneous key [{other}] is not permitted" for other in excluded)
    for keyword in ("requiredOr", "requiredXor"):
        choices = declared.get(keyword, [])
        given = [key for key in choices if key in value]
        if choices and not given:
            yield f"{path}: required key [{choices[0]}] not found"
        if keyword == "requiredXor":
            yield from (f"{path}: extraneous key [{key}] is not permitted" for key in given[1:])


def _array(value: list[Any], declared: Schema, document: Schema, path: str) -> Iterator[str]:
    least, most = declared.get("minItems", 0), declared.get("maxItems")
    if len(value) < least:
        yield f"{path}: expected minimum item count: {least}, found: {len(value)}"
    if most is not None and len(value) > most:
        yield f"{path}: expected maximum item count: {most}, found: {len(value)}"
    if declared.get("uniqueItems"):
        written = [json.dumps(item, sort_keys=True) for item in value]
        if len(set(written)) < len(written):
            yield f"{path}: array items are not unique"
    for index, item in enumerate(value):
        yield from violations(item, declared.get("items", {}), document, f"{path}/{index}")


def _scalar(value: Any, declared: Schema, path: str) -> Iterator[str]:
    if isinstance(value, str):
        least, most = declared.get("minLength", 0), declared.get("maxLength")
        if len(value) < least:
            yield f"{path}: expected minLength: {least}, actual: {len(value)}"
        if most is not None and len(value) > most:
            yield f"{path}: expected maxLength: {most}, actual: {len(value)}"
    for keyword, broken in _HIDDEN.items():
        if keyword in declared and broken(value, declared[keyword]):
            yield f"{path}: failed validation constraint for keyword [{keyword}]"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_HIDDEN: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "pattern": lambda value, limit: isinstance(value, str) and not _matches(limit, value),
    "enum": lambda value, limit: value not in limit,
    "const": lambda value, limit: value != limit,
    "enumCaseInsensitive": lambda value, limit: str(value).lower() not in map(str.lower, limit),
    "minimum": lambda value, limit: _is_number(value) and value < limit,
    "maximum": lambda value, limit: _is_number(value) and value > limit,
    "exclusiveMinimum": lambda value, limit: _is_number(value) and value <= limit,
    "exclusiveMaximum": lambda value, limit: _is_number(value) and value >= limit,
    "multipleOf": lambda value, limit: _is_number(value) and value % limit != 0,
}
"""The keywords whose messages would show the value, so that AWS names the keyword only."""


def _combined(value: Any, declared: Schema, document: Schema, path: str) -> Iterator[str]:
    def fits(part: Schema) -> bool:
        return next(violations(value, part, document, path), None) is None

    for part in declared.get("allOf", ()):
        yield from violations(value, part, document, path)
    if "anyOf" in declared and not any(map(fits, declared["anyOf"])):
        total = len(declared["anyOf"])
        yield f"{path}: no subschema matched out of the total {total} subschemas"
    if "oneOf" in declared and (matched := sum(map(fits, declared["oneOf"]))) != 1:
        yield f"{path}: {matched} subschemas matched instead of one"
    if "if" in declared:
        branch = declared.get("then" if fits(declared["if"]) else "else", {})
        yield from violations(value, branch, document, path)
    if "not" in declared and fits(declared["not"]):
        yield f"{path}: failed validation constraint for keyword [not]"


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


@cache
def _compiled(pattern: str) -> Any:
    """AWS's patterns are Java's; the few that mean nothing here are not held."""
    try:
        return regex.compile(pattern)
    except regex.error:
        return None
