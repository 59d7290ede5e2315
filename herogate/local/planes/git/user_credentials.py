"""User names and passwords that IAM makes for one service, kept as digests."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from herogate.local.store import Store

KIND = "iam.service-specific-credential"
"""Documents of credentials, by their id."""

_SALT_BYTES = 16


def sealed(password: str) -> dict[str, str]:
    """What is kept of a password: it is random and long, so a salted digest is beyond guessing."""
    salt = secrets.token_hex(_SALT_BYTES)
    return {"salt": salt, "digest": _digest(salt, password)}


def owner(store: Store, user: str, password: str) -> str | None:
    """The ARN of the IAM user to whom an active credential for CodeCommit belongs, or None."""
    for _, document in store.all(KIND):
        if document["ServiceUserName"] == user and _fits(document, password):
            return str(document["UserArn"])
    return None


def _fits(document: dict[str, Any], password: str) -> bool:
    given = _digest(document["salt"], password)
    return document["Status"] == "Active" and hmac.compare_digest(given, document["digest"])


def _digest(salt: str, password: str) -> str:
    return hashlib.sha256(f"{salt}:{password}".encode()).hexdigest()
