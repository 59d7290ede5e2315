"""SSM's parameters: under which key each version was put, which moto does not keep.

Moto knows a key as it was written, which may be an alias that has led to another key since. To be called
on moto's thread.
"""

from __future__ import annotations

from typing import Any

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.ssm.models import ssm_backends

from herogate.local.moto_bridge.settings import ACCOUNT_ID

_KEY = "herogate_key"
"""The attribute of moto's parameter that holds the ARN of its key."""


def type_of(region: str, name: str) -> str | None:
    """The type of a parameter; None if it is not there."""
    versions = _versions(region, name)
    return str(versions[-1].parameter_type) if versions else None


def put_under(region: str, name: str, version: int, key_arn: str) -> None:
    """Keep the key of a version that was just put."""
    for found in _versions(region, name):
        if found.version == version:
            setattr(found, _KEY, key_arn)


def key_of(region: str, name: str, version: int) -> str | None:
    """The ARN of a version's key; None if it has none of the account's own."""
    versions = {found.version: found for found in _versions(region, name)}
    return vars(versions[version]).get(_KEY) if version in versions else None


def _versions(region: str, name: str) -> list[Any]:
    parameters = ssm_backends[ACCOUNT_ID][region]._parameters
    return list(parameters[name]) if name in parameters else []
