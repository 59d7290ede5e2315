"""Trust policies: which are malformed, and whom they let assume a role."""

from __future__ import annotations

import json
from typing import Any

import pytest

from herogate.local import trust
from herogate.local.errors import AwsError

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/anna"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/deployer"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/laptop"
BUILDS = "codebuild.amazonaws.com"
PROJECT = f"arn:aws:codebuild:eu-west-1:{ACCOUNT}:project/shop"


def policy(principal: Any, **statement: Any) -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [{**allowed, **statement}]}


@pytest.mark.parametrize(
    ("principal", "caller", "allowed"),
    [
        ("*", USER, True),
        ({"AWS": "*"}, SESSION, True),
        ({"AWS": "*"}, BUILDS, False),
        ({"AWS": ACCOUNT}, USER, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, SESSION, True),
        ({"AWS": "999999999999"}, USER, False),
        ({"AWS": USER}, USER, True),
        ({"AWS": f"{USER}s"}, USER, False),
        ({"AWS": [USER, ROLE]}, SESSION, True),
        ({"AWS": SESSION}, SESSION, True),
        ({"AWS": ROLE}, f"arn:aws:sts::{ACCOUNT}:assumed-role/other/deployer", False),
        ({"AWS": ROLE}, "arn:aws:sts::999999999999:assumed-role/deployer/laptop", False),
        ({"Service": BUILDS}, BUILDS, True),
        ({"Service": ["ecs.amazonaws.com", BUILDS]}, BUILDS, True),
        ({"Service": "ecs.amazonaws.com"}, BUILDS, False),
        ({"Service": BUILDS}, USER, False),
    ],
)
def test_a_role_is_assumed_by_whom_its_policy_names(
    principal: Any, caller: str, allowed: bool
) -> None:
    assert trust.allows(policy(principal), caller, {}) is allowed


@pytest.mark.parametrize(
    ("condition", "context", "allowed"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, {"aws:sourceaccount": ACCOUNT}, True),
        ({"StringEquals": {"aws:SourceAccount": ["1", ACCOUNT]}}, {"aws:sourceaccount": "1"}, True),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, {"aws:sourceaccount": "9"}, False),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, {}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}, {}, True),
        ({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}, {}, True),
        ({"StringNotEquals": {"sts:ExternalId": "x"}}, {"sts:externalid": "x"}, False),
        ({"StringLike": {"sts:ExternalId": "a*[1]"}}, {"sts:externalid": "abc[1]"}, True),
        (
            {"ArnLike": {"aws:SourceArn": f"arn:aws:codebuild:*:{ACCOUNT}:project/sh?p"}},
            {"aws:sourcearn": PROJECT},
            True,
        ),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*"}}, {"aws:sourcearn": PROJECT}, False),
        ({"Null": {"sts:ExternalId": "true"}}, {}, True),
        ({"Null": {"sts:ExternalId": "true"}}, {"sts:externalid": "x"}, False),
        (
            {"StringEquals": {"sts:ExternalId": "x"}, "Bool": {"aws:SecureTransport": "true"}},
            {"sts:externalid": "x"},
            False,
        ),
    ],
)
def test_conditions_narrow_a_trust(condition: Any, context: dict[str, str], allowed: bool) -> None:
    assert (
        trust.allows(policy({"Service": BUILDS}, Condition=condition), BUILDS, context) is allowed
    )


def test_a_denial_outweighs_every_permission() -> None:
    everybody = policy("*")["Statement"]
    not_anna = policy({"AWS": USER}, Effect="Deny")["Statement"]
    both = {"Version": "2012-10-17", "Statement": [*everybody, *not_anna]}

    assert [trust.allows(both, caller, {}) for caller in (USER, SESSION)] == [False, True]


def test_a_condition_operator_unknown_here_is_refused_by_name() -> None:
    dated = policy("*", Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})

    with pytest.raises(AwsError, match="the condition operator DateLessThan in a role's policies"):
        trust.allows(dated, USER, {"aws:currenttime": "2026-01-01T00:00:00Z"})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "This policy contains invalid Json"),
        ("[]", "Syntax errors in policy."),
        ('{"Version": "2012-10-17"}', "Syntax errors in policy."),
        (
            json.dumps({**policy("*"), "Version": "2020-01-01"}),
            "The policy must contain a valid version string.",
        ),
        (json.dumps(policy("*", Effect="Maybe")), "Syntax errors in policy."),
        (json.dumps(policy("everybody")), "Invalid principal in policy."),
        (json.dumps(policy({"AWS": "anna"})), 'Invalid principal in policy: "AWS":"anna"'),
    ],
)
def test_a_malformed_trust_policy_is_refused(document: str, message: str) -> None:
    with pytest.raises(AwsError) as caught:
        trust.read(document)

    assert (caught.value.code, caught.value.message) == ("MalformedPolicyDocument", message)


def test_the_users_and_roles_of_the_account_are_found_in_a_policy() -> None:
    foreign = "arn:aws:iam::999999999999:role/theirs"
    named = policy({"AWS": [USER, ROLE, ACCOUNT, foreign], "Service": BUILDS})

    assert list(trust.principals(named, ACCOUNT)) == [USER, ROLE]
