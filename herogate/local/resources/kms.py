"""KMS's keys for symmetric encryption, and their aliases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import boolean, changed, document, only, send, text
from herogate.local.resources.tags import dropped, of_callers

_DEFAULT_WINDOW_DAYS = 30

_FIXED: Mapping[str, Any] = {
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "MultiRegion": False,
    "Origin": "AWS_KMS",
}
"""What of a key never changes, and what it is unless it is given."""

_AT_BIRTH = ("BypassPolicyLockoutSafetyCheck", "Description", *_FIXED)
"""What CreateKey takes as the template spells it."""


@resource(
    "AWS::KMS::Key",
    "BypassPolicyLockoutSafetyCheck",
    "Description",
    "EnableKeyRotation",
    "Enabled",
    "KeyPolicy",
    "KeySpec",
    "KeyUsage",
    "MultiRegion",
    "Origin",
    "PendingWindowInDays",
    "RotationPeriodInDays",
    "Tags",
)
class Key(Handler):
    """A key. Its physical id is its id. Deleting it schedules its deletion, as AWS's handler does."""

    def create(self, context: Context, properties: Properties) -> str:
        kms = context.client("kms")
        asked = {**only(properties, _AT_BIRTH), **_policy(properties)}
        made = send(kms, "create_key", asked, Tags=_tags(of_callers(context, properties)))
        key_id = str(made["KeyMetadata"]["KeyId"])
        with undone_on_failure(self, context, key_id, properties):
            self._rotate(kms, key_id, properties, {})
            if not _is_enabled(properties):
                kms.disable_key(KeyId=key_id)
        return key_id

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        kms = context.client("kms")
        self._check_fixed(kms, physical_id, properties)
        switched = _is_enabled(properties) != _is_enabled(previous)
        if switched and _is_enabled(properties):
            kms.enable_key(KeyId=physical_id)  # first: a disabled key's rotation cannot change
        if changed("KeyPolicy", properties, previous):
            policy = _policy(properties) or {"Policy": document(_default_policy(context))}
            place = {"KeyId": physical_id, "PolicyName": "default"}
            send(kms, "put_key_policy", {**only(properties, _AT_BIRTH), **policy, **place})
        if changed("Description", properties, previous):
            described = str(properties.get("Description", ""))
            kms.update_key_description(KeyId=physical_id, Description=described)
        self._rotate(kms, physical_id, properties, previous)
        self._retag(kms, physical_id, context, properties, previous)
        if switched and not _is_enabled(properties):
            kms.disable_key(KeyId=physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        kms = context.client("kms")
        window = {
            "PendingWindowInDays": properties.get("PendingWindowInDays", _DEFAULT_WINDOW_DAYS)
        }
        with absence_is_fine():
            key = kms.describe_key(KeyId=physical_id)["KeyMetadata"]
            if key["KeyState"] != "PendingDeletion":
                send(kms, "schedule_key_deletion", {**window, "KeyId": physical_id})

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        key = context.client("kms").describe_key(KeyId=physical_id)["KeyMetadata"]
        return {"Arn": key["Arn"], "KeyId": key["KeyId"]}

    def _check_fixed(self, kms: Any, key_id: str, properties: Properties) -> None:
        """AWS replaces no key: an update that would take another one fails."""
        key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
        for name, default in _FIXED.items():
            if text(properties.get(name, default)) != text(key[name]):
                raise AwsError("NotUpdatable", f"The {name} of a KMS key cannot be changed.")

    def _rotate(self, kms: Any, key_id: str, properties: Properties, previous: Properties) -> None:
        wanted, before = (
            (boolean(each.get("EnableKeyRotation", False)), each.get("RotationPeriodInDays"))
            for each in (properties, previous)
        )
        if wanted == before:
            return
        if wanted[0]:
            period = only(properties, ["RotationPeriodInDays"])
            send(kms, "enable_key_rotation", {**period, "KeyId": key_id})
        elif before[0]:
            kms.disable_key_rotation(KeyId=key_id)

    def _retag(
        self, kms: Any, key_id: str, context: Context, properties: Properties, previous: Properties
    ) -> None:
        if tags := _tags(of_callers(context, properties)):
            kms.tag_resource(KeyId=key_id, Tags=tags)
        if names := dropped(context, properties, previous):
            kms.untag_resource(KeyId=key_id, TagKeys=names)


@resource("AWS::KMS::Alias", "AliasName", "TargetKeyId")
class Alias(Handler):
    """Another name of a key. Its physical id is that name."""

    def create(self, context: Context, properties: Properties) -> str:
        send(context.client("kms"), "create_alias", properties)
        return str(properties["AliasName"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        send(context.client("kms"), "update_alias", properties)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("kms").delete_alias(AliasName=physical_id)


def _is_enabled(properties: Properties) -> bool:
    return boolean(properties.get("Enabled", True))


def _policy(properties: Properties) -> dict[str, str]:
    """The policy as KMS's operations take it, if there is one."""
    return {"Policy": document(properties["KeyPolicy"])} if "KeyPolicy" in properties else {}


def _default_policy(context: Context) -> Properties:
    """What KMS gives a key that is made without a policy."""
    account = f"arn:{context.partition}:iam::{context.account_id}:root"
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as KMS spells them."""
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
