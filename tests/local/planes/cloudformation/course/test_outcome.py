"""What stacks tell and share when they are done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stacks_at_work import StacksAtWork, named, parameter


def test_a_stack_answers_outputs_and_exports(stacks: StacksAtWork) -> None:
    stacks.create(
        {"It": named(f"{stacks.name}-it")},
        Outputs={
            "Name": {"Value": {"Ref": "It"}, "Export": {"Name": stacks.name}},
            "Value": {"Value": {"Fn::GetAtt": ["It", "Value"]}, "Description": "what it holds"},
        },
    )
    assert stacks.stack["Outputs"] == [
        {
            "OutputKey": "Name",
            "OutputValue": f"{stacks.name}-it",
            "ExportName": stacks.name,
        },
        {"OutputKey": "Value", "OutputValue": "one", "Description": "what it holds"},
    ]
    exports = stacks.api.list_exports()["Exports"]
    assert {
        "ExportingStackId": stacks.stack["StackId"],
        "Name": stacks.name,
        "Value": f"{stacks.name}-it",
    } in exports


def test_a_delete_of_an_export_in_use_is_given_up(
    stacks: StacksAtWork, another_stack: StacksAtWork
) -> None:
    stacks.create(
        {"It": parameter()},
        Outputs={"It": {"Value": {"Ref": "It"}, "Export": {"Name": stacks.name}}},
    )
    another_stack.create({"User": parameter({"Fn::ImportValue": stacks.name})})
    assert stacks.api.list_imports(ExportName=stacks.name)["Imports"] == [another_stack.name]
    assert stacks.delete() == "CREATE_COMPLETE"
    assert stacks.stack["StackStatusReason"] == (
        f"Export {stacks.name} cannot be deleted as it is in use by {another_stack.name}"
    )
    another_stack.delete()
    assert stacks.delete() == "DELETE_COMPLETE"


def test_an_import_that_nobody_exports_fails_the_stack(stacks: StacksAtWork) -> None:
    status = stacks.create({"It": parameter({"Fn::ImportValue": "nobody-exports-this"})})
    assert status == "ROLLBACK_COMPLETE"
    assert (
        "*",
        "ROLLBACK_IN_PROGRESS",
        "No export named nobody-exports-this found. Rollback requested by user.",
    ) in stacks.events()


def test_an_export_in_use_cannot_change(stacks: StacksAtWork, another_stack: StacksAtWork) -> None:
    def exporting(value: str) -> Mapping[str, Any]:
        return {"It": {"Value": value, "Export": {"Name": stacks.name}}}

    stacks.create({"It": parameter()}, Outputs=exporting("one"))
    another_stack.create({"User": parameter({"Fn::ImportValue": stacks.name})})
    status = stacks.update({"It": parameter("two")}, Outputs=exporting("two"))
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert (
        "*",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        f"Export {stacks.name} cannot be updated as it is in use by {another_stack.name}",
    ) in stacks.events()


def test_outputs_are_text(stacks: StacksAtWork) -> None:
    stacks.create({"It": parameter()}, Outputs={"On": {"Value": True}, "Port": {"Value": 80}})
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks.stack["Outputs"]}
    assert outputs == {"On": "true", "Port": "80"}


def test_an_output_that_is_a_list_fails_the_stack(stacks: StacksAtWork) -> None:
    zones = {"Fn::GetAZs": ""}
    assert stacks.create({"It": parameter()}, Outputs={"Zones": {"Value": zones}}) == (
        "ROLLBACK_COMPLETE"
    )
    assert (
        "*",
        "ROLLBACK_IN_PROGRESS",
        "Template format error: Output Zones is malformed. The Value field of every Outputs member "
        "must evaluate to a String and not a List. Rollback requested by user.",
    ) in stacks.events()
