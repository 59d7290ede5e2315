"""Policies that stand with a thing and name whom they are for: a role's trust, a key's. Pure."""

from __future__ import annotations

import re
from typing import Any

from herogate.local.authorization.conditions import Context, holds, listed
from herogate.local.authorization.policies import Policy, names_action

ACCOUNT = re.compile(r"\d{12}|arn:aws:iam::(\d{12}):root")


def admits(policy: Policy, principal: str, action: str, context: Context) -> bool:
    """Whether a principal may do something by this policy.

    Args:
        principal: a service's name (``codebuild.amazonaws.com``) or the ARN of a user, a role session
            or an account's root.
        context: the request's condition keys, in lower case.
    """
    effects = [
        statement["Effect"]
        for statement in listed(policy["Statement"])
        if names_action(statement, action)
        and _names_principal(statement["Principal"], principal)
        and holds(statement.get("Condition", {}), context)
    ]
    return "Allow" in effects and "Deny" not in effects


def _names_principal(principals: Any, principal: str) -> bool:
    if principals == "*":
        return True
    if principal.endswith(".amazonaws.com"):
        return principal in listed(principals.get("Service", []))
    return any(_is_named(name, principal) for name in listed(principals.get("AWS", [])))


def _is_named(name: str, arn: str) -> bool:
    """Whether a policy's principal `name` means the caller `arn`: exactly, its role, or its account."""
    account = ACCOUNT.fullmatch(name)
    if account:
        return (account.group(1) or name) == arn.split(":")[4]
    return name in {"*", arn} or (":role/" in name and _role(name) == _role(arn))


def _role(arn: str) -> tuple[str, str]:
    """(account, name) of a role, or of the role behind a session; ARNs of sessions show no path."""
    fields = arn.split(":", 5)
    kind, _, path = fields[5].partition("/")
    if kind == "assumed-role":
        return fields[4], path.split("/")[0]
    return fields[4], path.rpartition("/")[2] if kind == "role" else arn
