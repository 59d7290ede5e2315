"""What a bucket's policy means here. Moto applies every statement, whatever its condition says.

A request over loopback counts as secure transport: it never leaves the machine. Statements with any
other condition are left out, as policies of other resources are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

_SECURE = {"aws:securetransport": "true"}


def install() -> None:
    """Make moto ask `permission` instead of applying the policy as it stands."""
    FakeBucket.get_permission = _permission


def applicable(policy: Mapping[str, Any]) -> dict[str, Any] | None:
    """The policy without the statements whose conditions do not hold; None if none is left."""
    statements = policy.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    kept = [statement for statement in listed if _holds(statement.get("Condition", {}))]
    return {**policy, "Statement": kept} if kept else None


def _permission(bucket: Any, action: str, resource: str) -> Any:
    policy = None if bucket.policy is None else applicable(json.loads(bucket.policy))
    if policy is None:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _holds(conditions: Mapping[str, Mapping[str, Any]]) -> bool:
    return all(
        operator == "Bool" and str(value).lower() == _SECURE.get(key.lower())
        for operator, asked in conditions.items()
        for key, value in asked.items()
    )
