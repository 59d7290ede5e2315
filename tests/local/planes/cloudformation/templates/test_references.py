"""What a value mentions, and which branch of a condition counts."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.planes.cloudformation.templates.references import Reference, calls, references


def _ref(name: str) -> Reference:
    return Reference(function="Ref", name=name)


def _sub(name: str, attribute: str | None = None) -> Reference:
    return Reference(function="Fn::Sub", name=name, attribute=attribute)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("A", []),
        ({"Ref": "A"}, [_ref("A")]),
        ({"Ref": "A", "Other": 1}, []),
        ([{"a": {"Ref": "A"}}, {"Ref": "B"}], [_ref("A"), _ref("B")]),
        (
            {"Fn::GetAtt": ["A", "B.C"]},
            [Reference(function="Fn::GetAtt", name="A", attribute="B.C")],
        ),
        (
            {"Fn::GetAtt": ["A", {"Ref": "B"}]},
            [Reference(function="Fn::GetAtt", name="A", attribute=""), _ref("B")],
        ),
        ({"Fn::Sub": "${A}-${!B}-${C.D.E}"}, [_sub("A"), _sub("C", "D.E")]),
        ({"Fn::Sub": ["${A}-${B}", {"A": {"Ref": "C"}}]}, [_sub("B"), _ref("C")]),
        ({"Fn::Join": ["", ["a", {"Ref": "A"}]]}, [_ref("A")]),
        ({"Fn::If": ["C", {"Ref": "A"}, {"Ref": "B"}]}, [_ref("A"), _ref("B")]),
    ],
)
def test_every_mention_is_found(value: Any, found: list[Reference]) -> None:
    assert list(references(value)) == found


@pytest.mark.parametrize(("holds", "name"), [(True, "A"), (False, "B")])
def test_with_conditions_only_the_branch_that_is_taken_counts(holds: bool, name: str) -> None:
    value = [{"Fn::If": ["C", {"Ref": "A"}, {"Ref": "B"}]}]
    assert list(references(value, {"C": holds})) == [_ref(name)]


def test_every_call_is_found_from_the_outside_in() -> None:
    value = {"a": {"Fn::Join": ["", [{"Ref": "A"}, {"Fn::Nope": 1}]]}, "Condition": {"b": 1}}
    assert [name for name, _ in calls(value)] == ["Fn::Join", "Ref", "Fn::Nope"]
