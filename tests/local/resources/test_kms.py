"""KMS's keys and aliases in stacks, on the session's cloud."""

from __future__ import annotations

import json
from typing import Any

from encryption_keys import OWNERS, policy_for_logs
from local_cloud import LocalCloud
from stacks_at_work import StacksAtWork

KEY_ARN = {"Fn::GetAtt": ["Key", "Arn"]}


def key(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::KMS::Key", "Properties": properties}


def alias(name: str) -> dict[str, Any]:
    properties = {"AliasName": name, "TargetKeyId": {"Ref": "Key"}}
    return {"Type": "AWS::KMS::Alias", "Properties": properties}


def test_a_key_lives_and_is_deleted_some_days_after_its_stack(cloud: LocalCloud) -> None:
    kms, stacks = cloud.client("kms"), StacksAtWork(cloud=cloud, name="kms-key")
    policy = policy_for_logs("/kms-key/*")
    made = key(
        Description="of the shop",
        EnableKeyRotation=True,
        KeyPolicy=policy,
        PendingWindowInDays=7,
        Tags=[{"Key": "app", "Value": "shop"}, {"Key": "team", "Value": "blue"}],
    )
    outputs = {"Arn": {"Value": KEY_ARN}}
    assert stacks.create({"Key": made}, Outputs=outputs) == "CREATE_COMPLETE"
    key_id = stacks.physical_id("Key")

    def shown() -> dict[str, Any]:
        found = kms.describe_key(KeyId=key_id)["KeyMetadata"]
        tags = kms.list_resource_tags(KeyId=key_id)["Tags"]
        return {
            "description": found["Description"],
            "state": found["KeyState"],
            "rotates": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
            "policy": json.loads(kms.get_key_policy(KeyId=key_id)["Policy"]),
            "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
        }

    at_first = {
        "description": "of the shop",
        "state": "Enabled",
        "rotates": True,
        "policy": policy,
        "tags": {"app": "shop", "team": "blue"},
    }
    arn = f"arn:aws:kms:us-east-1:123456789012:key/{key_id}"
    assert stacks.stack["Outputs"][0]["OutputValue"] == arn
    assert shown() == at_first

    owners = {"Statement": [OWNERS]}
    changed = key(KeyPolicy=owners, Enabled=False, Tags=[{"Key": "app", "Value": "two"}])
    assert stacks.update({"Key": changed}) == "UPDATE_COMPLETE"
    assert stacks.physical_id("Key") == key_id
    assert shown() == {
        "description": "",
        "state": "Disabled",
        "rotates": False,
        "policy": owners,
        "tags": {"app": "two"},
    }
    assert stacks.update({"Key": made}) == "UPDATE_COMPLETE"
    assert shown() == at_first
    stacks.delete()
    gone = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    days = (gone["DeletionDate"] - gone["CreationDate"]).days
    assert (gone["KeyState"], days) == ("PendingDeletion", 7)


def test_what_never_changes_of_a_key_fails_its_update(cloud: LocalCloud) -> None:
    stacks = StacksAtWork(cloud=cloud, name="kms-fixed")
    assert stacks.create({"Key": key()}) == "CREATE_COMPLETE"
    assert stacks.update({"Key": key(KeySpec="RSA_2048")}) == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [reason for who, _, reason in stacks.events() if who == "Key" and reason]
    assert any("The KeySpec of a KMS key cannot be changed." in reason for reason in reasons)
    stacks.delete()


def test_log_groups_get_a_key_and_lose_it_in_place(cloud: LocalCloud) -> None:
    logs, stacks = cloud.client("logs"), StacksAtWork(cloud=cloud, name="kms-logs")
    keys = {"Key": key(KeyPolicy=policy_for_logs("/kms-logs/*")), "Alias": alias("alias/kms-logs")}

    def group(name: str = "/kms-logs/web", **properties: Any) -> dict[str, Any]:
        return {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": name, **properties},
        }

    def key_of_group() -> str | None:
        (found,) = logs.describe_log_groups(logGroupNamePrefix="/kms-logs/web")["logGroups"]
        return str(found["kmsKeyId"]) if "kmsKeyId" in found else None

    encrypted = {**keys, "Group": group(KmsKeyId=KEY_ARN)}
    assert stacks.create(encrypted) == "CREATE_COMPLETE"
    arn = f"arn:aws:kms:us-east-1:123456789012:key/{stacks.physical_id('Key')}"
    assert stacks.physical_id("Alias") == "alias/kms-logs"
    assert key_of_group() == arn
    assert stacks.update({**keys, "Group": group()}) == "UPDATE_COMPLETE"
    assert key_of_group() is None
    assert stacks.update(encrypted) == "UPDATE_COMPLETE"
    assert key_of_group() == arn

    other = {"Other": group("/elsewhere/web", KmsKeyId=KEY_ARN)}
    assert stacks.update({**encrypted, **other}) == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [reason for who, _, reason in stacks.events() if who == "Other" and reason]
    assert any("is not allowed to be used with Arn" in reason for reason in reasons)
    stacks.delete()
    aliases = cloud.client("kms").list_aliases(KeyId=arn)["Aliases"]
    assert aliases == []
