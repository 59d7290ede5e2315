"""Stacks are made and changed, with AWS's events and statuses."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import Any

import pytest
from botocore.exceptions import ClientError
from stacks_at_work import StacksAtWork, named, parameter, table, value_of

from herogate.local.planes.cloudformation.records.stack import StackResource


def test_creating_tells_of_everything_that_happens_in_its_order(stacks: StacksAtWork) -> None:
    first, second = f"{stacks.name}-1", f"{stacks.name}-2"
    status = stacks.create(
        {"Second": named(second, {"Ref": "First"}), "First": named(first)},
    )
    assert (status, stacks.events()) == (
        "CREATE_COMPLETE",
        [
            ("*", "CREATE_IN_PROGRESS", "User Initiated"),
            ("First", "CREATE_IN_PROGRESS", None),
            ("First", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
            ("First", "CREATE_COMPLETE", None),
            ("Second", "CREATE_IN_PROGRESS", None),
            ("Second", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
            ("Second", "CREATE_COMPLETE", None),
            ("*", "CREATE_COMPLETE", None),
        ],
    )
    assert (value_of(stacks, first), value_of(stacks, second)) == ("one", first)


def test_properties_that_do_not_fit_fail_their_resource(stacks: StacksAtWork) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 42}}
    assert stacks.create({"Group": group}) == "ROLLBACK_COMPLETE"
    reason = next(r for who, status, r in stacks.events() if status == "CREATE_FAILED")
    assert reason is not None
    assert reason.startswith(
        "Properties validation failed for resource Group with message:\n#/RetentionInDays: "
    )


def test_express_mode_is_told_of_the_stack(stacks: StacksAtWork) -> None:
    mode = {"Mode": "EXPRESS", "DisableRollback": False}
    status = stacks.create({"It": parameter()}, DeploymentConfig=mode)
    assert (status, stacks.stack["DeploymentConfig"]) == (
        "CREATE_COMPLETE",
        {"Mode": "EXPRESS"},
    )


def test_an_update_changes_adds_and_removes(stacks: StacksAtWork) -> None:
    stacks.create({"Same": parameter(), "Changed": parameter(), "Removed": parameter()})
    ids = {key: stacks.physical_id(key) for key in ("Same", "Changed", "Removed")}
    before = len(stacks.events())
    status = stacks.update({"Same": parameter(), "Changed": parameter("two"), "New": parameter()})
    assert (status, stacks.events_since(before)) == (
        "UPDATE_COMPLETE",
        [
            ("*", "UPDATE_IN_PROGRESS", "User Initiated"),
            ("Changed", "UPDATE_IN_PROGRESS", None),
            ("New", "CREATE_IN_PROGRESS", None),
            ("New", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
            ("Changed", "UPDATE_COMPLETE", None),
            ("New", "CREATE_COMPLETE", None),
            ("*", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", None),
            ("Removed", "DELETE_IN_PROGRESS", None),
            ("Removed", "DELETE_COMPLETE", None),
            ("*", "UPDATE_COMPLETE", None),
        ],
    )
    assert stacks.resources == {
        "Same": "CREATE_COMPLETE",
        "Changed": "UPDATE_COMPLETE",
        "New": "CREATE_COMPLETE",
    }
    assert value_of(stacks, ids["Changed"]) == "two"
    assert value_of(stacks, ids["Removed"]) is None


def test_an_update_replaces_what_cannot_be_changed_and_then_what_refers_to_it(
    stacks: StacksAtWork,
) -> None:
    old, new = f"{stacks.name}-old", f"{stacks.name}-new"
    user = parameter({"Ref": "It"})
    stacks.create({"It": named(old), "User": user})
    before = len(stacks.events())
    status = stacks.update({"It": named(new), "User": user})
    assert (status, stacks.events_since(before)) == (
        "UPDATE_COMPLETE",
        [
            ("*", "UPDATE_IN_PROGRESS", "User Initiated"),
            (
                "It",
                "UPDATE_IN_PROGRESS",
                "Requested update requires the creation of a new physical resource; "
                "hence creating one.",
            ),
            ("It", "UPDATE_IN_PROGRESS", "Resource creation Initiated"),
            ("It", "UPDATE_COMPLETE", None),
            ("User", "UPDATE_IN_PROGRESS", None),
            ("User", "UPDATE_COMPLETE", None),
            ("*", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", None),
            ("It", "DELETE_IN_PROGRESS", None),
            ("It", "DELETE_COMPLETE", None),
            ("*", "UPDATE_COMPLETE", None),
        ],
    )
    assert value_of(stacks, stacks.physical_id("User")) == new
    assert value_of(stacks, old) is None


def test_an_update_that_replaces_keeps_the_old_one_if_it_is_to_be_retained(
    stacks: StacksAtWork,
) -> None:
    old, new = f"{stacks.name}-old", f"{stacks.name}-new"
    stacks.create({"It": named(old, UpdateReplacePolicy="Retain")})
    stacks.update({"It": named(new, UpdateReplacePolicy="Retain")})
    assert (value_of(stacks, old), value_of(stacks, new)) == ("one", "one")


def test_an_update_of_nothing_is_refused(stacks: StacksAtWork) -> None:
    stacks.create({"It": parameter()})
    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        stacks.update({"It": parameter()})


def test_an_update_of_the_stacks_tags_reaches_its_resources(stacks: StacksAtWork) -> None:
    stacks.create(
        {"It": parameter()}, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}]
    )
    assert stacks.update({"It": parameter()}, Tags=[{"Key": "a", "Value": "2"}]) == (
        "UPDATE_COMPLETE"
    )
    tags = stacks.cloud.client("ssm").list_tags_for_resource(
        ResourceType="Parameter", ResourceId=stacks.physical_id("It")
    )["TagList"]
    own = {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")}
    assert own == {"a": "2"}


def test_an_update_does_not_replace_a_resource_by_one_of_the_same_name(
    stacks: StacksAtWork,
) -> None:
    stacks.create({"Table": table(f"{stacks.name}-table", "pk")})
    assert stacks.update({"Table": table(f"{stacks.name}-table", "id")}) == (
        "UPDATE_ROLLBACK_COMPLETE"
    )
    assert (
        "Table",
        "UPDATE_FAILED",
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        f"Rename {stacks.name}-table and update the stack again.",
    ) in stacks.events()


def test_a_secret_reaches_the_service_and_nothing_else(stacks: StacksAtWork) -> None:
    secret = f"hush-{stacks.name}"
    secrets = stacks.cloud.client("secretsmanager")
    secrets.create_secret(Name=stacks.name, SecretString=json.dumps({"password": secret}))
    reference = f"{{{{resolve:secretsmanager:{stacks.name}:SecretString:password}}}}"
    stacks.create({"It": parameter(reference)})
    assert value_of(stacks, stacks.physical_id("It")) == secret
    assert secret not in str(stacks.api.describe_stack_events(StackName=stacks.name))
    resource = StackResource.of(_document(stacks, "cloudformation.resource", "It"))
    assert resource.properties == {"Type": "String", "Value": reference}


def _document(stacks: StacksAtWork, kind: str, key: str) -> dict[str, Any]:
    """A document of the cloud's store, as it stands on disk."""
    path = stacks.cloud.directory.path / "cloud.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        (body,) = database.execute(
            "SELECT body FROM documents WHERE kind = ? AND key = ?",
            (kind, f"{stacks.stack['StackId']}/{key}"),
        ).fetchone()
    return dict(json.loads(body))
