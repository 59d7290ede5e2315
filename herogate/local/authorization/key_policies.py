"""Policies of KMS keys: what KMS takes for one. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from herogate.local.authorization.conditions import listed
from herogate.local.authorization.policies import Policy
from herogate.local.errors import AwsError


def read(document: str) -> Policy:
    """The key policy in a document.

    Raises:
        AwsError: ``MalformedPolicyDocumentException``, as KMS refuses it.
    """
    try:
        policy = json.loads(document)
    except ValueError:
        raise malformed("The new key policy is not valid JSON.") from None
    statements = list(listed(policy.get("Statement", []))) if isinstance(policy, Mapping) else []
    if not statements or not all(map(_is_statement, statements)):
        raise malformed("Policy contains a statement that is not valid.")
    return dict(policy)


def malformed(message: str) -> AwsError:
    """The refusal of a key policy."""
    return AwsError("MalformedPolicyDocumentException", message)


def _is_statement(statement: Any) -> bool:
    return (
        isinstance(statement, Mapping)
        and statement.get("Effect") in {"Allow", "Deny"}
        and statement.keys() >= {"Principal", "Action", "Resource"}
        and _are_texts(statement["Action"], statement["Resource"])
        and (statement["Principal"] == "*" or _is_of_texts(statement["Principal"]))
        and _is_of_comparisons(statement.get("Condition", {}))
    )


def _is_of_comparisons(conditions: Any) -> bool:
    return isinstance(conditions, Mapping) and all(
        isinstance(compared, Mapping) for compared in conditions.values()
    )


def _is_of_texts(principals: Any) -> bool:
    return isinstance(principals, Mapping) and _are_texts(*principals.values())


def _are_texts(*values: Any) -> bool:
    return all(isinstance(each, str) for value in values for each in listed(value))
