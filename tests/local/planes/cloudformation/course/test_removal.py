"""Stacks go, and what goes with them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from stacks_at_work import StacksAtWork, named, parameter, value_of


def test_deleting_takes_dependants_first_and_leaves_the_stack_to_be_seen_by_its_id(
    stacks: StacksAtWork,
) -> None:
    stacks.create({"It": parameter(), "User": parameter({"Ref": "It"})})
    stack_id, before = stacks.stack["StackId"], len(stacks.events())
    assert stacks.delete() == "DELETE_COMPLETE"
    assert stacks.events(stack_id)[before:] == [
        ("*", "DELETE_IN_PROGRESS", "User Initiated"),
        ("User", "DELETE_IN_PROGRESS", None),
        ("User", "DELETE_COMPLETE", None),
        ("It", "DELETE_IN_PROGRESS", None),
        ("It", "DELETE_COMPLETE", None),
        ("*", "DELETE_COMPLETE", None),
    ]
    with pytest.raises(ClientError, match=f"Stack with id {stacks.name} does not exist"):
        stacks.api.describe_stacks(StackName=stacks.name)
    assert stacks.create({"It": parameter()}) == "CREATE_COMPLETE"


def test_a_delete_that_fails_says_why_and_can_leave_the_resource_behind(
    stacks: StacksAtWork,
) -> None:
    s3, bucket = stacks.cloud.client("s3"), stacks.name
    stacks.create({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}})
    s3.put_object(Bucket=bucket, Key="something", Body=b"")
    assert stacks.delete() == "DELETE_FAILED"
    assert stacks.stack["StackStatusReason"] == (
        "The following resource(s) failed to delete: [Bucket]. "
    )
    assert stacks.delete(RetainResources=["Bucket"]) == "DELETE_COMPLETE"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_deleting_keeps_what_is_to_be_retained(stacks: StacksAtWork) -> None:
    name = f"{stacks.name}-kept"
    stacks.create({"It": named(name, DeletionPolicy="Retain")})
    assert (stacks.delete(), value_of(stacks, name)) == ("DELETE_COMPLETE", "one")


def test_deleting_a_protected_stack_is_refused(stacks: StacksAtWork) -> None:
    stacks.create({"It": parameter()}, EnableTerminationProtection=True)
    with pytest.raises(
        ClientError, match="cannot be deleted while TerminationProtection is enabled"
    ):
        stacks.delete()
    stacks.api.update_termination_protection(
        StackName=stacks.name, EnableTerminationProtection=False
    )
    assert stacks.delete() == "DELETE_COMPLETE"
