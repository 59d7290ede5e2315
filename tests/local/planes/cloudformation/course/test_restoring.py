"""Updates that fail bring back what was."""

from __future__ import annotations

from typing import Any

from stacks_at_work import NO_POLICY, StacksAtWork, named, parameter, role, value_of


def test_an_update_that_fails_brings_the_old_state_back(stacks: StacksAtWork, taken: str) -> None:
    old, new, added = (f"{stacks.name}-{what}" for what in ("old", "new", "added"))
    size = {"Size": {"Type": "String"}}
    stacks.create(
        {"Replaced": named(old), "Changed": parameter({"Ref": "Size"})},
        Parameters_=size,
        Parameters=[{"ParameterKey": "Size", "ParameterValue": "small"}],
        Tags=[{"Key": "team", "Value": "blue"}],
        Outputs={"Size": {"Value": {"Ref": "Size"}}},
    )
    was, template, before = stacks.stack, _template(stacks), len(stacks.events())
    status = stacks.update(
        {
            "Replaced": named(new),
            "Changed": parameter({"Ref": "Size"}),
            "Added": named(added),
            "Bad": named(taken, DependsOn=["Replaced", "Changed", "Added"]),
        },
        Parameters_=size,
        Parameters=[{"ParameterKey": "Size", "ParameterValue": "large"}],
        Tags=[{"Key": "team", "Value": "red"}],
    )
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    events = stacks.events_since(before)
    started = next(n for n, event in enumerate(events) if "UPDATE_ROLLBACK" in event[1])
    assert events[started:] == [
        (
            "*",
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [Bad]. ",
        ),
        ("Changed", "UPDATE_IN_PROGRESS", None),
        ("Replaced", "UPDATE_IN_PROGRESS", None),
        ("Changed", "UPDATE_COMPLETE", None),
        ("Replaced", "UPDATE_COMPLETE", None),
        ("*", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", None),
        ("Bad", "DELETE_COMPLETE", None),
        ("Added", "DELETE_IN_PROGRESS", None),
        ("Replaced", "DELETE_IN_PROGRESS", None),
        ("Added", "DELETE_COMPLETE", None),
        ("Replaced", "DELETE_COMPLETE", None),
        ("*", "UPDATE_ROLLBACK_COMPLETE", None),
    ]
    changing = {"StackStatus", "StackStatusReason", "LastUpdatedTime", "LastOperations"}
    is_now = stacks.stack
    assert {k: v for k, v in is_now.items() if k not in changing} == {
        k: v for k, v in was.items() if k not in changing
    }
    assert _template(stacks) == template
    assert stacks.physical_id("Replaced") == old
    assert value_of(stacks, stacks.physical_id("Changed")) == "small"
    assert [value_of(stacks, name) for name in (old, new, added)] == ["one", None, None]


def test_an_update_that_fails_half_way_through_a_resource_changes_it_back(
    stacks: StacksAtWork,
) -> None:
    stacks.create({"Role": role()})
    before = len(stacks.events())
    assert stacks.update({"Role": role(NO_POLICY)}) == "UPDATE_ROLLBACK_COMPLETE"
    assert [(who, status) for who, status, _ in stacks.events_since(before)] == [
        ("*", "UPDATE_IN_PROGRESS"),
        ("Role", "UPDATE_IN_PROGRESS"),
        ("Role", "UPDATE_FAILED"),
        ("*", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Role", "UPDATE_IN_PROGRESS"),
        ("Role", "UPDATE_COMPLETE"),
        ("*", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("*", "UPDATE_ROLLBACK_COMPLETE"),
    ]


def test_an_update_may_be_tried_again_after_it_was_rolled_back(
    stacks: StacksAtWork, taken: str
) -> None:
    stacks.create({"It": parameter()})
    stacks.update({"It": parameter("two"), "Bad": named(taken, DependsOn="It")})
    assert stacks.update({"It": parameter("three")}) == "UPDATE_COMPLETE"
    assert value_of(stacks, stacks.physical_id("It")) == "three"


def test_a_failed_update_can_be_let_stand_and_rolled_back_later(
    stacks: StacksAtWork, taken: str
) -> None:
    stacks.create({"It": parameter()})
    resources = {"It": parameter("two"), "Bad": named(taken, DependsOn="It")}
    assert stacks.update(resources, DisableRollback=True) == "UPDATE_FAILED"
    assert value_of(stacks, stacks.physical_id("It")) == "two"
    stacks.api.rollback_stack(StackName=stacks.name)
    assert stacks.outcome() == "UPDATE_ROLLBACK_COMPLETE"
    assert value_of(stacks, stacks.physical_id("It")) == "one"


def test_a_further_update_goes_on_from_a_failure_that_was_let_stand(
    stacks: StacksAtWork, taken: str
) -> None:
    stacks.create({"It": parameter()})
    resources = {"It": parameter("two"), "Bad": named(taken, DependsOn="It")}
    stacks.update(resources, DisableRollback=True)
    stacks.cloud.client("ssm").delete_parameter(Name=taken)
    assert stacks.update(resources) == "UPDATE_COMPLETE"
    assert value_of(stacks, taken) == "one"


def test_an_update_whose_rollback_fails_can_be_continued(stacks: StacksAtWork, taken: str) -> None:
    ssm = stacks.cloud.client("ssm")
    iam = stacks.cloud.client("iam")
    stacks.create({"Role": role(), "It": parameter()})
    bad = {"Role": role("arn:aws:iam::aws:policy/ReadOnlyAccess"), "It": parameter("two")}
    resources = {**bad, "Bad": named(taken, DependsOn=["Role", "It"])}
    stacks.update(resources, DisableRollback=True)
    name = stacks.physical_id("Role")
    iam.detach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.delete_role(RoleName=name)
    stacks.api.rollback_stack(StackName=stacks.name)
    assert stacks.outcome() == "UPDATE_ROLLBACK_FAILED"
    assert stacks.stack["StackStatusReason"] == (
        "The following resource(s) failed to update: [Role]. "
    )
    stacks.api.continue_update_rollback(StackName=stacks.name, ResourcesToSkip=["Role"])
    assert stacks.outcome() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.resources == {"Role": "UPDATE_COMPLETE", "It": "UPDATE_COMPLETE"}
    assert ssm.get_parameter(Name=stacks.physical_id("It"))["Parameter"]["Value"] == "one"


def _template(stacks: StacksAtWork) -> Any:
    return stacks.api.get_template(StackName=stacks.name)["TemplateBody"]
