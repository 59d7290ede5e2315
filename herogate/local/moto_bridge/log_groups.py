"""Every log group of every region, which no API tells in one. To be called on moto's thread."""

from __future__ import annotations

from collections.abc import Iterator

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.core.utils import unix_time_millis
from moto.logs.models import logs_backends

from herogate.local.moto_bridge.settings import ACCOUNT_ID


def declared() -> Iterator[tuple[str, str, int, int | None]]:
    """Region, name, time of creation (milliseconds) and days of retention of each log group."""
    for region, backend in logs_backends[ACCOUNT_ID].items():
        for name, group in backend.groups.items():
            days = group.retention_in_days
            created = int(unix_time_millis(group.creation_time))
            yield region, name, created, None if days is None else int(days)
