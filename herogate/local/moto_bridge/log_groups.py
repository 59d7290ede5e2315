"""Log groups: all of every region, which no API tells in one; and their keys, which moto cannot change.

To be called on moto's thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.core.utils import unix_time_millis
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import logs_backends
from moto.logs.responses import LogsResponse

from herogate.local.moto_bridge.settings import ACCOUNT_ID


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A log group.

    Attributes:
        created: milliseconds since 1970.
        kms_key: the ARN of the key it is given, if it is one of the account's own.
    """

    region: str
    name: str
    created: int
    retention_days: int | None
    kms_key: str | None


def install() -> None:
    """Give moto the two operations by which a group's key changes."""
    LogsResponse.associate_kms_key = _associate
    LogsResponse.disassociate_kms_key = _disassociate


def declared() -> Iterator[Declared]:
    """Every log group."""
    for region, backend in logs_backends[ACCOUNT_ID].items():
        for name, group in backend.groups.items():
            days = group.retention_in_days
            created = int(unix_time_millis(group.creation_time))
            yield Declared(
                region=region,
                name=name,
                created=created,
                retention_days=None if days is None else int(days),
                kms_key=group.kms_key_id,
            )


def _associate(response: Any) -> str:
    _group(response).kms_key_id = response._get_param("kmsKeyId")
    return "{}"


def _disassociate(response: Any) -> str:
    _group(response).kms_key_id = None
    return "{}"


def _group(response: Any) -> Any:
    name = response._get_param("logGroupName")
    if name not in response.logs_backend.groups:
        raise ResourceNotFoundException()
    return response.logs_backend.groups[name]
