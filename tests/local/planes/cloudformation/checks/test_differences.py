"""What an update changes, whether it replaces, and how a change set shows it."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.planes.cloudformation.checks import differences, schemas
from herogate.local.planes.cloudformation.checks.differences import Recreation, ResourceState
from herogate.local.planes.cloudformation.templates.intrinsics import UNKNOWN
from herogate.local.planes.cloudformation.templates.template import (
    DeletionPolicy,
    ResourceDeclaration,
)

REGION = "us-east-1"
TOPIC = "AWS::SNS::Topic"
NEVER, CONDITIONALLY, ALWAYS = Recreation


@pytest.mark.parametrize(
    ("type_name", "old", "new", "changed"),
    [
        (TOPIC, {"TopicName": "a"}, {"TopicName": "a"}, {}),
        (TOPIC, {"TopicName": "a"}, {"TopicName": "b"}, {"TopicName": ALWAYS}),
        (TOPIC, {}, {"DisplayName": "b"}, {"DisplayName": NEVER}),
        (TOPIC, {"DisplayName": "b"}, {}, {"DisplayName": NEVER}),
        (TOPIC, {"TopicName": "a"}, {"TopicName": UNKNOWN}, {"TopicName": ALWAYS}),
        (
            TOPIC,
            {"DisplayName": "a", "TopicName": "a"},
            {"DisplayName": "b", "TopicName": "b"},
            {"DisplayName": NEVER, "TopicName": ALWAYS},
        ),
        (
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            {"Port": 80, "HealthCheckEnabled": True},
            {"Port": "80", "HealthCheckEnabled": "true"},
            {},
        ),
        (
            "AWS::EC2::VPC",
            {"InstanceTenancy": "default"},
            {"InstanceTenancy": "dedicated"},
            {"InstanceTenancy": CONDITIONALLY},
        ),
        (
            TOPIC,
            {"Tags": [{"Key": "a", "Value": "1"}]},
            {"Tags": [{"Key": "a", "Value": "2"}]},
            {"Tags": NEVER},
        ),
        (TOPIC, {"Tags": ["a"]}, {"Tags": ["a", "b"]}, {"Tags": NEVER}),
        (TOPIC, {"Tags": ["a"]}, {"Tags": "a"}, {"Tags": NEVER}),
    ],
)
def test_the_changed_properties_are_known_with_what_they_entail(
    type_name: str, old: dict[str, Any], new: dict[str, Any], changed: dict[str, Recreation]
) -> None:
    schema = schemas.schema(type_name, REGION)
    assert schema is not None
    assert differences.changes(old, new, schema).properties == changed


_NESTED = schemas.ResourceSchema(
    type_name="A::B::C",
    document={},
    properties=frozenset(),
    required=frozenset(),
    read_only=frozenset(),
    create_only=frozenset({("Settings", "Fixed"), ("Volumes", "*", "Kind")}),
    conditional_create_only=frozenset({("Settings", "Stiff")}),
    primary_identifier=(),
    attributes=frozenset(),
)


@pytest.mark.parametrize(
    ("old", "new", "recreation"),
    [
        ({"Settings": {"Fixed": 1, "Free": 1}}, {"Settings": {"Fixed": 1, "Free": 2}}, NEVER),
        ({"Settings": {"Fixed": 1}}, {"Settings": {"Fixed": 2}}, ALWAYS),
        ({"Settings": {"Fixed": 1, "Stiff": 1}}, {"Settings": {"Fixed": 1}}, CONDITIONALLY),
        ({"Settings": {"Fixed": 1}}, {}, ALWAYS),
        ({}, {"Settings": {"Free": 1}}, NEVER),
        ({"Settings": {"Free": 1}}, {"Settings": UNKNOWN}, ALWAYS),
        ({"Volumes": [{"Kind": 1, "Size": 1}]}, {"Volumes": [{"Kind": 1, "Size": 2}]}, NEVER),
        ({"Volumes": [{"Kind": 1}]}, {"Volumes": [{"Kind": 2}]}, ALWAYS),
        ({"Volumes": [{"Kind": 1}]}, {"Volumes": [{"Kind": 1}, {"Kind": 1}]}, ALWAYS),
    ],
)
def test_what_is_fixed_within_a_property_replaces_only_when_it_changes(
    old: dict[str, Any], new: dict[str, Any], recreation: Recreation
) -> None:
    assert differences.changes(old, new, _NESTED).recreation is recreation


def test_nothing_changed_is_an_empty_change() -> None:
    change = differences.changes({"A": 1}, {"A": "1"}, _NESTED)
    assert (change.is_empty, change.recreation) == (True, NEVER)


def _state(
    logical_id: str,
    properties: dict[str, Any],
    declared: dict[str, Any] | None = None,
    *,
    exists: bool = True,
    **attributes: Any,
) -> ResourceState:
    declaration = ResourceDeclaration(
        logical_id=logical_id,
        type_name=TOPIC,
        properties=properties if declared is None else declared,
        **attributes,
    )
    physical_id = f"arn:{logical_id}" if exists else None
    return ResourceState(declaration=declaration, properties=properties, physical_id=physical_id)


def _changes(*states: tuple[ResourceState | None, ResourceState | None], **given: Any) -> list[Any]:
    old = {before.declaration.logical_id: before for before, _ in states if before}
    new = {after.declaration.logical_id: after for _, after in states if after}
    found = differences.resource_changes(old, new, region=REGION, **given)
    assert {change["Type"] for change in found} <= {"Resource"}
    return [change["ResourceChange"] for change in found]


def _detail(name: str, recreation: str, source: str, evaluation: str, entity: str = "") -> Any:
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
    detail = {"Target": target, "ChangeSource": source, "Evaluation": evaluation}
    return detail | {"CausingEntity": entity} if entity else detail


def _modified(logical_id: str, replacement: str, *details: Any, **more: Any) -> dict[str, Any]:
    return {
        "Action": "Modify",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": f"arn:{logical_id}",
        "ResourceType": TOPIC,
        "Replacement": replacement,
        "Scope": ["Properties"],
        "Details": list(details),
        **more,
    }


def test_what_comes_and_goes_is_shown_by_name_in_order() -> None:
    assert _changes((None, _state("New", {}, exists=False)), (_state("Gone", {}), None)) == [
        {
            "Action": "Remove",
            "LogicalResourceId": "Gone",
            "PhysicalResourceId": "arn:Gone",
            "ResourceType": TOPIC,
            "PolicyAction": "Delete",
            "Scope": [],
            "Details": [],
        },
        {
            "Action": "Add",
            "LogicalResourceId": "New",
            "ResourceType": TOPIC,
            "Scope": [],
            "Details": [],
        },
    ]


@pytest.mark.parametrize(
    ("policy", "action"),
    [
        (None, "Delete"),
        (DeletionPolicy.DELETE, "Delete"),
        (DeletionPolicy.RETAIN, "Retain"),
        (DeletionPolicy.RETAIN_EXCEPT_ON_CREATE, "Retain"),
        (DeletionPolicy.SNAPSHOT, "Snapshot"),
    ],
)
def test_a_removal_tells_what_becomes_of_the_resource(
    policy: DeletionPolicy | None, action: str
) -> None:
    (change,) = _changes((_state("T", {}, deletion_policy=policy), None))
    assert change["PolicyAction"] == action


def test_what_stays_the_same_is_not_shown() -> None:
    same = _state("T", {"TopicName": "a"})
    assert _changes((same, same)) == []


def test_a_change_in_place_is_a_direct_modification() -> None:
    assert _changes((_state("T", {"DisplayName": "a"}), _state("T", {"DisplayName": "b"}))) == [
        _modified("T", "False", _detail("DisplayName", "Never", "DirectModification", "Static"))
    ]


def test_a_replacement_tells_what_becomes_of_the_old_one() -> None:
    old = _state("T", {"TopicName": "a"})
    new = _state("T", {"TopicName": "b"}, update_replace_policy=DeletionPolicy.RETAIN)
    (change,) = _changes((old, new))
    assert change["Replacement"] == "True"
    assert change["PolicyAction"] == "ReplaceAndRetain"
    assert change["Scope"] == ["Properties", "UpdateReplacePolicy"]


def test_a_parameter_that_changes_a_property_is_its_cause() -> None:
    declared = {"TopicName": {"Fn::Sub": "x-${Name}"}}
    old, new = (_state("T", {"TopicName": name}, declared) for name in ("x-a", "x-b"))
    assert _changes((old, new), parameters_changed=["Name"]) == [
        _modified(
            "T",
            "True",
            _detail("TopicName", "Always", "ParameterReference", "Static", "Name"),
            _detail("TopicName", "Always", "DirectModification", "Dynamic"),
            PolicyAction="ReplaceAndDelete",
        )
    ]


def test_a_replaced_resource_is_the_cause_of_changes_in_those_that_refer_to_it() -> None:
    declared = {"DisplayName": {"Ref": "A"}}
    replaced = (_state("A", {"TopicName": "a"}), _state("A", {"TopicName": "b"}))
    follower = (
        _state("B", {"DisplayName": "arn:A"}, declared),
        _state("B", {"DisplayName": UNKNOWN}, declared),
    )
    assert _changes(replaced, follower)[1] == _modified(
        "B", "False", _detail("DisplayName", "Never", "ResourceReference", "Static", "A")
    )


def test_an_attribute_of_a_resource_changed_in_place_is_a_dynamic_cause() -> None:
    declared = {"TopicName": {"Fn::GetAtt": ["A", "DisplayName"]}}
    changed = (_state("A", {"DisplayName": "a"}), _state("A", {"DisplayName": "b"}))
    follower = (
        _state("B", {"TopicName": "a"}, declared),
        _state("B", {"TopicName": UNKNOWN}, declared),
    )
    assert _changes(changed, follower)[1] == _modified(
        "B",
        "Conditional",
        _detail("TopicName", "Always", "ResourceAttribute", "Dynamic", "A.DisplayName"),
    )


def test_metadata_and_policies_are_changes_of_their_own() -> None:
    old = _state("T", {}, metadata={"a": 1})
    new = _state("T", {}, metadata={"a": 2}, deletion_policy=DeletionPolicy.RETAIN)
    (change,) = _changes((old, new))
    assert (change["Scope"], change["Replacement"]) == (["DeletionPolicy", "Metadata"], "False")
    assert [detail["Target"] for detail in change["Details"]] == [
        {"Attribute": "DeletionPolicy", "RequiresRecreation": "Never"},
        {"Attribute": "Metadata", "RequiresRecreation": "Never"},
    ]


def test_the_stacks_tags_change_every_resource_that_takes_tags() -> None:
    same = _state("T", {})
    (change,) = _changes((same, same), tags_changed=True)
    assert (change["Scope"], change["Details"][0]["Target"]) == (
        ["Tags"],
        {"Attribute": "Tags", "RequiresRecreation": "Never"},
    )
