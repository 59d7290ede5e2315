"""Buckets: names, what a new one is like, what keeps it from being deleted, and policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.config import Config
from botocore.handlers import validate_bucket_name
from local_cloud import LocalCloud

EVERYBODY_READS = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::policies/*",
}


def unvalidated(cloud: LocalCloud) -> Any:
    """An S3 client that leaves bucket names to the cloud."""
    s3 = cloud.client("s3", config=Config(s3={"addressing_style": "path"}))
    s3.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
    return s3


@pytest.mark.parametrize(
    "name",
    [
        "ab",
        "a" * 64,
        "Upper",
        "under_score",
        "-begins",
        "ends-",
        "dots..dots",
        "dot.-dash",
        "192.168.0.1",
        "xn--name",
        "name-s3alias",
        "name--ol-s3",
    ],
)
def test_a_name_that_no_bucket_can_have_is_refused(
    cloud: LocalCloud, refusal: Any, name: str
) -> None:
    assert refusal(unvalidated(cloud).create_bucket, Bucket=name) == (
        "InvalidBucketName",
        "The specified bucket is not valid.",
    )


def test_a_bucket_says_whether_eventbridge_hears_of_its_objects(cloud: LocalCloud) -> None:
    s3, place = cloud.client("s3"), {"Bucket": "heard-of"}
    told: list[dict[str, Any]] = [{"EventBridgeConfiguration": {}}, {}]
    s3.create_bucket(**place)
    said = []
    for configuration in told:
        s3.put_bucket_notification_configuration(**place, NotificationConfiguration=configuration)
        said.append(set(s3.get_bucket_notification_configuration(**place)))
    s3.delete_bucket(**place)
    assert said == [{"EventBridgeConfiguration", "ResponseMetadata"}, {"ResponseMetadata"}]


@pytest.mark.parametrize("name", ["abc", "a" * 63, "with.dots.and-dashes", "123-numbers"])
def test_a_name_that_a_bucket_can_have_is_accepted(cloud: LocalCloud, name: str) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=name)
    s3.delete_bucket(Bucket=name)


def test_a_new_bucket_is_private_encrypted_and_its_owners(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="brand-new")

    block = s3.get_public_access_block(Bucket="brand-new")["PublicAccessBlockConfiguration"]
    encryption = s3.get_bucket_encryption(Bucket="brand-new")["ServerSideEncryptionConfiguration"]
    ownership = s3.get_bucket_ownership_controls(Bucket="brand-new")["OwnershipControls"]
    assert set(block.values()) == {True}
    assert encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "AES256"
    }
    assert ownership == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_creating_an_own_bucket_again_changes_nothing(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="once-more")
    s3.delete_public_access_block(Bucket="once-more")
    s3.create_bucket(Bucket="once-more")

    with pytest.raises(s3.exceptions.ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        s3.get_public_access_block(Bucket="once-more")


def test_a_bucket_with_old_versions_is_not_deleted(cloud: LocalCloud, refusal: Any) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="versioned", Key="k", Body=b"x")
    s3.delete_object(Bucket="versioned", Key="k")

    assert refusal(s3.delete_bucket, Bucket="versioned") == (
        "BucketNotEmpty",
        "The bucket you tried to delete is not empty",
    )


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("not json", "Policies must be valid JSON and the first byte must be '{'"),
        ('{"Version": "2012-10-17"}', "Missing required field Statement"),
        ({**EVERYBODY_READS, "Effect": "Maybe"}, "Invalid effect"),
        (
            {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::policies"},
            "Missing required field Principal",
        ),
        ({**EVERYBODY_READS, "Action": "ec2:*"}, "Policy has invalid action"),
        ({**EVERYBODY_READS, "Resource": "arn:aws:s3:::other/*"}, "Policy has invalid resource"),
    ],
)
def test_a_malformed_bucket_policy_is_refused(
    cloud: LocalCloud, refusal: Any, policy: Any, message: str
) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="policies")
    text = policy if isinstance(policy, str) else json.dumps({"Statement": [policy]})

    assert refusal(s3.put_bucket_policy, Bucket="policies", Policy=text) == (
        "MalformedPolicy",
        message,
    )


def test_a_public_policy_is_refused_while_the_bucket_blocks_it(
    cloud: LocalCloud, refusal: Any
) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="policies")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [EVERYBODY_READS]})

    assert refusal(s3.put_bucket_policy, Bucket="policies", Policy=policy)[0] == "AccessDenied"
    s3.delete_public_access_block(Bucket="policies")
    s3.put_bucket_policy(Bucket="policies", Policy=policy)
    assert json.loads(s3.get_bucket_policy(Bucket="policies")["Policy"]) == json.loads(policy)


def test_a_policy_that_denies_plain_http_is_accepted(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="tls-only")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::tls-only", "arn:aws:s3:::tls-only/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="tls-only", Policy=json.dumps({"Statement": deny}))


def test_an_object_is_read_and_written_as_long_as_its_key_can_be_used(
    cloud: LocalCloud, refusal: Any
) -> None:
    s3, kms = cloud.client("s3"), cloud.client("kms")
    own, default = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    s3.create_bucket(Bucket="sealed-objects")
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": default}
    }
    s3.put_bucket_encryption(
        Bucket="sealed-objects", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    s3.put_object(Bucket="sealed-objects", Key="by-default", Body=b"a")
    s3.put_object(
        Bucket="sealed-objects",
        Key="own",
        Body=b"b",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=own,
    )
    s3.put_object(Bucket="sealed-objects", Key="plain", Body=b"c", ServerSideEncryption="AES256")

    def read(key: str) -> tuple[str, str] | bytes:
        if key in disabled:
            found: tuple[str, str] = refusal(s3.get_object, Bucket="sealed-objects", Key=key)
            return found
        return bytes(s3.get_object(Bucket="sealed-objects", Key=key)["Body"].read())

    disabled: set[str] = set()
    assert [read(key) for key in ("by-default", "own", "plain")] == [b"a", b"b", b"c"]
    kms.disable_key(KeyId=default)
    disabled = {"by-default"}
    refused = ("KMS.DisabledException", f"{default} is disabled.")
    assert [read(key) for key in ("by-default", "own", "plain")] == [refused, b"b", b"c"]
    assert refusal(s3.put_object, Bucket="sealed-objects", Key="new", Body=b"d") == refused
    missing = f"{own[:-1]}{'0' if own[-1] != '0' else '1'}"
    code, _ = refusal(
        s3.put_object,
        Bucket="sealed-objects",
        Key="new",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=missing,
    )
    assert code == "KMS.NotFoundException"
