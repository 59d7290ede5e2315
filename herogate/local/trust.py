"""Who may take on a role: IAM's trust policies, checked and evaluated.

Pure: a policy and a principal in, a decision out. What a role may do once it is taken on is
`herogate.local.authorization`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from herogate.local.authorization.conditions import listed
from herogate.local.authorization.principals import ACCOUNT, admits
from herogate.local.errors import AwsError

Policy = Mapping[str, Any]
Context = Mapping[str, str]
"""Condition keys of a request with their values (``sts:ExternalId``), keys in lower case."""

_ASSUMING = {"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"}
_ALLOWED_ACTIONS = {*_ASSUMING, "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"}
_PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser", "*"}
_ARN_PRINCIPAL = re.compile(r"arn:aws:(iam::\d{12}:(user|role)/|sts::\d{12}:assumed-role/).+")


def read(document: str) -> Policy:
    """The trust policy in `document`.

    Raises:
        AwsError: ``MalformedPolicyDocument``, as CreateRole refuses it.
    """
    try:
        policy = json.loads(document)
    except ValueError:
        raise _malformed("This policy contains invalid Json") from None
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), list | dict):
        raise _malformed("Syntax errors in policy.")
    if policy.get("Version", "2008-10-17") not in {"2012-10-17", "2008-10-17"}:
        raise _malformed("The policy must contain a valid version string.")
    for statement in _statements(policy):
        _check_statement(statement)
    return policy


def principals(policy: Policy, account_id: str) -> Iterator[str]:
    """The ARNs of the account's users and roles that the policy names."""
    own = re.compile(rf"arn:aws:iam::{account_id}:(user|role)/.+")
    for statement in _statements(policy):
        named = statement["Principal"]
        for name in listed(named.get("AWS", []) if isinstance(named, dict) else []):
            if own.fullmatch(name):
                yield name


def allows(policy: Policy, principal: str, context: Context) -> bool:
    """Whether `policy` lets `principal` assume its role.

    Args:
        principal: a service's name (``codebuild.amazonaws.com``) or the ARN of a user, a role session
            or an account's root.
        context: the request's condition keys.
    """
    known = {key: [value] for key, value in context.items()}
    return admits(policy, principal, "sts:AssumeRole", known)


def _statements(policy: Policy) -> list[Any]:
    statements = policy["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in {"Allow", "Deny"}:
        raise _malformed("Syntax errors in policy.")
    for field in ("Resource", "NotResource"):
        if field in statement:
            raise _malformed(f"Has prohibited field {field}")
    if "Principal" not in statement:
        raise _malformed("Missing required field Principal")
    if "Action" not in statement:
        raise _malformed("Missing required field Action")
    if any(action not in {*_ALLOWED_ACTIONS, "sts:*"} for action in listed(statement["Action"])):
        raise _malformed("AssumeRole policy may only specify STS AssumeRole actions.")
    _check_principal(statement["Principal"])


def _check_principal(principal: Any) -> None:
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal or not _PRINCIPALS.issuperset(principal):
        raise _malformed("Invalid principal in policy.")
    for name in listed(principal.get("Service", [])):
        if not re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", str(name)):
            raise _malformed(f'Invalid principal in policy: "SERVICE":"{name}"')
    for name in listed(principal.get("AWS", [])):
        known = name == "*" or ACCOUNT.fullmatch(str(name)) or _ARN_PRINCIPAL.fullmatch(str(name))
        if not known:
            raise _malformed(f'Invalid principal in policy: "AWS":"{name}"')


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message)
