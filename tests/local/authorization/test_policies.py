"""What policies allow and deny, as IAM decides it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from herogate.local.authorization.policies import Demand, Granted

OBJECT = "arn:aws:s3:::bucket/a/key"
READ = Demand(action="s3:GetObject", resource=OBJECT)


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "s3:GetObject", resource: Any = "*", **further: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def granted(*statements: dict[str, Any]) -> Granted:
    return Granted(policies=(policy(*statements),))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow(), True),
        (allow("S3:get*"), True),
        (allow(["s3:PutObject", "s3:GetObject"]), True),
        (allow("s3:GetObjectVersion"), False),
        (allow("s3:GetObject?"), False),
        (allow(resource="arn:aws:s3:::bucket/a/*"), True),
        (allow(resource="arn:aws:s3:::bucket/?/key"), True),
        (allow(resource="arn:aws:s3:::bucket/b/*"), False),
        (allow(resource="arn:aws:s3:::bucket/[a]/key"), False),
        (allow(resource=["arn:aws:s3:::other", OBJECT]), True),
        (allow(resource="arn:aws:*"), False),
        ({"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": OBJECT}, False),
        (allow(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}), False),
    ],
)
def test_a_statement_allows_what_it_names(statement: dict[str, Any], expected: bool) -> None:
    assert granted(statement).allows(READ) is expected


def test_nothing_is_allowed_unless_something_says_so() -> None:
    assert not Granted(policies=()).allows(READ)


def test_a_denial_outweighs_what_is_allowed() -> None:
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/a/*"}
    both = granted(allow("*"), denial)
    assert not both.allows(READ)
    assert both.allows(replace(READ, resource="arn:aws:s3:::bucket/b"))


def test_a_boundary_lets_through_only_what_it_allows_itself() -> None:
    everything = policy(allow("*"))
    bounded = Granted(policies=(everything,), boundary=policy(allow("s3:*")))
    assert bounded.allows(READ)
    assert not bounded.allows(Demand(action="iam:CreateRole", resource="*"))
    assert not Granted(policies=(), boundary=everything).allows(READ)


def test_a_resource_that_is_not_known_may_be_any_that_is_allowed() -> None:
    somewhere = replace(READ, resource=None)
    assert granted(allow(resource=OBJECT)).allows(somewhere)
    assert not granted(allow("s3:PutObject")).allows(somewhere)


def test_a_policy_variable_stands_for_what_the_request_says() -> None:
    own = granted(allow(resource="arn:aws:s3:::bucket/${aws:PrincipalTag/team}/key"))
    assert own.allows(replace(READ, context={"aws:principaltag/team": ["a"]}))
    assert not own.allows(replace(READ, context={"aws:principaltag/team": ["b"]}))
    assert not own.allows(READ)


def test_tags_are_looked_up_only_where_a_statement_on_the_action_asks_for_them() -> None:
    by_tag = allow(Condition={"StringEquals": {"aws:ResourceTag/app": "a"}})
    assert granted(by_tag).asks_for("s3:GetObject", "aws:resourcetag/")
    assert not granted(by_tag, allow("s3:Put*")).asks_for("s3:PutObject", "aws:resourcetag/")
