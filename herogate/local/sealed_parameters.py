"""SSM's secrets that are under keys of the account's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from herogate.local.moto_bridge import parameters

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

DEFAULT_KEY = "alias/aws/ssm"
"""What a secret is under without a key of the account's own. Everybody in the account may use it."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A version of a secret.

    Attributes:
        arn: the parameter's.
        key_arn: the ARN of the key that it is under.
    """

    arn: str
    key_arn: str


def arn_of(cloud: Cloud, region: str, name: str) -> str:
    """A parameter's ARN, by its name or the ARN itself."""
    if name.startswith("arn:"):
        return name
    return f"arn:aws:ssm:{region}:{cloud.account_id}:parameter/{name.removeprefix('/')}"


async def sealed(cloud: Cloud, region: str, answered: Sequence[Mapping[str, Any]]) -> list[Sealed]:
    """Those of the parameters in one of SSM's answers that are under keys of the account's own."""

    def keys() -> list[str | None]:
        return [parameters.key_of(region, each["Name"], each["Version"]) for each in answered]

    found = zip(answered, await cloud.moto.run(keys), strict=True)
    return [
        Sealed(arn=arn_of(cloud, region, each["Name"]), key_arn=key)
        for each, key in found
        if key is not None
    ]
