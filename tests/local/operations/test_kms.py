"""KMS's keys and their states."""

from __future__ import annotations

import json
from typing import Any

import pytest
from encryption_keys import OWNERS
from local_cloud import LocalCloud

GONE = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def kms(cloud: LocalCloud) -> Any:
    return cloud.client("kms")


@pytest.fixture
def key(kms: Any) -> str:
    """The ARN of a new key."""
    return str(kms.create_key()["KeyMetadata"]["Arn"])


def test_a_key_is_made_as_it_is_asked_for(kms: Any) -> None:
    tags = [{"TagKey": "app", "TagValue": "shop"}]
    made = kms.create_key(Description="of the shop", Tags=tags)["KeyMetadata"]
    found = kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]

    assert found == made
    assert {
        name: found[name] for name in found if name not in {"Arn", "KeyId", "CreationDate"}
    } == {
        "AWSAccountId": "123456789012",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "Description": "of the shop",
        "Enabled": True,
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyState": "Enabled",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": False,
        "Origin": "AWS_KMS",
    }
    assert kms.list_resource_tags(KeyId=made["Arn"])["Tags"] == tags


@pytest.mark.parametrize(
    ("parameters", "what"),
    [
        ({"KeySpec": "RSA_2048"}, "KMS keys with KeySpec RSA_2048"),
        ({"KeyUsage": "SIGN_VERIFY"}, "KMS keys with KeyUsage SIGN_VERIFY"),
        ({"Origin": "EXTERNAL"}, "KMS keys with Origin EXTERNAL"),
        ({"MultiRegion": True}, "KMS keys with MultiRegion True"),
    ],
)
def test_a_kind_of_keys_that_is_not_known_is_refused_by_name(
    kms: Any, refusal: Any, parameters: dict[str, Any], what: str
) -> None:
    message = f"The local cloud does not support {what}."
    assert refusal(kms.create_key, **parameters) == ("NotImplemented", message)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{", "The new key policy is not valid JSON."),
        ('{"Statement": []}', "Policy contains a statement that is not valid."),
        (
            json.dumps(
                {"Statement": {**OWNERS, "Principal": {"AWS": "arn:aws:iam::123456789012:role/no"}}}
            ),
            "Policy contains a statement with one or more invalid principals.",
        ),
        (
            json.dumps({"Statement": {**OWNERS, "Action": "kms:Decrypt"}}),
            "The new key policy will not allow you to update the key policy in the future.",
        ),
    ],
)
def test_a_policy_that_no_key_can_have_is_refused(
    kms: Any, key: str, refusal: Any, policy: str, message: str
) -> None:
    expected = ("MalformedPolicyDocumentException", message)
    before = kms.get_key_policy(KeyId=key)
    assert refusal(kms.create_key, Policy=policy) == expected
    assert refusal(kms.put_key_policy, KeyId=key, Policy=policy) == expected
    assert kms.get_key_policy(KeyId=key)["Policy"] == before["Policy"]


def test_a_policy_may_lock_its_owner_out_who_insists(kms: Any, key: str) -> None:
    policy = json.dumps({"Statement": [{**OWNERS, "Action": "kms:Decrypt"}]})
    kms.put_key_policy(KeyId=key, Policy=policy, BypassPolicyLockoutSafetyCheck=True)
    shown = kms.get_key_policy(KeyId=key)
    assert (shown["Policy"], shown["PolicyName"]) == (policy, "default")


def test_a_keys_material_is_made_anew_each_year_while_that_is_asked_for(kms: Any, key: str) -> None:
    def rotation() -> dict[str, Any]:
        shown = kms.get_key_rotation_status(KeyId=key)
        return {name: shown[name] for name in shown if name != "ResponseMetadata"}

    off = {"KeyId": key, "KeyRotationEnabled": False}
    on = {"KeyId": key, "KeyRotationEnabled": True, "RotationPeriodInDays": 365}
    assert rotation() == off
    kms.enable_key_rotation(KeyId=key)
    assert rotation() == on
    kms.schedule_key_deletion(KeyId=key)
    assert rotation() == off
    kms.cancel_key_deletion(KeyId=key)
    assert rotation() == on


