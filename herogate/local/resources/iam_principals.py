"""Who can act: roles, instance profiles, users and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.iam_attachments import Principal
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import changed, document, send
from herogate.local.resources.tags import with_tags


@resource(
    "AWS::IAM::Role",
    "AssumeRolePolicyDocument",
    "Description",
    "ManagedPolicyArns",
    "MaxSessionDuration",
    "Path",
    "PermissionsBoundary",
    "Policies",
    "RoleName",
    "Tags",
)
class Role(Handler):
    """An identity that services and people take on. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        iam = context.client("iam")
        named = {"RoleName": context.physical_name(64)} | with_tags(context, properties)
        name = str(send(iam, "create_role", named)["Role"]["RoleName"])
        boundary = {"PermissionsBoundary": properties.get("PermissionsBoundary")}
        with undone_on_failure(self, context, name, properties):
            Principal(iam=iam, kind="role", name=name).converge(properties, boundary)
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        iam = context.client("iam")
        if changed("AssumeRolePolicyDocument", properties, previous):
            trust = document(properties["AssumeRolePolicyDocument"])
            iam.update_assume_role_policy(RoleName=physical_id, PolicyDocument=trust)
        if changed("Description", properties, previous) or changed(
            "MaxSessionDuration", properties, previous
        ):
            complete = {"Description": "", "MaxSessionDuration": 3600, **properties}
            send(iam, "update_role", {**complete, "RoleName": physical_id})
        role = Principal(iam=iam, kind="role", name=physical_id)
        role.converge(properties, previous)
        role.retag(context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        iam = context.client("iam")
        Principal(iam=iam, kind="role", name=physical_id).strip(properties)
        with absence_is_fine():
            iam.delete_role(RoleName=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        role = context.client("iam").get_role(RoleName=physical_id)["Role"]
        return {"Arn": role["Arn"], "RoleId": role["RoleId"]}


@resource("AWS::IAM::InstanceProfile", "InstanceProfileName", "Path", "Roles")
class InstanceProfile(Handler):
    """A role's way onto an instance. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        iam = context.client("iam")
        named = {"InstanceProfileName": context.physical_name(128), **properties}
        made = send(iam, "create_instance_profile", named)["InstanceProfile"]
        name = str(made["InstanceProfileName"])
        with undone_on_failure(self, context, name, properties):
            for role in properties["Roles"]:
                iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        iam = context.client("iam")
        if changed("Roles", properties, previous):
            self._empty(iam, physical_id, previous)
            for role in properties["Roles"]:
                iam.add_role_to_instance_profile(InstanceProfileName=physical_id, RoleName=role)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        iam = context.client("iam")
        self._empty(iam, physical_id, properties)
        with absence_is_fine():
            iam.delete_instance_profile(InstanceProfileName=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        found = context.client("iam").get_instance_profile(InstanceProfileName=physical_id)
        return {"Arn": found["InstanceProfile"]["Arn"]}

    def _empty(self, iam: Any, name: str, properties: Properties) -> None:
        for role in properties["Roles"]:
            with absence_is_fine():
                iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)


@resource(
    "AWS::IAM::User",
    "Groups",
    "ManagedPolicyArns",
    "Path",
    "PermissionsBoundary",
    "Policies",
    "Tags",
    "UserName",
)
class User(Handler):
    """A person or program with keys of its own. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        iam = context.client("iam")
        named = {"UserName": context.physical_name(64)} | with_tags(context, properties)
        name = str(send(iam, "create_user", named)["User"]["UserName"])
        with undone_on_failure(self, context, name, properties):
            self._join(iam, name, properties, {})
            boundary = {"PermissionsBoundary": properties.get("PermissionsBoundary")}
            Principal(iam=iam, kind="user", name=name).converge(properties, boundary)
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        iam = context.client("iam")
        if changed("Path", properties, previous):
            iam.update_user(UserName=physical_id, NewPath=properties.get("Path", "/"))
        self._join(iam, physical_id, properties, previous)
        user = Principal(iam=iam, kind="user", name=physical_id)
        user.converge(properties, previous)
        user.retag(context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        iam = context.client("iam")
        self._join(iam, physical_id, {}, properties)
        Principal(iam=iam, kind="user", name=physical_id).strip(properties)
        with absence_is_fine():
            iam.delete_user(UserName=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Arn": context.client("iam").get_user(UserName=physical_id)["User"]["Arn"]}

    def _join(self, iam: Any, name: str, properties: Properties, previous: Properties) -> None:
        before, after = previous.get("Groups") or [], properties.get("Groups") or []
        for group in before:
            if group not in after:
                with absence_is_fine():
                    iam.remove_user_from_group(GroupName=group, UserName=name)
        for group in after:
            iam.add_user_to_group(GroupName=group, UserName=name)


@resource("AWS::IAM::Group", "GroupName", "ManagedPolicyArns", "Path", "Policies")
class Group(Handler):
    """Users who share policies. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        iam = context.client("iam")
        named = {"GroupName": context.physical_name(128), **properties}
        name = str(send(iam, "create_group", named)["Group"]["GroupName"])
        with undone_on_failure(self, context, name, properties):
            Principal(iam=iam, kind="group", name=name).converge(properties, {})
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        iam = context.client("iam")
        if changed("Path", properties, previous):
            iam.update_group(GroupName=physical_id, NewPath=properties.get("Path", "/"))
        Principal(iam=iam, kind="group", name=physical_id).converge(properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        iam = context.client("iam")
        Principal(iam=iam, kind="group", name=physical_id).strip(properties)
        with absence_is_fine():
            iam.delete_group(GroupName=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Arn": context.client("iam").get_group(GroupName=physical_id)["Group"]["Arn"]}
