"""In which order a template's resources come and go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.templates import dependencies, template
from herogate.local.planes.cloudformation.templates.template import Template

SAMPLES = Path(__file__).parents[1] / "samples"


def _template(resources: dict[str, Any], **sections: Any) -> Template:
    members = {
        name: {"Type": "AWS::SNS::Topic", **resource} for name, resource in resources.items()
    }
    conditions = {"On": {"Fn::Equals": ["a", "a"]}, "Off": {"Fn::Equals": ["a", "b"]}}
    return template.parse(json.dumps({"Resources": members, "Conditions": conditions, **sections}))


CONDITIONS = {"On": True, "Off": False}


def _properties(value: Any) -> dict[str, Any]:
    return {"Properties": {"P": value}}


def test_a_network_comes_up_in_waves() -> None:
    web = template.parse((SAMPLES / "web.yaml").read_text())
    graph = dependencies.graph(web, {"IsProduction": True})
    assert dependencies.waves(graph) == [
        ["Vpc", "Gateway", "Role", "Bucket", "Table"],
        ["SubnetA", "SubnetB", "Attachment", "BucketPolicy", "Parameter"],
        ["LoadBalancer", "Alarmed"],
        ["Listener"],
    ]


def test_the_order_of_creation_is_the_waves_one_after_the_other() -> None:
    graph = {"C": frozenset({"A"}), "B": frozenset[str](), "A": frozenset({"B"})}
    assert dependencies.creation_order(graph) == ["B", "A", "C"]


def test_the_order_of_deletion_is_the_reverse() -> None:
    assert dependencies.deletion_order({"A": ["Gone"], "B": ["A"], "C": ["A", "B"]}) == [
        "C",
        "B",
        "A",
    ]


@pytest.mark.parametrize(
    "resource",
    [
        {"DependsOn": "A"},
        {"DependsOn": ["A"]},
        _properties({"Ref": "A"}),
        _properties([{"Fn::GetAtt": ["A", "TopicArn"]}]),
        _properties({"Fn::Sub": "x${A}"}),
        _properties({"Fn::Sub": ["${B}", {"B": {"Ref": "A"}}]}),
        _properties({"Fn::If": ["On", {"Ref": "A"}, "b"]}),
    ],
)
def test_whatever_mentions_a_resource_waits_for_it(resource: dict[str, Any]) -> None:
    graph = dependencies.graph(_template({"B": resource, "A": {}}), CONDITIONS)
    assert graph == {"B": {"A"}, "A": set()}


def test_the_branch_that_is_not_taken_is_not_waited_for() -> None:
    value = {"Fn::If": ["Off", {"Ref": "A"}, {"Ref": "Missing"}]}
    declared = _template({"B": _properties(value), "A": {}, "Missing": {}})
    assert dependencies.graph(declared, CONDITIONS)["B"] == {"Missing"}


def test_a_resource_whose_condition_does_not_hold_is_not_there() -> None:
    declared = _template({"A": {"Condition": "Off"}, "B": {"Condition": "On"}, "C": {}})
    assert dependencies.active(declared, CONDITIONS) == {"B", "C"}
    assert list(dependencies.graph(declared, CONDITIONS)) == ["B", "C"]


def test_depends_on_a_resource_that_is_not_there_is_ignored() -> None:
    declared = _template({"A": {"Condition": "Off"}, "B": {"DependsOn": "A"}})
    assert dependencies.graph(declared, CONDITIONS) == {"B": set()}


@pytest.mark.parametrize("value", [{"Ref": "A"}, {"Fn::GetAtt": ["A", "B"]}, {"Fn::Sub": "${A}"}])
def test_a_mention_of_a_resource_that_is_not_there_is_refused(value: Any) -> None:
    declared = _template({"A": {"Condition": "Off"}, "B": _properties(value)})
    with pytest.raises(AwsError) as refusal:
        dependencies.graph(declared, CONDITIONS)
    assert refusal.value.message == (
        "Template format error: Unresolved resource dependencies [A] in the Resources block "
        "of the template"
    )


def test_an_output_of_a_resource_that_is_not_there_is_refused() -> None:
    declared = _template(
        {"A": {"Condition": "Off"}, "B": {}},
        Outputs={"One": {"Value": {"Ref": "A"}}, "Two": {"Value": "a", "Condition": "On"}},
    )
    with pytest.raises(AwsError) as refusal:
        dependencies.graph(declared, CONDITIONS)
    assert refusal.value.message == (
        "Unresolved resource dependencies [A] in the Outputs block of the template"
    )


def test_an_output_whose_condition_does_not_hold_may_mention_what_is_not_there() -> None:
    declared = _template(
        {"A": {"Condition": "Off"}, "B": {}},
        Outputs={"O": {"Value": {"Ref": "A"}, "Condition": "Off"}},
    )
    assert dependencies.graph(declared, CONDITIONS) == {"B": set()}


@pytest.mark.parametrize(
    ("graph", "circle"),
    [
        ({"A": {"A"}}, "A"),
        ({"A": {"B"}, "B": {"A"}}, "A, B"),
        ({"X": set(), "A": {"X", "B"}, "B": {"C"}, "C": {"A"}, "Y": {"C"}}, "A, B, C"),
    ],
)
def test_a_circle_is_refused_with_its_members(graph: dict[str, set[str]], circle: str) -> None:
    frozen = {name: frozenset(needed) for name, needed in graph.items()}
    with pytest.raises(AwsError) as refusal:
        dependencies.creation_order(frozen)
    assert (refusal.value.code, refusal.value.message) == (
        "ValidationError",
        f"Circular dependency between resources: [{circle}]",
    )
