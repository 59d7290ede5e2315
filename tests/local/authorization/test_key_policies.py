"""What key policies admit, as a table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from encryption_keys import OWNERS, policy_for_logs

from herogate.local.authorization import key_policies, principals
from herogate.local.errors import AwsError

LOGS = "logs.us-east-1.amazonaws.com"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/herogate/shop"
USER = "arn:aws:iam::123456789012:user/developer"


@pytest.mark.parametrize(
    ("principal", "action", "group", "admitted"),
    [
        (LOGS, "kms:Decrypt", GROUP, True),
        (LOGS, "kms:GenerateDataKey", GROUP, True),
        (LOGS, "kms:CreateGrant", GROUP, False),
        (LOGS, "kms:Decrypt", GROUP.replace("herogate", "other"), False),
        ("logs.eu-west-1.amazonaws.com", "kms:Decrypt", GROUP, False),
        (USER, "kms:PutKeyPolicy", GROUP, True),
        (USER.replace("1234", "9999"), "kms:PutKeyPolicy", GROUP, False),
    ],
)
def test_a_policy_admits_whom_it_names_to_what_it_names_on_its_conditions(
    principal: str, action: str, group: str, admitted: bool
) -> None:
    context = {"kms:encryptioncontext:aws:logs:arn": [group]}
    policy = policy_for_logs("/herogate/*")
    assert principals.admits(policy, principal, action, context) == admitted


def test_a_denial_wins() -> None:
    denied: Any = {**OWNERS, "Effect": "Deny", "Action": ["kms:Put*"]}
    policy = {"Statement": [OWNERS, denied]}
    assert not principals.admits(policy, USER, "kms:PutKeyPolicy", {})
    assert principals.admits(policy, USER, "kms:GetKeyPolicy", {})


@pytest.mark.parametrize(
    "part",
    [
        {"Effect": "Maybe"},
        {"Principal": "me"},
        {"Principal": {"AWS": 5}},
        {"Action": {}},
        {"Resource": [None]},
        {"Condition": "x"},
        {"Condition": {"Bool": ["x"]}},
    ],
)
def test_what_is_no_statement_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(AwsError, match="Policy contains a statement that is not valid"):
        key_policies.read(json.dumps({"Statement": [OWNERS, {**OWNERS, **part}]}))
