"""Identity policies: what they allow and deny of what a call demands. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from herogate.local.authorization.conditions import Context, arn_like, holds, like, listed

Policy = Mapping[str, Any]

_VARIABLE = re.compile(r"\$\{(aws:[A-Za-z0-9/:_-]+)\}")


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a call needs to be allowed.

    Attributes:
        action: as IAM names it (``s3:GetObject``).
        resource: its ARN; ``*`` where IAM knows nothing narrower; None where it is not known here:
            then any resource that is allowed will do.
        context: what is known of the request.
    """

    action: str
    resource: str | None
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Granted:
    """All that a role has been granted.

    Attributes:
        policies: inline and attached ones.
        boundary: what it can have at most, if that is bounded.
    """

    policies: tuple[Policy, ...]
    boundary: Policy | None = None

    def allows(self, demand: Demand) -> bool:
        """Whether it may be done: something allows it, within the bounds, and nothing denies it."""
        within = self.boundary is None or _decides("Allow", [self.boundary], demand)
        everything = [*self.policies, *([] if self.boundary is None else [self.boundary])]
        return (
            within
            and _decides("Allow", self.policies, demand)
            and not _decides("Deny", everything, demand)
        )

    def asks_for(self, action: str, key: str) -> bool:
        """Whether a statement on an action looks at a condition key that begins so."""
        return any(
            asked.lower().startswith(key)
            for policy in self.policies
            for statement in listed(policy["Statement"])
            if names_action(statement, action)
            for keys in statement.get("Condition", {}).values()
            for asked in keys
        )


def names_action(statement: Policy, action: str) -> bool:
    """Whether a statement is about an action."""
    if "NotAction" in statement:
        return not any(
            like(action.lower(), each.lower()) for each in listed(statement["NotAction"])
        )
    return any(like(action.lower(), each.lower()) for each in listed(statement["Action"]))


def _decides(effect: str, policies: Iterable[Policy], demand: Demand) -> bool:
    return any(
        statement["Effect"] == effect
        and names_action(statement, demand.action)
        and _names_resource(statement, demand)
        and holds(statement.get("Condition", {}), demand.context)
        for policy in policies
        for statement in listed(policy["Statement"])
    )


def _names_resource(statement: Policy, demand: Demand) -> bool:
    if demand.resource is None:
        return statement["Effect"] == "Allow" or "*" in listed(statement.get("Resource", []))
    if "NotResource" in statement:
        return not _is_among(demand.resource, statement["NotResource"], demand.context)
    return _is_among(demand.resource, statement["Resource"], demand.context)


def _is_among(resource: str, patterns: Any, context: Context) -> bool:
    told = (_VARIABLE.sub(lambda found: _value(found, context), each) for each in listed(patterns))
    return any(each == "*" or arn_like(resource, each) for each in told)


def _value(found: re.Match[str], context: Context) -> str:
    """What a policy variable stands for; one that the request does not know matches nothing."""
    return next(iter(context.get(found[1].lower(), ())), found[0])
