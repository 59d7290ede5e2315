"""Change sets: told before done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

Stacks = Any


def template(**values: str) -> str:
    return json.dumps(
        {
            "Resources": {
                key: {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": v}}
                for key, v in values.items()
            }
        }
    )


def propose(stacks: Stacks, body: str, name: str = "it", **options: Any) -> dict[str, Any]:
    made = stacks.api.create_change_set(
        StackName=stacks.name, ChangeSetName=name, TemplateBody=body, **options
    )
    return dict(stacks.api.describe_change_set(ChangeSetName=made["Id"]))


def actions(change_set: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    changes = [change["ResourceChange"] for change in change_set["Changes"]]
    return [(c["LogicalResourceId"], c["Action"], c.get("Replacement")) for c in changes]


def test_a_new_stack_waits_in_review_until_its_change_set_is_executed(stacks: Stacks) -> None:
    proposed = propose(stacks, template(A="one"), ChangeSetType="CREATE")
    assert (proposed["Status"], proposed["ExecutionStatus"], actions(proposed)) == (
        "CREATE_COMPLETE",
        "AVAILABLE",
        [("A", "Add", None)],
    )
    assert stacks.stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    stacks.api.execute_change_set(ChangeSetName=proposed["ChangeSetId"])
    assert stacks.outcome() == "CREATE_COMPLETE"
    assert stacks.stack["ChangeSetId"] == proposed["ChangeSetId"]
    assert [status for who, status, _ in stacks.events() if who == "*"] == [
        "REVIEW_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
    ]


def test_an_update_is_told_and_then_done(stacks: Stacks) -> None:
    stacks.api.create_stack(
        StackName=stacks.name, TemplateBody=template(Changed="one", Removed="one")
    )
    stacks.outcome()
    proposed = propose(stacks, template(Changed="two", Added="one"))
    assert actions(proposed) == [
        ("Added", "Add", None),
        ("Changed", "Modify", "False"),
        ("Removed", "Remove", None),
    ]
    assert stacks.resources == {"Changed": "CREATE_COMPLETE", "Removed": "CREATE_COMPLETE"}
    stacks.api.execute_change_set(StackName=stacks.name, ChangeSetName="it")
    assert stacks.outcome() == "UPDATE_COMPLETE"
    assert stacks.resources == {"Added": "CREATE_COMPLETE", "Changed": "UPDATE_COMPLETE"}


def test_one_without_changes_cannot_be_executed(stacks: Stacks) -> None:
    stacks.api.create_stack(StackName=stacks.name, TemplateBody=template(A="one"))
    stacks.outcome()
    proposed = propose(stacks, template(A="one"))
    assert (proposed["Status"], proposed["ExecutionStatus"], proposed["StatusReason"]) == (
        "FAILED",
        "UNAVAILABLE",
        "The submitted information didn't contain changes. "
        "Submit different information to create a change set.",
    )
    with pytest.raises(ClientError, match="cannot be executed in its current status of"):
        stacks.api.execute_change_set(ChangeSetName=proposed["ChangeSetId"])


def test_executing_one_ends_the_others(stacks: Stacks) -> None:
    stacks.api.create_stack(StackName=stacks.name, TemplateBody=template(A="one"))
    stacks.outcome()
    propose(stacks, template(A="two"), "first")
    propose(stacks, template(A="three"), "second")
    stacks.api.execute_change_set(StackName=stacks.name, ChangeSetName="second")
    stacks.outcome()
    found = stacks.api.list_change_sets(StackName=stacks.name)["Summaries"]
    assert [(c["ChangeSetName"], c["ExecutionStatus"]) for c in found] == [
        ("second", "EXECUTE_COMPLETE")
    ]


def test_a_deleted_one_is_gone(stacks: Stacks) -> None:
    proposed = propose(stacks, template(A="one"), ChangeSetType="CREATE")
    stacks.api.delete_change_set(ChangeSetName=proposed["ChangeSetId"])
    with pytest.raises(ClientError) as refused:
        stacks.api.describe_change_set(ChangeSetName=proposed["ChangeSetId"])
    assert refused.value.response["Error"]["Code"] == "ChangeSetNotFound"
    assert stacks.delete() == "DELETE_COMPLETE"


def test_a_stack_that_exists_cannot_be_proposed_anew(stacks: Stacks) -> None:
    stacks.api.create_stack(StackName=stacks.name, TemplateBody=template(A="one"))
    stacks.outcome()
    with pytest.raises(ClientError, match="already exists and cannot be created again"):
        propose(stacks, template(A="two"), ChangeSetType="CREATE")


def test_a_replacement_and_what_hangs_on_it_are_foreseen(stacks: Stacks) -> None:
    def body(name: str) -> str:
        own = {"Type": "String", "Name": name, "Value": "one"}
        user = {"Type": "String", "Value": {"Ref": "It"}}
        return json.dumps(
            {
                "Resources": {
                    "It": {"Type": "AWS::SSM::Parameter", "Properties": own},
                    "User": {"Type": "AWS::SSM::Parameter", "Properties": user},
                }
            }
        )

    stacks.api.create_stack(StackName=stacks.name, TemplateBody=body(f"{stacks.name}-1"))
    stacks.outcome()
    proposed = propose(stacks, body(f"{stacks.name}-2"))
    assert actions(proposed) == [("It", "Modify", "True"), ("User", "Modify", "False")]


def test_a_change_set_from_before_an_update_is_obsolete(stacks: Stacks) -> None:
    stacks.api.create_stack(StackName=stacks.name, TemplateBody=template(A="one"))
    stacks.outcome()
    proposed = propose(stacks, template(A="two"))
    stacks.api.update_stack(StackName=stacks.name, TemplateBody=template(A="three"))
    stacks.outcome()
    seen = stacks.api.describe_change_set(ChangeSetName=proposed["ChangeSetId"])
    assert (seen["Status"], seen["ExecutionStatus"]) == ("CREATE_COMPLETE", "OBSOLETE")
    with pytest.raises(ClientError) as caught:
        stacks.api.execute_change_set(ChangeSetName=proposed["ChangeSetId"])
    assert caught.value.response["Error"]["Message"] == (
        f"ChangeSet [{proposed['ChangeSetId']}] cannot be executed in its current execution "
        "status of [OBSOLETE]"
    )
