"""Stacks come, change and go on a running local cloud, with AWS's statuses, events and reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

Stacks = Any


def parameter(value: Any = "one", **more: Any) -> dict[str, Any]:
    properties = {"Type": "String", "Value": value, **more.pop("properties", {})}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties, **more}


def named(name: str, value: Any = "one", **more: Any) -> dict[str, Any]:
    return parameter(value, properties={"Name": name}, **more)


def role(*managed_policy_arns: str) -> dict[str, Any]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    properties: dict[str, Any] = {"AssumeRolePolicyDocument": trust}
    if managed_policy_arns:
        properties["ManagedPolicyArns"] = list(managed_policy_arns)
    return {"Type": "AWS::IAM::Role", "Properties": properties}


NO_POLICY = "arn:aws:iam::123456789012:policy/does-not-exist"


def value_of(stacks: Stacks, name: str) -> str | None:
    try:
        return str(stacks.cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError:
        return None


@pytest.fixture
def taken(stacks: Stacks) -> str:
    """The name of an SSM parameter that no stack can make any more."""
    name = f"{stacks.name}-taken"
    stacks.cloud.client("ssm").put_parameter(Name=name, Value="mine", Type="String")
    return name


class TestCreating:
    def test_tells_of_everything_that_happens_in_its_order(self, stacks: Stacks) -> None:
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

    def test_answers_outputs_and_exports(self, stacks: Stacks) -> None:
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

    def test_that_fails_takes_back_all_it_made_and_says_why(
        self, stacks: Stacks, taken: str
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

    def test_cancels_what_is_under_way_beside_a_failure(self, stacks: Stacks, taken: str) -> None:
        stacks.create({"A": named(taken), "B": named(f"{stacks.name}-b")})
        assert ("B", "CREATE_FAILED", "Resource creation cancelled") in stacks.events()
        assert (
            "*",
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [A, B]. Rollback requested by user.",
        ) in stacks.events()

    def test_fails_a_resource_whose_properties_do_not_fit(self, stacks: Stacks) -> None:
        group = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 42}}
        assert stacks.create({"Group": group}) == "ROLLBACK_COMPLETE"
        reason = next(r for who, status, r in stacks.events() if status == "CREATE_FAILED")
        assert reason.startswith(
            "Properties validation failed for resource Group with message:\n#/RetentionInDays: "
        )

    def test_can_let_a_failure_stand_and_roll_back_later(self, stacks: Stacks, taken: str) -> None:
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

    def test_can_delete_the_stack_that_failed(self, stacks: Stacks, taken: str) -> None:
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

    def test_keeps_what_is_to_be_retained_unless_told_otherwise(
        self, stacks: Stacks, taken: str
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

    def test_in_express_mode_ends_the_same(self, stacks: Stacks) -> None:
        mode = {"Mode": "EXPRESS", "DisableRollback": False}
        status = stacks.create({"It": parameter()}, DeploymentConfig=mode)
        assert (status, stacks.stack["DeploymentConfig"]) == (
            "CREATE_COMPLETE",
            {"Mode": "EXPRESS"},
        )


class TestUpdating:
    def test_changes_adds_and_removes(self, stacks: Stacks) -> None:
        stacks.create({"Same": parameter(), "Changed": parameter(), "Removed": parameter()})
        ids = {key: stacks.physical_id(key) for key in ("Same", "Changed", "Removed")}
        before = len(stacks.events())
        status = stacks.update(
            {"Same": parameter(), "Changed": parameter("two"), "New": parameter()}
        )
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

    def test_replaces_what_cannot_be_changed_and_then_what_refers_to_it(
        self, stacks: Stacks
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

    def test_that_replaces_keeps_the_old_one_if_it_is_to_be_retained(self, stacks: Stacks) -> None:
        old, new = f"{stacks.name}-old", f"{stacks.name}-new"
        stacks.create({"It": named(old, UpdateReplacePolicy="Retain")})
        stacks.update({"It": named(new, UpdateReplacePolicy="Retain")})
        assert (value_of(stacks, old), value_of(stacks, new)) == ("one", "one")

    def test_of_nothing_is_refused(self, stacks: Stacks) -> None:
        stacks.create({"It": parameter()})
        with pytest.raises(ClientError, match=r"No updates are to be performed\."):
            stacks.update({"It": parameter()})

    def test_that_fails_brings_the_old_state_back(self, stacks: Stacks, taken: str) -> None:
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

    def test_that_fails_half_way_through_a_resource_changes_it_back(self, stacks: Stacks) -> None:
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

    def test_may_be_tried_again_after_it_was_rolled_back(self, stacks: Stacks, taken: str) -> None:
        stacks.create({"It": parameter()})
        stacks.update({"It": parameter("two"), "Bad": named(taken, DependsOn="It")})
        assert stacks.update({"It": parameter("three")}) == "UPDATE_COMPLETE"
        assert value_of(stacks, stacks.physical_id("It")) == "three"

    def test_can_let_a_failure_stand(self, stacks: Stacks, taken: str) -> None:
        stacks.create({"It": parameter()})
        resources = {"It": parameter("two"), "Bad": named(taken, DependsOn="It")}
        assert stacks.update(resources, DisableRollback=True) == "UPDATE_FAILED"
        assert value_of(stacks, stacks.physical_id("It")) == "two"
        stacks.api.rollback_stack(StackName=stacks.name)
        assert stacks.outcome() == "UPDATE_ROLLBACK_COMPLETE"
        assert value_of(stacks, stacks.physical_id("It")) == "one"

    def test_goes_on_from_a_failure_that_was_let_stand(self, stacks: Stacks, taken: str) -> None:
        stacks.create({"It": parameter()})
        resources = {"It": parameter("two"), "Bad": named(taken, DependsOn="It")}
        stacks.update(resources, DisableRollback=True)
        stacks.cloud.client("ssm").delete_parameter(Name=taken)
        assert stacks.update(resources) == "UPDATE_COMPLETE"
        assert value_of(stacks, taken) == "one"

    def test_whose_rollback_fails_can_be_continued(self, stacks: Stacks, taken: str) -> None:
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

    def test_of_the_stacks_tags_reaches_its_resources(self, stacks: Stacks) -> None:
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

    def test_does_not_replace_a_resource_by_one_of_the_same_name(self, stacks: Stacks) -> None:
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


def table(name: str, key: str) -> dict[str, Any]:
    properties = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
    }
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties}


class TestDeleting:
    def test_takes_dependants_first_and_leaves_the_stack_to_be_seen_by_its_id(
        self, stacks: Stacks
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

    def test_that_fails_says_why_and_can_leave_the_resource_behind(self, stacks: Stacks) -> None:
        s3, bucket = stacks.cloud.client("s3"), stacks.name
        stacks.create({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}})
        s3.put_object(Bucket=bucket, Key="something", Body=b"")
        assert stacks.delete() == "DELETE_FAILED"
        assert stacks.stack["StackStatusReason"] == (
            "The following resource(s) failed to delete: [Bucket]. "
        )
        assert stacks.delete(RetainResources=["Bucket"]) == "DELETE_COMPLETE"
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1

    def test_keeps_what_is_to_be_retained(self, stacks: Stacks) -> None:
        name = f"{stacks.name}-kept"
        stacks.create({"It": named(name, DeletionPolicy="Retain")})
        assert (stacks.delete(), value_of(stacks, name)) == ("DELETE_COMPLETE", "one")

    def test_of_a_protected_stack_is_refused(self, stacks: Stacks) -> None:
        stacks.create({"It": parameter()}, EnableTerminationProtection=True)
        with pytest.raises(
            ClientError, match="cannot be deleted while TerminationProtection is enabled"
        ):
            stacks.delete()
        stacks.api.update_termination_protection(
            StackName=stacks.name, EnableTerminationProtection=False
        )
        assert stacks.delete() == "DELETE_COMPLETE"

    def test_of_an_export_in_use_is_given_up(self, stacks: Stacks, another_stack: Stacks) -> None:
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


class TestSharing:
    def test_an_import_that_nobody_exports_fails_the_stack(self, stacks: Stacks) -> None:
        status = stacks.create({"It": parameter({"Fn::ImportValue": "nobody-exports-this"})})
        assert status == "ROLLBACK_COMPLETE"
        assert (
            "*",
            "ROLLBACK_IN_PROGRESS",
            "No export named nobody-exports-this found. Rollback requested by user.",
        ) in stacks.events()

    def test_an_export_in_use_cannot_change(self, stacks: Stacks, another_stack: Stacks) -> None:
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


def _template(stacks: Stacks) -> Any:
    return stacks.api.get_template(StackName=stacks.name)["TemplateBody"]


CERTIFICATE = {
    "Type": "AWS::CertificateManager::Certificate",
    "Properties": {"DomainName": "*.example.com", "ValidationMethod": "DNS"},
}
"""A resource that is not ready before somebody has validated it."""


def chain(value: str) -> dict[str, Any]:
    """Parameters that wait for one another, so that a stack takes its time."""
    return {
        f"P{number}": parameter(value, **({"DependsOn": f"P{number - 1}"} if number else {}))
        for number in range(80)
    }


class TestInBetween:
    def test_a_stack_can_be_deleted_while_it_is_being_made(self, stacks: Stacks) -> None:
        template = json.dumps({"Resources": chain("one")})
        stack_id = stacks.api.create_stack(StackName=stacks.name, TemplateBody=template)["StackId"]
        while len(stacks.events()) < 8:
            pass
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

    def test_an_update_can_be_cancelled(self, stacks: Stacks) -> None:
        stacks.create(chain("one"))
        template = json.dumps({"Resources": chain("two")})
        stacks.api.update_stack(StackName=stacks.name, TemplateBody=template)
        while ("P1", "UPDATE_COMPLETE", None) not in stacks.events():
            pass
        with pytest.raises(ClientError, match="is in UPDATE_IN_PROGRESS state and can not be upd"):
            stacks.api.update_stack(StackName=stacks.name, TemplateBody=template)
        stacks.api.cancel_update_stack(StackName=stacks.name)
        assert stacks.outcome() == "UPDATE_ROLLBACK_COMPLETE"
        assert ("*", "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated") in stacks.events()
        assert value_of(stacks, stacks.physical_id("P1")) == "one"

    def test_express_mode_does_not_wait_until_a_resource_is_ready(self, stacks: Stacks) -> None:
        mode = {"Mode": "EXPRESS", "DisableRollback": False}
        assert stacks.create({"Slow": CERTIFICATE}, DeploymentConfig=mode) == "CREATE_COMPLETE"
        assert stacks.delete(DeploymentConfig=mode) == "DELETE_COMPLETE"
