"""Who may use the registry: ECR's login tokens, and addresses that are good for one blob for a while."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping

from herogate.local.store import Store

TOKEN_KIND = "ecr.token"  # noqa: S105  (the name of a kind of document)
"""Documents of login tokens still valid, by the token's SHA-256: who may use it, until when."""

USER = "AWS"
"""The one user name that goes with every token."""

_TOKEN_SECONDS = 12 * 3600
_ADDRESS_SECONDS = 3600


class Refused(Exception):
    """Nobody, or somebody whose token is not good (any more)."""

    def __init__(self, *, is_expired: bool = False) -> None:
        super().__init__()
        self.is_expired = is_expired


class Access:
    """Tokens and signed addresses."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = secrets.token_bytes(32)

    def grant(self, caller: str) -> tuple[str, float]:
        """A new token for a caller (an ARN) and until when it is good; only its digest is kept."""
        now = time.time()
        for key, token in list(self._store.all(TOKEN_KIND)):
            if token["expiresAt"] < now:
                self._store.delete(TOKEN_KIND, key)
        password, until = secrets.token_urlsafe(48), now + _TOKEN_SECONDS
        self._store.put(TOKEN_KIND, _digest(password), {"caller": caller, "expiresAt": until})
        return password, until

    def caller(self, authorization: str) -> str:
        """Whose token an Authorization header carries.

        Raises:
            Refused: it carries none that is good.
        """
        kind, _, encoded = authorization.partition(" ")
        if kind.lower() != "basic":
            raise Refused
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            raise Refused from None
        token = self._store.get(TOKEN_KIND, _digest(password))
        if user != USER or token is None:
            raise Refused
        if token["expiresAt"] < time.time():
            raise Refused(is_expired=True)
        return str(token["caller"])

    def signed(self, path: str) -> str:
        """The path with what opens it to everybody for an hour, while this cloud runs."""
        until = str(int(time.time()) + _ADDRESS_SECONDS)
        return f"{path}?until={until}&signature={self._signature(path, until)}"

    def opens(self, path: str, query: Mapping[str, str]) -> bool:
        """Whether the query opens the path now."""
        until, given = query.get("until", ""), query.get("signature", "")
        good = hmac.compare_digest(self._signature(path, until).encode(), given.encode())
        return good and int(until) > time.time()

    def _signature(self, path: str, until: str) -> str:
        return hmac.new(self._key, f"{path}\n{until}".encode(), hashlib.sha256).hexdigest()


def _digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
