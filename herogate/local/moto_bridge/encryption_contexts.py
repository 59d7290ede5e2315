"""KMS's encryption contexts: moto runs their words together, so that one would open for another."""

from __future__ import annotations

import json
from collections.abc import Mapping

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.kms import utils


def install() -> None:
    """Make moto tell a context's names and values apart."""
    utils._serialize_encryption_context = _written


def _written(encryption_context: Mapping[str, str]) -> bytes:
    return json.dumps(dict(encryption_context), sort_keys=True).encode()
