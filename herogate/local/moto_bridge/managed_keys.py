"""KMS keys that moto makes for a service where AWS has its own. To be called on moto's thread."""

from __future__ import annotations

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.kms.models import kms_backends

from herogate.local.moto_bridge.settings import ACCOUNT_ID

_PREFIX = "alias/aws/"


def ids(region: str) -> frozenset[str]:
    """The ids of a region's."""
    keys = kms_backends[ACCOUNT_ID][region].keys.values()
    return frozenset(key.id for key in keys if any(_is_managed(alias) for alias in key.aliases))


def _is_managed(alias: str) -> bool:
    return alias.startswith(_PREFIX)
