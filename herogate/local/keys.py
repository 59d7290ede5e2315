"""KMS keys, as the services see them that encrypt under them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from herogate.local.authorization import principals
from herogate.local.authorization.conditions import Context
from herogate.local.errors import AwsError

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


class KeyState(StrEnum):
    """What a key is ready for."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"
    PENDING_DELETION = "PendingDeletion"

    @property
    def is_usable(self) -> bool:
        """Whether it encrypts and decrypts."""
        return self is KeyState.ENABLED


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key of the account."""

    key_id: str
    arn: str
    state: KeyState

    def check_usable(self) -> None:
        """Raises `AwsError`, as KMS does, unless it encrypts and decrypts now."""
        if not self.state.is_usable:
            raise self.refusal()

    def refusal(self) -> AwsError:
        """What KMS says where this state, which is not `KeyState.ENABLED`, forbids something."""
        if self.state is KeyState.DISABLED:
            return AwsError("DisabledException", f"{self.arn} is disabled.")
        return AwsError("KMSInvalidStateException", f"{self.arn} is pending deletion.")


async def find(cloud: Cloud, region: str, key_id: str) -> Key:
    """The key of this id, ARN, alias, or alias's ARN. Raises `AwsError` as DescribeKey does."""
    answer = await _ask(cloud, region, "DescribeKey", KeyId=key_id)
    found = answer["KeyMetadata"]
    return Key(key_id=found["KeyId"], arn=found["Arn"], state=KeyState(found["KeyState"]))


async def admits(
    cloud: Cloud, region: str, key: Key, principal: str, actions: tuple[str, ...], context: Context
) -> bool:
    """Whether a key's policy lets a principal do all of this with the key."""
    answer = await _ask(cloud, region, "GetKeyPolicy", KeyId=key.key_id, PolicyName="default")
    policy = json.loads(answer["Policy"])
    return all(principals.admits(policy, principal, action, context) for action in actions)


async def _ask(cloud: Cloud, region: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
    return await cloud.calls.perform("kms", operation, parameters, region=region, caller=cloud.root)
