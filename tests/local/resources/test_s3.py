from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from herogate.local.errors import AwsError
from herogate.local.moto_bridge import hooks

from .conftest import World

PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": "true",
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTED = {
    "ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    ]
}
LIFECYCLE = {
    "Rules": [
        {
            "Id": "old",
            "Status": "Enabled",
            "Prefix": "artifacts/",
            "ExpirationInDays": "30",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 20}],
        }
    ]
}
CORS = {
    "CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": 60, "Id": "a"}]
}


def test_a_bucket_lives(world: World) -> None:
    s3 = world.client("s3")
    bucket = world.make(
        "AWS::S3::Bucket",
        BucketName="packages",
        BucketEncryption=ENCRYPTED,
        VersioningConfiguration={"Status": "Enabled"},
        PublicAccessBlockConfiguration=PRIVATE,
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        LifecycleConfiguration=LIFECYCLE,
        CorsConfiguration=CORS,
        WebsiteConfiguration={"IndexDocument": "index.html", "ErrorDocument": "error.html"},
        Tags=[{"Key": "space", "Value": "default"}],
    )
    place = {"Bucket": "packages"}
    encryption = s3.get_bucket_encryption(**place)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_versioning(**place)["Status"] == "Enabled"
    blocked = s3.get_public_access_block(**place)["PublicAccessBlockConfiguration"]
    assert blocked == dict.fromkeys(PRIVATE, True)
    owned = s3.get_bucket_ownership_controls(**place)["OwnershipControls"]["Rules"]
    assert owned == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_lifecycle_configuration(**place)["Rules"] == [
        {
            "ID": "old",
            "Status": "Enabled",
            "Filter": {"Prefix": "artifacts/"},
            "Expiration": {"Days": 30},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            "Transitions": [{"StorageClass": "STANDARD_IA", "Days": 20}],
        }
    ]
    rule = s3.get_bucket_cors(**place)["CORSRules"][0]
    assert (rule["AllowedMethods"], rule["MaxAgeSeconds"]) == (["GET"], 60)
    site = s3.get_bucket_website(**place)
    assert site["IndexDocument"] == {"Suffix": "index.html"}
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(**place)["TagSet"]}
    assert tags == {"team": "web", "space": "default"}
    assert bucket.attributes == {
        "Arn": "arn:aws:s3:::packages",
        "DomainName": "packages.s3.amazonaws.com",
        "DualStackDomainName": "packages.s3.dualstack.us-east-1.amazonaws.com",
        "RegionalDomainName": "packages.s3.us-east-1.amazonaws.com",
        "WebsiteURL": "http://packages.s3-website-us-east-1.amazonaws.com",
    }

    bucket.update(BucketName="packages")
    assert s3.get_bucket_versioning(**place)["Status"] == "Suspended"
    for ask, code in (
        (s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration"),
        (s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration"),
        (s3.get_bucket_cors, "NoSuchCORSConfiguration"),
        (s3.get_bucket_website, "NoSuchWebsiteConfiguration"),
    ):
        with pytest.raises(ClientError, match=code):
            ask(**place)
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(**place)["TagSet"]}
    assert tags == {"team": "web"}

    bucket.delete()
    assert s3.list_buckets()["Buckets"] == []


def test_a_bucket_tells_eventbridge_what_becomes_of_its_objects_while_it_is_told_to(
    world: World,
) -> None:
    enabled = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    bucket = world.make("AWS::S3::Bucket", BucketName="told", NotificationConfiguration=enabled)
    assert hooks.tells_eventbridge("told")
    bucket.update(BucketName="told")
    assert not hooks.tells_eventbridge("told")


def test_whom_a_bucket_cannot_tell_of_its_objects_is_refused_by_name(world: World) -> None:
    queue = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": "arn:aws:sqs:…"}]}
    with pytest.raises(AwsError, match=r"NotificationConfiguration\.QueueConfigurations"):
        world.make("AWS::S3::Bucket", NotificationConfiguration=queue)
    assert world.client("s3").list_buckets()["Buckets"] == []


def test_a_generated_bucket_name_is_lower_case_and_fits(world: World) -> None:
    name = world.make("AWS::S3::Bucket").physical_id
    assert name.startswith("demo-thing-")
    assert name == name.lower()
    assert len(name) <= 63


def test_tags_that_others_have_put_on_a_bucket_stay(world: World) -> None:
    s3 = world.client("s3")
    bucket = world.make("AWS::S3::Bucket", Tags=[{"Key": "a", "Value": "1"}])
    place = {"Bucket": bucket.physical_id}
    tags = s3.get_bucket_tagging(**place)["TagSet"]
    s3.put_bucket_tagging(
        **place, Tagging={"TagSet": [*tags, {"Key": "cost-centre", "Value": "9"}]}
    )
    bucket.update(Tags=[{"Key": "b", "Value": "2"}])
    found = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(**place)["TagSet"]}
    assert found == {"team": "web", "cost-centre": "9", "b": "2"}


def test_a_bucket_that_exists_is_not_taken_over(world: World) -> None:
    world.client("s3").create_bucket(Bucket="taken")
    with pytest.raises(AwsError, match="'taken' already exists"):
        world.make("AWS::S3::Bucket", BucketName="taken")
    assert [b["Name"] for b in world.client("s3").list_buckets()["Buckets"]] == ["taken"]


def test_an_unknown_lifecycle_property_is_refused_by_name_and_nothing_is_left(world: World) -> None:
    rule: dict[str, Any] = {"Status": "Enabled", "Moonphase": "full"}
    with pytest.raises(AwsError, match=r"LifecycleConfiguration\.Rules\.Moonphase"):
        world.make("AWS::S3::Bucket", LifecycleConfiguration={"Rules": [rule]})
    assert world.client("s3").list_buckets()["Buckets"] == []


def test_a_bucket_policy_lives_and_a_bucket_has_one(world: World) -> None:
    s3 = world.client("s3")
    bucket = world.make("AWS::S3::Bucket").physical_id

    def policy(effect: str) -> dict[str, Any]:
        statement = {
            "Effect": effect,
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{bucket}/*",
        }
        return {"Version": "2012-10-17", "Statement": [statement]}

    made = world.make("AWS::S3::BucketPolicy", Bucket=bucket, PolicyDocument=policy("Deny"))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy("Deny")
    with pytest.raises(AwsError, match="already exists"):
        world.make("AWS::S3::BucketPolicy", Bucket=bucket, PolicyDocument=policy("Allow"))
    made.update(Bucket=bucket, PolicyDocument=policy("Allow"))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy("Allow")
    made.delete()
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=bucket)
