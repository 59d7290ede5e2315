"""Resolved values in the types of a resource schema.

A template's values are mostly text; CloudFormation takes "80" for 80 and "true" for true, and the
other way round, before it checks anything. What cannot be turned stays as it is, for the check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.planes.cloudformation.checks.conformity import Schema, types
from herogate.local.planes.cloudformation.checks.schemas import resolved
from herogate.local.planes.cloudformation.templates import notation
from herogate.local.planes.cloudformation.templates.template import text


def coerced(value: Any, declared: Schema, document: Schema) -> Any:
    """A value in the type that a part of a schema declares.

    Args:
        declared: the part of the schema for this value.
        document: the whole schema, for ``$ref``.
    """
    declared = resolved(declared, document)
    if isinstance(value, Mapping):
        return {
            key: coerced(member, _member(key, declared, document), document)
            for key, member in value.items()
        }
    if isinstance(value, list):
        items = _parts(declared, document, lambda part: part.get("items"))
        return [coerced(item, items, document) for item in value]
    typed = declared if types(declared) else _parts(declared, document, _typed)
    return _scalar(value, types(typed))


def _member(key: str, declared: Schema, document: Schema) -> Schema:
    def part(of: Schema) -> Any:
        patterns = list(of.get("patternProperties", {}).values())
        extra = of.get("additionalProperties")
        fallback = patterns[0] if patterns else extra if isinstance(extra, dict) else None
        return of.get("properties", {}).get(key, fallback)

    return _parts(declared, document, part)


def _parts(declared: Schema, document: Schema, part: Any) -> Schema:
    """A part of a schema or, failing that, of the alternatives within it."""
    found = part(declared)
    if found is None:
        found = next(
            (
                inner
                for keyword in ("allOf", "anyOf", "oneOf")
                for alternative in declared.get(keyword, ())
                if (inner := part(resolved(alternative, document))) is not None
            ),
            {},
        )
    return found if isinstance(found, Mapping) else {}


def _typed(declared: Schema) -> Schema | None:
    return declared if types(declared) else None


def _scalar(value: Any, names: list[str]) -> Any:
    if isinstance(value, str):
        return value if "string" in names else _from_text(value, names)
    if isinstance(value, bool):
        return text(value) if "string" in names and "boolean" not in names else value
    if isinstance(value, int | float):
        if "integer" in names and float(value).is_integer():
            return int(value)
        return text(value) if "string" in names and "number" not in names else value
    return value


def _from_text(value: str, names: list[str]) -> Any:
    if "boolean" in names and value.lower() in ("true", "false"):
        return value.lower() == "true"
    number = notation.number(value)
    if "number" in names or ("integer" in names and isinstance(number, int)):
        return value if number is None else number
    return value
