"""IAM's refusals of names, documents and quotas, and the service-linked roles."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_cloud import LocalCloud

ACCOUNT = "123456789012"
READ_BUCKETS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def document(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusting(**statement: Any) -> str:
    service = {"Service": "ecs-tasks.amazonaws.com"}
    allowed = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole", **statement}
    return document({key: value for key, value in allowed.items() if value is not None})


INVALID_NAME = (
    "The specified value for roleName is invalid. It must contain only alphanumeric characters "
    "and/or the following: +=,.@_-"
)
INVALID_PATH = (
    "The specified value for path is invalid. It must begin and end with / and contain only "
    "alphanumeric characters and/or / characters."
)
LONG = "a" * 65


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        (
            {"RoleName": LONG},
            "ValidationError",
            f"1 validation error detected: Value '{LONG}' at 'roleName' failed to satisfy "
            "constraint: Member must have length less than or equal to 64",
        ),
        ({"RoleName": "two words"}, "ValidationError", INVALID_NAME),
        ({"Path": "team"}, "ValidationError", INVALID_PATH),
        (
            {"Description": "a" * 1001},
            "ValidationError",
            f"1 validation error detected: Value '{'a' * 1001}' at 'description' failed to satisfy "
            "constraint: Member must have length less than or equal to 1000",
        ),
        (
            {"AssumeRolePolicyDocument": "{"},
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        ),
        (
            {"AssumeRolePolicyDocument": '{"who": "me"}'},
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        ),
        (
            {"AssumeRolePolicyDocument": trusting(Resource="*")},
            "MalformedPolicyDocument",
            "Has prohibited field Resource",
        ),
        (
            {"AssumeRolePolicyDocument": trusting(Principal=None)},
            "MalformedPolicyDocument",
            "Missing required field Principal",
        ),
        (
            {"AssumeRolePolicyDocument": trusting(Action="s3:GetObject")},
            "MalformedPolicyDocument",
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            {"AssumeRolePolicyDocument": trusting(Principal={"Service": "ecs"})},
            "MalformedPolicyDocument",
            'Invalid principal in policy: "SERVICE":"ecs"',
        ),
        (
            {
                "AssumeRolePolicyDocument": trusting(
                    Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/nobody"}
                )
            },
            "MalformedPolicyDocument",
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:role/nobody"',
        ),
        (
            {"PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/none"},
            "NoSuchEntity",
            f"Scope ARN: arn:aws:iam::{ACCOUNT}:policy/none does not exist or is not attachable.",
        ),
    ],
)
def test_a_role_that_aws_refuses_is_refused(
    cloud: LocalCloud, refusal: Any, parameters: dict[str, str], code: str, message: str
) -> None:
    iam = cloud.client("iam")
    good = {"RoleName": "refused-role", "AssumeRolePolicyDocument": trusting()}

    assert refusal(iam.create_role, **{**good, **parameters}) == (code, message)
    assert refusal(iam.get_role, RoleName="refused-role")[0] == "NoSuchEntity"


def test_role_names_differ_by_more_than_case(cloud: LocalCloud, refusal: Any) -> None:
    iam = cloud.client("iam")
    iam.create_role(RoleName="case-role", AssumeRolePolicyDocument=trusting())

    assert refusal(iam.create_role, RoleName="Case-Role", AssumeRolePolicyDocument=trusting()) == (
        "EntityAlreadyExists",
        "Role with name Case-Role already exists.",
    )


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{", "This policy contains invalid Json"),
        (
            document({**READ_BUCKETS, "Principal": "*"}),
            "Policy document should not specify a principal.",
        ),
        (
            document({"Effect": "Allow", "Action": "s3:GetObject"}),
            "Policy statement must contain resources.",
        ),
    ],
)
def test_a_malformed_identity_policy_is_refused(
    cloud: LocalCloud, refusal: Any, policy: str, message: str
) -> None:
    iam = cloud.client("iam")
    name = f"malformed-{len(message)}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting())
    expected = ("MalformedPolicyDocument", message)

    assert (
        refusal(iam.put_role_policy, RoleName=name, PolicyName="p", PolicyDocument=policy)
        == expected
    )
    assert refusal(iam.create_policy, PolicyName=name, PolicyDocument=policy) == expected
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == []


def test_the_inline_policies_of_a_role_have_a_size_together(
    cloud: LocalCloud, refusal: Any
) -> None:
    iam = cloud.client("iam")
    iam.create_role(RoleName="wordy", AssumeRolePolicyDocument=trusting())
    resources = [f"arn:aws:s3:::{'b' * 50}{number}" for number in range(80)]
    policy = document({**READ_BUCKETS, "Resource": resources})
    iam.put_role_policy(RoleName="wordy", PolicyName="first", PolicyDocument=policy)

    assert refusal(
        iam.put_role_policy, RoleName="wordy", PolicyName="second", PolicyDocument=policy
    ) == ("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role wordy")
    iam.put_role_policy(RoleName="wordy", PolicyName="first", PolicyDocument=policy)


def test_a_managed_policy_has_a_size(cloud: LocalCloud, refusal: Any) -> None:
    resources = [f"arn:aws:s3:::{'b' * 50}{number}" for number in range(100)]

    assert refusal(
        cloud.client("iam").create_policy,
        PolicyName="too-long",
        PolicyDocument=document({**READ_BUCKETS, "Resource": resources}),
    ) == ("LimitExceeded", "Cannot exceed quota for PolicySize: 6144")


def test_an_attached_policy_and_the_role_it_is_attached_to_stay(
    cloud: LocalCloud, refusal: Any
) -> None:
    iam = cloud.client("iam")
    iam.create_role(RoleName="attached", AssumeRolePolicyDocument=trusting())
    policy = iam.create_policy(PolicyName="attached", PolicyDocument=document(READ_BUCKETS))
    arn = policy["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="attached", PolicyArn=arn)

    assert refusal(iam.delete_policy, PolicyArn=arn) == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    )
    assert refusal(iam.delete_role, RoleName="attached")[0] == "DeleteConflict"

    iam.detach_role_policy(RoleName="attached", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName="attached")
    assert refusal(iam.get_role, RoleName="attached")[0] == "NoSuchEntity"


def test_a_policy_of_aws_can_be_attached(cloud: LocalCloud) -> None:
    iam = cloud.client("iam")
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam.create_role(RoleName="with-aws-policy", AssumeRolePolicyDocument=trusting())
    iam.attach_role_policy(RoleName="with-aws-policy", PolicyArn=arn)

    attached = iam.list_attached_role_policies(RoleName="with-aws-policy")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonECSTaskExecutionRolePolicy", "PolicyArn": arn}]


def test_a_role_has_at_most_ten_managed_policies(cloud: LocalCloud, refusal: Any) -> None:
    iam = cloud.client("iam")
    iam.create_role(RoleName="loaded", AssumeRolePolicyDocument=trusting())
    arns = [
        iam.create_policy(PolicyName=f"load-{number}", PolicyDocument=document(READ_BUCKETS))[
            "Policy"
        ]["Arn"]
        for number in range(11)
    ]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="loaded", PolicyArn=arn)

    assert refusal(iam.attach_role_policy, RoleName="loaded", PolicyArn=arns[10]) == (
        "LimitExceeded",
        "Cannot exceed quota for PoliciesPerRole: 10",
    )


def test_a_service_linked_role_is_made_once_and_protected(cloud: LocalCloud, refusal: Any) -> None:
    iam = cloud.client("iam")
    name = "AWSServiceRoleForRDS"
    made = iam.create_service_linked_role(AWSServiceName="rds.amazonaws.com")["Role"]

    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/rds.amazonaws.com/{name}"
    assert refusal(iam.create_service_linked_role, AWSServiceName="rds.amazonaws.com") == (
        "InvalidInput",
        f"Service role name {name} has been taken in this account, please try a different suffix.",
    )
    assert refusal(iam.delete_role, RoleName=name) == (
        "UnmodifiableEntity",
        f"Cannot perform the operation on the protected role '{name}' - this role is only "
        "modifiable by rds.amazonaws.com",
    )


def test_an_unknown_service_linked_role_is_refused_by_name(cloud: LocalCloud, refusal: Any) -> None:
    assert refusal(
        cloud.client("iam").create_service_linked_role, AWSServiceName="lex.amazonaws.com"
    ) == (
        "NotImplemented",
        "The local cloud does not support a service-linked role of lex.amazonaws.com.",
    )
