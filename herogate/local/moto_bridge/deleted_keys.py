"""KMS's keys whose waiting period is over, which moto keeps for ever. To be called on moto's thread."""

from __future__ import annotations

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.core.utils import utcnow
from moto.kms.models import kms_backends

from herogate.local.moto_bridge.settings import ACCOUNT_ID


def forget(region: str) -> None:
    """Remove a region's keys that are to be deleted by now, with their aliases and tags."""
    backend = kms_backends[ACCOUNT_ID][region]
    for key in list(backend.keys.values()):
        if key.deletion_date is not None and key.deletion_date <= utcnow():
            backend.delete_key(key.id)
