"""Roles are assumed by whom their trust policies name, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud

ACCOUNT = "123456789012"
DEVELOPER = f"arn:aws:iam::{ACCOUNT}:user/developer"


def session(cloud: LocalCloud, arn: str, **more: Any) -> Any:
    """An STS client in the assumed role."""
    answer = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="test", **more)
    key = answer["Credentials"]
    return cloud.client(
        "sts",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    )


@pytest.mark.parametrize(
    ("name", "principal"),
    [
        ("by-account", {"AWS": ACCOUNT}),
        ("by-root", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        ("by-user", {"AWS": DEVELOPER}),
        ("by-all", "*"),
        ("by-one-of-two", {"AWS": [DEVELOPER], "Service": "ecs.amazonaws.com"}),
    ],
)
def test_whom_the_trust_policy_names_becomes_the_role(
    cloud: LocalCloud, role_of: Any, name: str, principal: Any
) -> None:
    identity = session(cloud, role_of(name, principal)).get_caller_identity()

    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/test"
    assert identity["Account"] == ACCOUNT


@pytest.mark.parametrize(
    ("name", "principal"),
    [
        ("not-for-services", {"Service": "codebuild.amazonaws.com"}),
        ("not-for-others", {"AWS": "arn:aws:iam::999999999999:root"}),
    ],
)
def test_whom_the_trust_policy_does_not_name_is_refused(
    cloud: LocalCloud, role_of: Any, refusal: Any, name: str, principal: Any
) -> None:
    arn = role_of(name, principal)

    assert refusal(cloud.client("sts").assume_role, RoleArn=arn, RoleSessionName="test") == (
        "AccessDenied",
        f"User: {DEVELOPER} is not authorized to perform: sts:AssumeRole on resource: {arn}",
    )


def test_a_role_that_does_not_exist_is_refused(cloud: LocalCloud, refusal: Any) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/nobody"

    assert refusal(cloud.client("sts").assume_role, RoleArn=arn, RoleSessionName="test") == (
        "AccessDenied",
        f"User: {DEVELOPER} is not authorized to perform: sts:AssumeRole on resource: {arn}",
    )


def test_a_role_assumes_a_role_that_trusts_it(
    cloud: LocalCloud, role_of: Any, refusal: Any
) -> None:
    first = role_of("first-in-chain", {"AWS": ACCOUNT})
    second = role_of("second-in-chain", {"AWS": first})
    in_first = session(cloud, first)

    assumed = in_first.assume_role(RoleArn=second, RoleSessionName="test")
    assert assumed["AssumedRoleUser"]["Arn"].endswith(":assumed-role/second-in-chain/test")
    assert (
        refusal(cloud.client("sts").assume_role, RoleArn=second, RoleSessionName="test")[0]
        == "AccessDenied"
    )


def test_an_external_id_must_be_the_one_asked_for(
    cloud: LocalCloud, role_of: Any, refusal: Any
) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "secret-word"}}
    arn = role_of("with-external-id", {"AWS": ACCOUNT}, Condition=condition)
    sts = cloud.client("sts")

    session(cloud, arn, ExternalId="secret-word").get_caller_identity()
    for given in ({}, {"ExternalId": "guess"}):
        code, _ = refusal(sts.assume_role, RoleArn=arn, RoleSessionName="test", **given)
        assert code == "AccessDenied"


def test_a_session_lasts_no_longer_than_its_role_allows(
    cloud: LocalCloud, role_of: Any, refusal: Any
) -> None:
    arn = role_of("short-lived", {"AWS": ACCOUNT})

    assert refusal(
        cloud.client("sts").assume_role, RoleArn=arn, RoleSessionName="test", DurationSeconds=7200
    ) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


def test_sessions_without_a_role_are_refused_by_name(cloud: LocalCloud, refusal: Any) -> None:
    assert refusal(cloud.client("sts").get_session_token) == (
        "NotImplemented",
        "The local cloud does not support sts:GetSessionToken (sessions without a role).",
    )
