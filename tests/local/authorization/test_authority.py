"""Roles that may not are refused, in the words of the service that they asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_cloud import LocalCloud
from roles import EVERYTHING, session

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::authority/open/*"},
        {
            "Effect": "Allow",
            "Action": "ecs:StopTask",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/herogate:app": "a"}},
        },
        {
            "Effect": "Allow",
            "Action": "acm:DeleteCertificate",
            "Resource": "arn:aws:acm:*:*:certificate/*",
            "Condition": {"StringLike": {"aws:ResourceTag/herogate:app": "*"}},
        },
        *(
            {
                "Effect": "Allow",
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::authority/{who}/*",
                "Condition": {
                    "ArnEqualsIfExists": {
                        "aws:PrincipalArn": f"arn:aws:iam::123456789012:role/{who}"
                    }
                },
            }
            for who in ("authority", "another")
        ),
    ],
}


@pytest.fixture(scope="module")
def as_role(cloud: LocalCloud) -> Callable[[str], Any]:
    """Clients of a role that may read some objects, stop tasks of an app, delete certificates of any."""
    return session(cloud, "authority", json.dumps(POLICY))


def test_a_role_may_what_its_policies_allow_and_nothing_else(
    cloud: LocalCloud, as_role: Callable[[str], Any]
) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="authority")
    for key in ("open/a", "closed/a"):
        s3.put_object(Bucket="authority", Key=key, Body=b"text")
    own = as_role("s3")
    assert own.get_object(Bucket="authority", Key="open/a")["Body"].read() == b"text"
    with pytest.raises(ClientError) as refused:
        own.get_object(Bucket="authority", Key="closed/a")
    assert refused.value.response["Error"] == {
        "Code": "AccessDenied",
        "Message": "User: arn:aws:sts::123456789012:assumed-role/authority/monday is not authorized to "
        "perform: s3:GetObject on resource: arn:aws:s3:::authority/closed/a because no "
        "identity-based policy allows the s3:GetObject action",
    }


def test_a_policy_of_several_roles_tells_one_from_another(
    cloud: LocalCloud, as_role: Callable[[str], Any]
) -> None:
    cloud.client("s3").create_bucket(Bucket="authority")
    own = as_role("s3")
    own.put_object(Bucket="authority", Key="authority/a", Body=b"text")
    with pytest.raises(ClientError, match="not authorized to perform: s3:PutObject"):
        own.put_object(Bucket="authority", Key="another/a", Body=b"text")


def test_a_certificate_is_told_from_others_by_its_tags(
    cloud: LocalCloud, as_role: Callable[[str], Any]
) -> None:
    acm = cloud.client("acm")
    tagged, plain = (
        acm.request_certificate(DomainName="a.example.com", **more)["CertificateArn"]
        for more in ({"Tags": [{"Key": "herogate:app", "Value": "a"}]}, {})
    )
    as_role("acm").delete_certificate(CertificateArn=tagged)
    with pytest.raises(ClientError, match="not authorized to perform: acm:DeleteCertificate"):
        as_role("acm").delete_certificate(CertificateArn=plain)
    acm.delete_certificate(CertificateArn=plain)


def test_a_secret_under_a_key_takes_the_right_to_the_key_through_ssm(cloud: LocalCloud) -> None:
    kms, ssm = cloud.client("kms"), cloud.client("ssm")
    tags = [{"TagKey": "herogate:app", "TagValue": "a"}]
    key, other = (kms.create_key(Tags=tags)["KeyMetadata"]["Arn"] for _ in range(2))
    names = ["/keyed/a/config", "/keyed/b/config", "/keyed/a/other", "/keyed/a/plain"]
    for name, under in zip(names, [key, key, other, "alias/aws/ssm"], strict=True):
        ssm.put_parameter(Name=name, Value="s3cret", Type="SecureString", KeyId=under)
    own_parameters = "arn:aws:ssm:us-east-1:123456789012:parameter/keyed/a/*"
    conditions = {
        "StringEquals": {
            "kms:ViaService": "ssm.us-east-1.amazonaws.com",
            "aws:ResourceTag/herogate:app": "a",
        },
        "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": own_parameters},
    }
    decrypting = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"},
            {**decrypting, "Condition": conditions},
        ],
    }
    own = session(cloud, "keyed", json.dumps(policy))

    def read(name: str) -> str:
        try:
            answer = own("ssm").get_parameter(Name=name, WithDecryption=True)
        except ClientError as error:
            return str(error.response["Error"]["Message"])
        return str(answer["Parameter"]["Value"])

    denied = (
        "User: arn:aws:sts::123456789012:assumed-role/keyed/monday is not authorized to perform: "
        "{0} on resource: {1} because no identity-based policy allows the {0} action"
    )
    assert [read(name) for name in names] == [
        "s3cret",
        denied.format("kms:Decrypt", key),
        denied.format("kms:Decrypt", other),
        "s3cret",
    ]
    with pytest.raises(ClientError, match="not authorized to perform: kms:Decrypt"):
        own("ssm").get_parameters_by_path(Path="/keyed/b", WithDecryption=True)
    with pytest.raises(ClientError, match="not authorized to perform: kms:Decrypt"):
        own("kms").decrypt(CiphertextBlob=kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"])
    with pytest.raises(ClientError, match="not authorized to perform: kms:Encrypt"):
        own("ssm").put_parameter(Name="/keyed/a/new", Value="x", Type="SecureString", KeyId=key)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "status"),
    [
        ("dynamodb", "get_item", {"TableName": "t", "Key": {}}, "AccessDeniedException", 400),
        ("iam", "list_roles", {}, "AccessDenied", 403),
        ("ec2", "describe_vpcs", {}, "UnauthorizedOperation", 403),
        ("cloudformation", "describe_stacks", {"StackName": "s"}, "AccessDenied", 403),
        ("ecs", "stop_task", {"task": "0" * 32}, "AccessDeniedException", 400),
    ],
)
def test_each_service_refuses_in_its_own_words(
    as_role: Callable[[str], Any],
    service: str,
    operation: str,
    parameters: dict[str, Any],
    code: str,
    status: int,
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(as_role(service), operation)(**parameters)
    answer = refused.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_who_one_is_may_always_be_asked(as_role: Callable[[str], Any]) -> None:
    assert as_role("sts").get_caller_identity()["Arn"].endswith("assumed-role/authority/monday")


def test_a_role_that_is_gone_may_nothing_any_more(cloud: LocalCloud) -> None:
    s3, iam = session(cloud, "soon-gone", EVERYTHING)("s3"), cloud.client("iam")
    s3.list_buckets()
    iam.delete_role_policy(RoleName="soon-gone", PolicyName="test")
    iam.delete_role(RoleName="soon-gone")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_buckets()


def test_what_was_demanded_is_on_record(cloud: LocalCloud, as_role: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError):
        as_role("sqs").receive_message(QueueUrl=f"{cloud.endpoint_url}/123456789012/of-others")
    entries = map(json.loads, cloud.directory.access_record.read_text().splitlines())
    assert [e["allowed"] for e in entries if e.get("action") == "sqs:ReceiveMessage"] == [False]
