"""Where a template's values are resolved: one stack, at one moment."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final


class Unknown(enum.Enum):
    """The type of `UNKNOWN`."""

    UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that exists only once a resource does. A Scope's callables may return it (for change
sets); whatever is built from it is UNKNOWN too."""


def is_known(value: Any) -> bool:
    """Whether no part of a resolved value is UNKNOWN."""
    if isinstance(value, Mapping):
        return all(map(is_known, value.values()))
    if isinstance(value, list):
        return all(map(is_known, value))
    return value is not UNKNOWN


def pseudo_parameters(
    *,
    account_id: str,
    region: str,
    stack_name: str,
    stack_id: str,
    partition: str = "aws",
    notification_arns: Sequence[str] = (),
) -> dict[str, Any]:
    """The pseudo parameters of a stack by name, but ``AWS::NoValue``, which has no value."""
    return {
        "AWS::AccountId": account_id,
        "AWS::NotificationARNs": list(notification_arns),
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::StackId": stack_id,
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
    }


def _nothing(name: str, *_: str | None) -> Any:
    raise KeyError(name)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where values are resolved: one stack, at one moment.

    Attributes:
        pseudo: see `pseudo_parameters`.
        parameters: what ``Ref`` gives for each parameter (``Parameter.value``).
        conditions: each condition's result.
        mappings: the template's.
        reference: what ``Ref`` gives for a resource, by logical id.
        attribute: what ``Fn::GetAtt`` gives, by logical id and attribute name.
        import_value: the exported value of this name.
        availability_zones: the zones of a region.
        ssm: a plain SSM parameter's value, by name and version (None: the newest).
        ssm_secure: the same for a SecureString, for `reveal`.
        secret: a Secrets Manager value, by secret id, JSON key, version stage and version id, each
            of the last three None when not given; for `reveal`.

    The callables may raise `AwsError`; it passes through.
    """

    pseudo: Mapping[str, Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, bool] = field(default_factory=dict)
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    reference: Callable[[str], Any] = _nothing
    attribute: Callable[[str, str], Any] = _nothing
    import_value: Callable[[str], Any] = _nothing
    availability_zones: Callable[[str], Any] = _nothing
    ssm: Callable[[str, str | None], Any] = _nothing
    ssm_secure: Callable[[str, str | None], str] = _nothing
    secret: Callable[[str, str | None, str | None, str | None], str] = _nothing
