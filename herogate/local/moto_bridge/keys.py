"""KMS's keys that AWS would not tell of, and moto does. To be called on moto's thread."""

from __future__ import annotations

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.core.utils import utcnow
from moto.kms.models import kms_backends

from herogate.local.moto_bridge.settings import ACCOUNT_ID

MANAGED = "alias/aws/"
"""How the aliases of AWS's own keys begin."""


def forget_deleted(region: str) -> None:
    """Remove a region's keys that are to be deleted by now, which moto keeps, with aliases and tags."""
    backend = kms_backends[ACCOUNT_ID][region]
    for key in list(backend.keys.values()):
        if key.deletion_date is not None and key.deletion_date <= utcnow():
            backend.delete_key(key.id)


def managed(region: str) -> frozenset[str]:
    """The ids of a region's keys that moto makes for services where AWS has its own."""
    keys = kms_backends[ACCOUNT_ID][region].keys.values()
    return frozenset(
        key.id for key in keys if any(alias.startswith(MANAGED) for alias in key.aliases)
    )
