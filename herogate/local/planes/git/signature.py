"""The password that AWS's credential helpers make for git: a signature of the repository's URL. Pure.

``<time>Z<signature>``, signed as ``aws codecommit credential-helper`` and git-remote-codecommit do: over
the method ``GIT``, the URL's path and its host without the port. The user name is the access key's id,
and for a session ``<id>%<token>``. The region is not told, only signed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import botocore.auth
import botocore.credentials
from botocore.awsrequest import AWSRequest

from herogate.local.identity import Credentials

_PASSWORD = re.compile(r"(?P<time>[0-9]{8}T[0-9]{6})Z(?P<signature>[0-9a-f]{64})")
_VALID = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a git client shows instead of a password."""

    access_key_id: str
    session_token: str | None
    timestamp: str
    signature: str

    def is_timely(self, now: datetime) -> bool:
        """Whether it was signed within the last quarter of an hour (or will be, by a hasty clock)."""
        try:
            signed = datetime.strptime(self.timestamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return False
        return abs(now - signed) <= _VALID


def proof(user: str, password: str) -> Proof | None:
    """The signature in a user name and password; None if the password is none."""
    found = _PASSWORD.fullmatch(password)
    if found is None:
        return None
    access_key_id, _, token = user.partition("%")
    return Proof(
        access_key_id=access_key_id,
        session_token=token or None,
        timestamp=found["time"],
        signature=found["signature"],
    )


def signed_region(
    shown: Proof,
    credentials: Credentials,
    *,
    hosts: Iterable[str],
    paths: Iterable[str],
    regions: Iterable[str],
) -> str | None:
    """The region for which the credentials signed one of the paths at one of the hosts, or None."""
    if shown.session_token != credentials.session_token:
        return None
    places = [(host, path) for host in hosts for path in paths]
    for region in regions:
        for host, path in places:
            if hmac.compare_digest(
                _signature(shown, credentials, host, path, region), shown.signature
            ):
                return region
    return None


def _signature(shown: Proof, credentials: Credentials, host: str, path: str, region: str) -> str:
    signer = botocore.auth.SigV4Auth(
        botocore.credentials.Credentials(
            credentials.access_key_id, credentials.secret_access_key, credentials.session_token
        ),
        "codecommit",
        region,
    )
    request = AWSRequest(method="GIT", url=f"https://{host}{path}")
    request.context["timestamp"] = shown.timestamp
    canonical = f"GIT\n{path}\n\nhost:{host}\n\nhost\n"
    return str(signer.signature(signer.string_to_sign(request, canonical), request))
