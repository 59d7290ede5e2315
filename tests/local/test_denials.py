"""Whoever is not let in hears it in the words of the service that was asked."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_cloud import LocalCloud

ASKED = {
    "iam": "list_users",
    "dynamodb": "list_tables",
    "codebuild": "list_projects",
    "s3": "list_buckets",
    "ec2": "describe_vpcs",
}


def denial(client: Any, operation: str) -> tuple[str, int]:
    with pytest.raises(ClientError) as denied:
        getattr(client, operation)()
    answer = denied.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_an_unknown_key_is_denied_with_the_services_code(cloud: LocalCloud) -> None:
    unknown = {"aws_access_key_id": "AKIAAAAAAAAAAAAAAAAA"}
    denials = {
        service: denial(cloud.client(service, **unknown), operation)
        for service, operation in ASKED.items()
    }
    assert denials == {
        "iam": ("InvalidClientTokenId", 403),
        "dynamodb": ("UnrecognizedClientException", 400),
        "codebuild": ("UnrecognizedClientException", 400),
        "s3": ("InvalidAccessKeyId", 403),
        "ec2": ("AuthFailure", 401),
    }


def test_a_wrong_secret_is_denied_with_the_services_code(cloud: LocalCloud) -> None:
    wrong = {"aws_secret_access_key": "guessed"}
    denials = {
        service: denial(cloud.client(service, **wrong), operation)
        for service, operation in ASKED.items()
    }
    assert denials == {
        "iam": ("SignatureDoesNotMatch", 403),
        "dynamodb": ("InvalidSignatureException", 400),
        "codebuild": ("InvalidSignatureException", 400),
        "s3": ("SignatureDoesNotMatch", 403),
        "ec2": ("AuthFailure", 401),
    }


def test_a_key_that_was_made_inactive_is_nobodys(cloud: LocalCloud) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="leaver")
    key = iam.create_access_key(UserName="leaver")["AccessKey"]
    leaver = cloud.client(
        "sts",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    assert leaver.get_caller_identity()["Arn"].endswith(":user/leaver")
    iam.update_access_key(UserName="leaver", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert denial(leaver, "get_caller_identity") == ("InvalidClientTokenId", 403)
