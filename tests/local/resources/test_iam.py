from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import STACK_TAGS, Life, World

READ_ONLY = "arn:aws:iam::123456789012:policy/read-only"
ECS_TASKS = "arn:aws:iam::123456789012:policy/ecs-tasks"


def trust(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def allow(action: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture(autouse=True)
def _policies_to_attach(world: World) -> None:
    for arn in (READ_ONLY, ECS_TASKS):
        world.client("iam").create_policy(
            PolicyName=arn.rpartition("/")[2], PolicyDocument=json.dumps(allow("s3:GetObject"))
        )


def roles(world: World) -> set[str]:
    return {each["RoleName"] for each in world.client("iam").list_roles()["Roles"]}


def inline(world: World, role: str) -> dict[str, Any]:
    iam = world.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in names
    }


def attached(world: World, role: str) -> set[str]:
    found = world.client("iam").list_attached_role_policies(RoleName=role)
    return {each["PolicyArn"] for each in found["AttachedPolicies"]}


def role(world: World, **properties: Any) -> Life:
    return world.make("AWS::IAM::Role", AssumeRolePolicyDocument=trust("ecs-tasks"), **properties)


def test_a_role_lives(world: World) -> None:
    iam = world.client("iam")
    made = role(
        world,
        RoleName="app-task",
        Path="/herogate/",
        Description="of tasks",
        MaxSessionDuration="7200",
        ManagedPolicyArns=[READ_ONLY],
        PermissionsBoundary=READ_ONLY,
        Policies=[{"PolicyName": "one", "PolicyDocument": allow("s3:GetObject")}],
        Tags=[{"Key": "app", "Value": "demo"}],
    )
    found = iam.get_role(RoleName="app-task")["Role"]
    assert made.physical_id == "app-task"
    assert made.attributes == {"Arn": found["Arn"], "RoleId": found["RoleId"]}
    assert found["Arn"] == "arn:aws:iam::123456789012:role/herogate/app-task"
    assert found["AssumeRolePolicyDocument"] == trust("ecs-tasks")
    assert found["MaxSessionDuration"] == 7200
    assert found["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    assert {t["Key"]: t["Value"] for t in found["Tags"]} == {**STACK_TAGS, "app": "demo"}
    assert inline(world, "app-task") == {"one": allow("s3:GetObject")}
    assert attached(world, "app-task") == {READ_ONLY}

    made.update(
        RoleName="app-task",
        Path="/herogate/",
        AssumeRolePolicyDocument=trust("codebuild"),
        ManagedPolicyArns=[ECS_TASKS],
        Policies=[{"PolicyName": "two", "PolicyDocument": allow("s3:PutObject")}],
    )
    found = iam.get_role(RoleName="app-task")["Role"]
    assert found["AssumeRolePolicyDocument"] == trust("codebuild")
    assert (found["MaxSessionDuration"], found.get("Description", "")) == (3600, "")
    assert "PermissionsBoundary" not in found
    assert {t["Key"]: t["Value"] for t in found["Tags"]} == STACK_TAGS
    assert inline(world, "app-task") == {"two": allow("s3:PutObject")}
    assert attached(world, "app-task") == {ECS_TASKS}

    made.delete()
    assert "app-task" not in roles(world)


def test_a_generated_role_name_fits(world: World) -> None:
    assert len(role(world).physical_id) <= 64


def test_a_role_that_cannot_be_finished_is_not_left_behind(world: World) -> None:
    unmade = world.unmade("AWS::IAM::Role")
    before = roles(world)
    broken = {"PolicyName": "broken", "PolicyDocument": {"Version": "2012-10-17"}}
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        unmade.create(
            AssumeRolePolicyDocument=trust("ecs-tasks"),
            ManagedPolicyArns=[READ_ONLY],
            Policies=[{"PolicyName": "good", "PolicyDocument": allow("s3:*")}, broken],
        )
    assert roles(world) == before


def test_a_role_with_something_of_others_is_refused_deletion(world: World) -> None:
    made = role(world)
    world.client("iam").attach_role_policy(RoleName=made.physical_id, PolicyArn=READ_ONLY)
    with pytest.raises(ClientError, match="DeleteConflict"):
        made.delete()


def test_an_inline_policy_moves_between_principals(world: World) -> None:
    first, second = role(world, RoleName="first"), role(world, RoleName="second")
    policy = world.make(
        "AWS::IAM::Policy",
        PolicyName="put",
        PolicyDocument=allow("s3:PutObject"),
        Roles=[first.physical_id],
    )
    assert inline(world, "first") == {"put": allow("s3:PutObject")}
    policy.update(
        PolicyName="get", PolicyDocument=allow("s3:GetObject"), Roles=[second.physical_id]
    )
    assert inline(world, "first") == {}
    assert inline(world, "second") == {"get": allow("s3:GetObject")}
    policy.delete()
    assert inline(world, "second") == {}


def test_a_managed_policy_lives_through_more_versions_than_iam_keeps(world: World) -> None:
    iam = world.client("iam")
    first, second = role(world, RoleName="first"), role(world, RoleName="second")
    policy = world.make(
        "AWS::IAM::ManagedPolicy",
        ManagedPolicyName="shared",
        PolicyDocument=allow("s3:GetObject"),
        Roles=[first.physical_id],
    )
    assert policy.physical_id == "arn:aws:iam::123456789012:policy/shared"
    assert attached(world, "first") == {policy.physical_id}
    for number in range(7):
        policy.update(
            ManagedPolicyName="shared",
            PolicyDocument=allow(f"s3:Get{number}"),
            Roles=[second.physical_id],
        )
    version = iam.get_policy_version(
        PolicyArn=policy.physical_id, VersionId=policy.attributes["DefaultVersionId"]
    )["PolicyVersion"]
    assert version["Document"] == allow("s3:Get6")
    assert (attached(world, "first"), attached(world, "second")) == (set(), {policy.physical_id})
    policy.delete()
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_policy(PolicyArn=policy.physical_id)
    assert attached(world, "second") == set()


def test_an_instance_profile_lives(world: World) -> None:
    iam = world.client("iam")
    first, second = role(world, RoleName="first"), role(world, RoleName="second")
    profile = world.make("AWS::IAM::InstanceProfile", Roles=[first.physical_id])
    profile.update(Roles=[second.physical_id])
    found = iam.get_instance_profile(InstanceProfileName=profile.physical_id)["InstanceProfile"]
    assert [each["RoleName"] for each in found["Roles"]] == ["second"]
    profile.delete()
    assert iam.list_instance_profiles()["InstanceProfiles"] == []


def test_a_user_and_a_group_live(world: World) -> None:
    iam = world.client("iam")
    group = world.make("AWS::IAM::Group", GroupName="staff", ManagedPolicyArns=[READ_ONLY])
    user = world.make(
        "AWS::IAM::User",
        UserName="ada",
        Groups=[group.physical_id],
        Policies=[{"PolicyName": "own", "PolicyDocument": allow("s3:*")}],
    )
    assert user.attributes["Arn"] == "arn:aws:iam::123456789012:user/ada"
    assert [u["UserName"] for u in iam.get_group(GroupName="staff")["Users"]] == ["ada"]
    user.update(UserName="ada", ManagedPolicyArns=[READ_ONLY])
    assert iam.get_group(GroupName="staff")["Users"] == []
    assert iam.list_user_policies(UserName="ada")["PolicyNames"] == []
    assert len(iam.list_attached_user_policies(UserName="ada")["AttachedPolicies"]) == 1
    group.update(GroupName="staff")
    user.delete()
    group.delete()
    assert "ada" not in [each["UserName"] for each in iam.list_users()["Users"]]
    assert iam.list_groups()["Groups"] == []
