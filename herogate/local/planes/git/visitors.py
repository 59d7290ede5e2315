"""Who a git client is, by the user name and password it sends, and which repository it means.

The repository's URL names no region. A signature is valid for one region only, which tells it; a
service-specific credential is valid everywhere, so its repository's name must stand in one region.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from herogate.local.errors import AwsError
from herogate.local.moto_bridge import hooks
from herogate.local.planes.git import records, signature, user_credentials
from herogate.local.services import regions

if TYPE_CHECKING:
    from aiohttp import web

    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller


class NoCredentialsGiven(Exception):
    """The client has not said who it is; it is to be asked."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A verified client at a repository."""

    caller_arn: str
    repository_id: str
    repository_arn: str


async def identify(cloud: Cloud, request: web.BaseRequest, endpoint_url: str, name: str) -> Visitor:
    """Who asks for the repository of this name.

    Raises:
        NoCredentialsGiven: nobody says who asks.
        AwsError: 403, nobody known; 404, no such repository.
    """
    user, password = _given(request.headers.get("Authorization", ""))
    shown = signature.proof(user, password)
    if shown is None:
        return _by_password(cloud, user, password, name)
    caller = await _signer(cloud, shown)
    here = [place.region for place in records.places(cloud.store) if place.name == name]
    region = signature.signed_region(
        shown,
        caller.credentials,
        hosts=_hosts(request, endpoint_url),
        paths=_paths(name),
        regions=[*here, *sorted(regions().difference(here))],
    )
    if region is None:
        raise _refused("The signature does not match: wrong key, host or path.")
    return _visitor(cloud, caller.arn, region, name)


def _by_password(cloud: Cloud, user: str, password: str, name: str) -> Visitor:
    arn = user_credentials.owner(cloud.store, user, password)
    if arn is None:
        raise _refused("Neither a signature nor a credential that IAM made for CodeCommit.")
    here = [place.region for place in records.places(cloud.store) if place.name == name]
    if len(here) > 1:
        raise _refused(
            f"{name} is a repository in {', '.join(here)}: "
            "sign with AWS's credential helper to say which."
        )
    return _visitor(cloud, arn, here[0] if here else "", name)


async def _signer(cloud: Cloud, shown: signature.Proof) -> Caller:
    if not shown.is_timely(datetime.now(UTC)):
        raise _refused("The signature has expired.")
    try:
        return await cloud.moto.run(lambda: hooks.caller(shown.access_key_id))
    except hooks.UnknownKey as error:
        raise _refused("The access key is not known.") from error
    except hooks.ExpiredKey as error:
        raise _refused("The session has expired.") from error


def _visitor(cloud: Cloud, caller_arn: str, region: str, name: str) -> Visitor:
    found = records.repository(cloud.store, region, name)
    if found is None:
        raise AwsError("RepositoryDoesNotExistException", f"{name} does not exist", status=404)
    return Visitor(
        caller_arn=caller_arn,
        repository_id=found["repositoryId"],
        repository_arn=f"arn:aws:codecommit:{region}:{cloud.account_id}:{name}",
    )


def _given(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise NoCredentialsGiven
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NoCredentialsGiven from error
    return user, password


def _hosts(request: web.BaseRequest, endpoint_url: str) -> Iterable[str]:
    """The host names, without ports, for which a client may have signed."""
    forwarded = request.headers.get("X-Forwarded-Host", "").split(",")
    named = [
        urlsplit(endpoint_url).hostname,
        *(host.strip().partition(":")[0] for host in forwarded),
    ]
    return [host for host in named if host]


def _paths(name: str) -> Iterable[str]:
    return f"/v1/repos/{name}", f"/v1/repos/{name}/"


def _refused(why: str) -> AwsError:
    return AwsError("AccessDenied", why, status=403)
