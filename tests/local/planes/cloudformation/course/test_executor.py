"""Operations that fail or are given up, from state to state."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from stacks_at_work import CERTIFICATE, StacksAtWork, chain, named, value_of
from waiting import wait_until


def test_a_create_that_fails_takes_back_all_it_made_and_says_why(
    stacks: StacksAtWork, taken: str
) -> None:
    good, never = f"{stacks.name}-good", f"{stacks.name}-never"
    status = stacks.create(
        {
            "Good": named(good),
            "Bad": named(taken, DependsOn="Good"),
            "Never": named(never, DependsOn="Bad"),
        }
    )
    events = stacks.events()
    reason = next(reason for who, s, reason in events if (who, s) == ("Bad", "CREATE_FAILED"))
    assert status == "ROLLBACK_COMPLETE"
    assert [(who, status) for who, status, _ in events] == [
        ("*", "CREATE_IN_PROGRESS"),
        ("Good", "CREATE_IN_PROGRESS"),
        ("Good", "CREATE_IN_PROGRESS"),
        ("Good", "CREATE_COMPLETE"),
        ("Bad", "CREATE_IN_PROGRESS"),
        ("Bad", "CREATE_FAILED"),
        ("*", "ROLLBACK_IN_PROGRESS"),
        ("Bad", "DELETE_COMPLETE"),
        ("Good", "DELETE_IN_PROGRESS"),
        ("Good", "DELETE_COMPLETE"),
        ("*", "ROLLBACK_COMPLETE"),
    ]
    assert (
        "*",
        "ROLLBACK_IN_PROGRESS",
        "The following resource(s) failed to create: [Bad]. Rollback requested by user.",
    ) in events
    assert reason is not None
    assert "(Service: Ssm, Status Code: 400, Request ID: " in reason
    assert reason.endswith("HandlerErrorCode: AlreadyExists)")
    assert [value_of(stacks, name) for name in (good, never, taken)] == [None, None, "mine"]
    assert stacks.resources == {"Good": "DELETE_COMPLETE", "Bad": "DELETE_COMPLETE"}


def test_a_failure_cancels_what_is_under_way_beside_it(stacks: StacksAtWork, taken: str) -> None:
    stacks.create({"A": named(taken), "B": named(f"{stacks.name}-b")})
    assert ("B", "CREATE_FAILED", "Resource creation cancelled") in stacks.events()
    assert (
        "*",
        "ROLLBACK_IN_PROGRESS",
        "The following resource(s) failed to create: [A, B]. Rollback requested by user.",
    ) in stacks.events()


def test_a_failed_create_can_be_let_stand_and_rolled_back_later(
    stacks: StacksAtWork, taken: str
) -> None:
    good = f"{stacks.name}-good"
    resources = {"Good": named(good), "Bad": named(taken, DependsOn="Good")}
    assert stacks.create(resources, OnFailure="DO_NOTHING") == "CREATE_FAILED"
    assert stacks.stack["StackStatusReason"] == (
        "The following resource(s) failed to create: [Bad]. "
    )
    assert value_of(stacks, good) == "one"
    stacks.api.rollback_stack(StackName=stacks.name)
    assert stacks.outcome() == "ROLLBACK_COMPLETE"
    assert value_of(stacks, good) is None


def test_a_failed_create_can_delete_its_stack(stacks: StacksAtWork, taken: str) -> None:
    stack_id = stacks.api.create_stack(
        StackName=stacks.name,
        TemplateBody=json.dumps({"Resources": {"Bad": named(taken)}}),
        OnFailure="DELETE",
    )["StackId"]
    assert stacks.outcome(stack_id) == "DELETE_COMPLETE"
    assert (
        "*",
        "DELETE_IN_PROGRESS",
        "The following resource(s) failed to create: [Bad]. Delete requested by user.",
    ) in stacks.events(stack_id)


def test_a_rolled_back_create_keeps_what_is_to_be_retained_unless_told_otherwise(
    stacks: StacksAtWork, taken: str
) -> None:
    kept, dropped = f"{stacks.name}-kept", f"{stacks.name}-dropped"
    stacks.create(
        {
            "Kept": named(kept, DeletionPolicy="Retain"),
            "Dropped": named(dropped, DeletionPolicy="RetainExceptOnCreate"),
            "Bad": named(taken, DependsOn=["Kept", "Dropped"]),
        }
    )
    assert (value_of(stacks, kept), value_of(stacks, dropped)) == ("one", None)
    assert stacks.resources == {
        "Kept": "DELETE_SKIPPED",
        "Dropped": "DELETE_COMPLETE",
        "Bad": "DELETE_COMPLETE",
    }


def test_a_stack_can_be_deleted_while_it_is_being_made(stacks: StacksAtWork) -> None:
    template = json.dumps({"Resources": chain("one")})
    stack_id = stacks.api.create_stack(StackName=stacks.name, TemplateBody=template)["StackId"]
    wait_until(lambda: len(stacks.events()) >= 8)
    assert stacks.delete() == "DELETE_COMPLETE"
    told = [(status, reason) for who, status, reason in stacks.events(stack_id) if who == "*"]
    assert told == [
        ("CREATE_IN_PROGRESS", "User Initiated"),
        ("DELETE_IN_PROGRESS", "User Initiated"),
        ("DELETE_COMPLETE", None),
    ]
    prefix = [{"Key": "Name", "Option": "BeginsWith", "Values": [f"{stacks.name}-"]}]
    left = stacks.cloud.client("ssm").describe_parameters(ParameterFilters=prefix)
    assert left["Parameters"] == []


def test_an_update_can_be_cancelled(stacks: StacksAtWork) -> None:
    stacks.create(chain("one", 2))
    template = json.dumps({"Resources": chain("two")})
    stacks.api.update_stack(StackName=stacks.name, TemplateBody=template)
    wait_until(lambda: ("P1", "UPDATE_COMPLETE", None) in stacks.events())
    with pytest.raises(ClientError, match="is in UPDATE_IN_PROGRESS state and can not be upd"):
        stacks.api.update_stack(StackName=stacks.name, TemplateBody=template)
    stacks.api.cancel_update_stack(StackName=stacks.name)
    assert stacks.outcome() == "UPDATE_ROLLBACK_COMPLETE"
    assert ("*", "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated") in stacks.events()
    assert value_of(stacks, stacks.physical_id("P1")) == "one"


def test_express_mode_does_not_wait_until_a_resource_is_ready(stacks: StacksAtWork) -> None:
    mode = {"Mode": "EXPRESS", "DisableRollback": False}
    assert stacks.create({"Slow": CERTIFICATE}, DeploymentConfig=mode) == "CREATE_COMPLETE"
    assert stacks.delete(DeploymentConfig=mode) == "DELETE_COMPLETE"