def test_a_key_is_deleted_after_a_time_in_which_it_can_be_kept(
    kms: Any, key: str, refusal: Any
) -> None:
    scheduled = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    pending = kms.describe_key(KeyId=key)["KeyMetadata"]
    kept = kms.cancel_key_deletion(KeyId=key)["KeyId"]

    assert (scheduled["KeyId"], scheduled["KeyState"], scheduled["PendingWindowInDays"]) == (
        key,
        "PendingDeletion",
        7,
    )
    days = (pending["DeletionDate"] - pending["CreationDate"]).days
    assert (pending["KeyState"], days) == ("PendingDeletion", 7)
    assert kept == key
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    assert refusal(kms.cancel_key_deletion, KeyId=key) == (
        "KMSInvalidStateException",
        f"{key} is not pending deletion.",
    )
    assert refusal(kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=31) == (
        "ValidationException",
        "1 validation error detected: Value '31' at 'pendingWindowInDays' failed to satisfy "
        "constraint: Member must have value less than or equal to 30",
    )


def test_a_disabled_key_does_nothing_until_it_is_enabled(kms: Any, key: str, refusal: Any) -> None:
    kms.disable_key(KeyId=key)
    refused = ("DisabledException", f"{key} is disabled.")
    assert refusal(kms.encrypt, KeyId=key, Plaintext=b"x") == refused
    assert refusal(kms.generate_data_key, KeyId=key, KeySpec="AES_256") == refused
    assert refusal(kms.enable_key_rotation, KeyId=key) == refused
    kms.enable_key(KeyId=key)
    assert kms.encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == key


def test_a_key_that_is_about_to_be_deleted_does_not_change(
    kms: Any, key: str, refusal: Any
) -> None:
    kms.schedule_key_deletion(KeyId=key)
    refused = ("KMSInvalidStateException", f"{key} is pending deletion.")
    tags = [{"TagKey": "a", "TagValue": "b"}]
    assert refusal(kms.enable_key, KeyId=key) == refused
    assert refusal(kms.disable_key, KeyId=key) == refused
    assert refusal(kms.tag_resource, KeyId=key, Tags=tags) == refused
    assert refusal(kms.update_key_description, KeyId=key, Description="x") == refused
    assert refusal(kms.create_alias, AliasName="alias/late", TargetKeyId=key) == refused
    assert refusal(kms.encrypt, KeyId=key, Plaintext=b"x") == refused


def test_a_key_is_found_in_its_own_region_and_account_alone(kms: Any, refusal: Any) -> None:
    elsewhere, others = GONE.replace("us-east-1", "eu-west-1"), GONE.replace("1234", "9999")
    refusals = [
        refusal(kms.describe_key, KeyId=name) for name in (GONE, others, elsewhere, "alias/none")
    ]
    assert refusals == [
        ("NotFoundException", f"Key '{GONE}' does not exist"),
        ("NotFoundException", f"Key '{others}' does not exist"),
        ("NotFoundException", "Invalid arn eu-west-1"),
        ("NotFoundException", "Alias arn:aws:kms:us-east-1:123456789012:alias/none is not found."),
    ]
    assert refusal(kms.describe_key, KeyId="alias/aws/ssm") == (
        "NotImplemented",
        "The local cloud does not support the keys that AWS manages (alias/aws/ssm).",
    )


def test_nobody_sets_tags_of_awss_own(kms: Any, key: str, refusal: Any) -> None:
    tags = [{"TagKey": "aws:x", "TagValue": "y"}]
    assert refusal(kms.tag_resource, KeyId=key, Tags=tags)[0] == "TagException"
    assert refusal(kms.create_key, Tags=tags)[0] == "TagException"
