"""The words in which a value is told not to fit its schema."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.planes.cloudformation.checks import conformity

_ANY_OF = {"anyOf": [{"required": ["A"]}, {"required": ["B"]}]}
_ONE_OF = {"oneOf": [{"required": ["A"]}, {"required": ["B"]}]}
_IF = {"if": {"required": ["A"]}, "then": {"required": ["B"]}, "else": {"required": ["C"]}}


def _hidden(keyword: str) -> list[str]:
    return [f"#: failed validation constraint for keyword [{keyword}]"]


@pytest.mark.parametrize(
    ("declared", "value", "lines"),
    [
        ({}, {"anything": [1]}, []),
        ({"type": "integer"}, 1, []),
        ({"type": "integer"}, 1.5, ["#: expected type: Integer, found: BigDecimal"]),
        ({"type": "integer"}, True, ["#: expected type: Integer, found: Boolean"]),
        ({"type": "number"}, "1", ["#: expected type: Number, found: String"]),
        ({"type": "boolean"}, 1, ["#: expected type: Boolean, found: Integer"]),
        ({"type": "array"}, "a", ["#: expected type: JSONArray, found: String"]),
        ({"type": "object"}, [], ["#: expected type: JSONObject, found: JSONArray"]),
        ({"type": ["object", "string"]}, "a", []),
        (
            {"type": ["object", "string"]},
            1,
            ["#: no subschema matched out of the total 2 subschemas"],
        ),
        ({"required": ["A", "B"]}, {"A": 1}, ["#: required key [B] not found"]),
        ({"additionalProperties": False}, {"A": 1}, ["#: extraneous key [A] is not permitted"]),
        (
            {"additionalProperties": {"type": "string"}},
            {"A": 1},
            ["#/A: expected type: String, found: Integer"],
        ),
        (
            {"patternProperties": {"^a": {"type": "string"}}, "additionalProperties": False},
            {"ab": 1, "b": 1},
            [
                "#/ab: expected type: String, found: Integer",
                "#: extraneous key [b] is not permitted",
            ],
        ),
        ({"minProperties": 1}, {}, ["#: minimum size: [1], found: [0]"]),
        ({"maxProperties": 1}, {"A": 1, "B": 1}, ["#: maximum size: [1], found: [2]"]),
        ({"minItems": 1}, [], ["#: expected minimum item count: 1, found: 0"]),
        ({"maxItems": 1}, [1, 2], ["#: expected maximum item count: 1, found: 2"]),
        (
            {"uniqueItems": True},
            [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
            ["#: array items are not unique"],
        ),
        ({"items": {"type": "string"}}, ["a", 1], ["#/1: expected type: String, found: Integer"]),
        ({"minLength": 2}, "a", ["#: expected minLength: 2, actual: 1"]),
        ({"maxLength": 1}, "ab", ["#: expected maxLength: 1, actual: 2"]),
        ({"pattern": "^a$"}, "b", _hidden("pattern")),
        ({"pattern": r"^\p{L}+$"}, "é", []),
        ({"pattern": "("}, "a", []),
        ({"enum": ["a"]}, "b", _hidden("enum")),
        ({"enumCaseInsensitive": ["Monday"]}, "MONDAY", []),
        ({"enumCaseInsensitive": ["Monday"]}, "a", _hidden("enumCaseInsensitive")),
        ({"const": "a"}, "b", _hidden("const")),
        ({"minimum": 2}, 1, _hidden("minimum")),
        ({"maximum": 2}, 3, _hidden("maximum")),
        ({"exclusiveMinimum": 2}, 2, _hidden("exclusiveMinimum")),
        ({"exclusiveMaximum": 2}, 2, _hidden("exclusiveMaximum")),
        ({"multipleOf": 2}, 3, _hidden("multipleOf")),
        ({"not": {"required": ["A"]}}, {"A": 1}, _hidden("not")),
        (_ANY_OF, {"A": 1, "B": 1}, []),
        (_ANY_OF, {}, ["#: no subschema matched out of the total 2 subschemas"]),
        (_ONE_OF, {"A": 1}, []),
        (_ONE_OF, {}, ["#: 0 subschemas matched instead of one"]),
        (_ONE_OF, {"A": 1, "B": 1}, ["#: 2 subschemas matched instead of one"]),
        ({"allOf": [{"required": ["A"]}]}, {}, ["#: required key [A] not found"]),
        (_IF, {"A": 1}, ["#: required key [B] not found"]),
        (_IF, {}, ["#: required key [C] not found"]),
        ({"dependencies": {"A": ["B"]}}, {"A": 1}, ["#: property [B] is required"]),
        ({"dependentRequired": {"A": ["B"]}}, {"A": 1}, ["#: property [B] is required"]),
        (
            {"dependentExcluded": {"A": ["B"], "B": ["A"]}},
            {"A": 1, "B": 1},
            ["#: extraneous key [B] is not permitted"],
        ),
        ({"requiredOr": ["A", "B"]}, {"B": 1}, []),
        ({"requiredOr": ["A", "B"]}, {}, ["#: required key [A] not found"]),
        ({"requiredXor": ["A", "B"]}, {}, ["#: required key [A] not found"]),
        (
            {"requiredXor": ["A", "B"]},
            {"A": 1, "B": 1},
            ["#: extraneous key [B] is not permitted"],
        ),
    ],
)
def test_a_value_fits_or_is_told_why_not(
    declared: dict[str, Any], value: Any, lines: list[str]
) -> None:
    assert list(conformity.violations(value, declared, declared)) == lines


def test_references_within_the_schema_are_followed() -> None:
    document = {
        "definitions": {
            "Tree": {
                "properties": {"Leaf": {"type": "string"}, "Tree": {"$ref": "#/definitions/Tree"}}
            }
        },
        "properties": {"Tree": {"$ref": "#/definitions/Tree"}},
    }
    value = {"Tree": {"Tree": {"Leaf": 1}}}
    assert list(conformity.violations(value, document, document)) == [
        "#/Tree/Tree/Leaf: expected type: String, found: Integer"
    ]
