"""Policies that are resources of their own: inline ones put onto principals, and managed ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.iam_attachments import named_in
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import changed, document, send

_VERSIONS_KEPT = 5
"""A managed policy has at most so many versions; the oldest makes room."""


@resource("AWS::IAM::Policy", "Groups", "PolicyDocument", "PolicyName", "Roles", "Users")
class Policy(Handler):
    """An inline policy, put onto roles, users and groups by name. Its physical id is of no API."""

    def create(self, context: Context, properties: Properties) -> str:
        physical_id = context.physical_name(128)
        with undone_on_failure(self, context, physical_id, properties):
            self._put(context, properties)
        return physical_id

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        self._put(context, properties)
        iam = context.client("iam")
        keep = named_in(iam, properties)
        for principal in named_in(iam, previous):
            if principal not in keep or changed("PolicyName", properties, previous):
                principal.delete_policy(previous["PolicyName"])

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        for principal in named_in(context.client("iam"), properties):
            principal.delete_policy(properties["PolicyName"])

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def _put(self, context: Context, properties: Properties) -> None:
        for principal in named_in(context.client("iam"), properties):
            principal.put_policy(properties["PolicyName"], properties["PolicyDocument"])


@resource(
    "AWS::IAM::ManagedPolicy",
    "Description",
    "Groups",
    "ManagedPolicyName",
    "Path",
    "PolicyDocument",
    "Roles",
    "Users",
)
class ManagedPolicy(Handler):
    """A policy with a name and versions, attached to principals. Its physical id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        iam = context.client("iam")
        name = properties.get("ManagedPolicyName") or context.physical_name(128)
        made = send(iam, "create_policy", properties, PolicyName=name)
        arn = str(made["Policy"]["Arn"])
        with undone_on_failure(self, context, arn, properties):
            for principal in named_in(iam, properties):
                principal.attach([arn])
        return arn

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        iam = context.client("iam")
        if changed("PolicyDocument", properties, previous):
            older = self._other_versions(iam, physical_id)
            if len(older) + 1 >= _VERSIONS_KEPT:
                iam.delete_policy_version(PolicyArn=physical_id, VersionId=older[0])
            policy = document(properties["PolicyDocument"])
            iam.create_policy_version(
                PolicyArn=physical_id, PolicyDocument=policy, SetAsDefault=True
            )
        keep = named_in(iam, properties)
        for principal in named_in(iam, previous):
            if principal not in keep:
                principal.detach(physical_id)
        for principal in keep:
            principal.attach([physical_id])

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        iam = context.client("iam")
        for principal in named_in(iam, properties):
            principal.detach(physical_id)
        with absence_is_fine():
            for version in self._other_versions(iam, physical_id):
                iam.delete_policy_version(PolicyArn=physical_id, VersionId=version)
            iam.delete_policy(PolicyArn=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        policy = context.client("iam").get_policy(PolicyArn=physical_id)["Policy"]
        return {
            "PolicyArn": physical_id,
            "AttachmentCount": policy["AttachmentCount"],
            "CreateDate": policy["CreateDate"].isoformat(),
            "DefaultVersionId": policy["DefaultVersionId"],
            "IsAttachable": policy["IsAttachable"],
            "PermissionsBoundaryUsageCount": policy.get("PermissionsBoundaryUsageCount", 0),
            "PolicyId": policy["PolicyId"],
            "UpdateDate": policy["UpdateDate"].isoformat(),
        }

    def _other_versions(self, iam: Any, arn: str) -> list[str]:
        """The versions that are not the default one, oldest first."""
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        others = [each["VersionId"] for each in versions if not each["IsDefaultVersion"]]
        return sorted(others, key=lambda version: int(version.removeprefix("v")))
