"""Log groups under keys of the account's own: which key opens which event, and whether it still does.

An event stays under the key that its group had when it came. Nothing is encrypted here: what a key would
not open is not given out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from herogate.local import keys
from herogate.local.errors import AwsError, not_supported
from herogate.local.keys import Key
from herogate.local.planes.logs.events import Event

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_KEY = re.compile(r"arn:aws:kms:[a-z0-9-]+:\d{12}:key/.+")
_ALIAS = re.compile(r"arn:aws:kms:[a-z0-9-]+:\d{12}:alias/.+")
_USES = ("kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt")


@dataclass(frozen=True, kw_only=True)
class Encryption:
    """The keys that a group has had.

    Attributes:
        changes: after which event's number it got which key (an ARN; None for CloudWatch's own),
            oldest first.
    """

    changes: tuple[tuple[int, str | None], ...] = ()

    @property
    def keys(self) -> set[str]:
        """The ARNs of all of them."""
        return {key for _, key in self.changes if key is not None}

    def key_of(self, event: Event) -> str | None:
        """The key that an event is under."""
        found = None
        for after, key in self.changes:
            if event.position.number > after:
                found = key
        return found


async def check_key(cloud: Cloud, region: str, group: str, key_arn: str) -> None:
    """Refuse a key that CloudWatch Logs cannot use for a group.

    Raises:
        AwsError: ``InvalidParameterException``: the region has no such key, or it is not enabled;
            ``AccessDeniedException``: its policy does not let CloudWatch Logs use it for this group.
    """
    arn = group_arn(cloud, region, group)
    if _ALIAS.fullmatch(key_arn):
        raise not_supported("log groups under a key's alias")
    key = await _find(cloud, region, key_arn)
    if key is None or not key.state.is_usable:
        raise AwsError("InvalidParameterException", _unusable(arn))
    if not await _admits(cloud, region, key, arn, _USES):
        raise AwsError("AccessDeniedException", _unusable(arn))


async def locked(cloud: Cloud, region: str, group: str, encryption: Encryption) -> set[str]:
    """Those of a group's keys that CloudWatch Logs cannot decrypt with now."""
    arn = group_arn(cloud, region, group)
    found = set()
    for key_arn in encryption.keys:
        key = await _find(cloud, region, key_arn)
        opens = key is not None and key.state.is_usable
        if key is None or not opens or not await _admits(cloud, region, key, arn, _USES[-1:]):
            found.add(key_arn)
    return found


def opened(
    events: Iterable[Event], encryption: Encryption, locked: Collection[str], arn: str
) -> Iterator[Event]:
    """The events of a group. Raises `AwsError` at the first that is under a key that is locked."""
    for event in events:
        if locked and encryption.key_of(event) in locked:
            raise AwsError("AccessDeniedException", _unusable(arn))
        yield event


def group_arn(cloud: Cloud, region: str, group: str) -> str:
    """A log group's ARN as key policies know it."""
    return f"arn:aws:logs:{region}:{cloud.account_id}:log-group:{group}"


async def _find(cloud: Cloud, region: str, key_arn: str) -> Key | None:
    if not _KEY.fullmatch(key_arn):
        return None
    try:
        return await keys.find(cloud, region, key_arn)
    except AwsError:
        return None


async def _admits(cloud: Cloud, region: str, key: Key, arn: str, actions: tuple[str, ...]) -> bool:
    context = {
        "kms:encryptioncontext:aws:logs:arn": [arn],
        "kms:encryptioncontextkeys": ["aws:logs:arn"],
    }
    return await keys.admits(cloud, region, key, f"logs.{region}.amazonaws.com", actions, context)


def _unusable(arn: str) -> str:
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
