"""How a running task or build comes by its role's credentials: it asks for them where SDKs look.

What is issued lives as long as the control process, as those it is issued to do: nothing of it is kept.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from herogate.local.errors import AwsError
from herogate.local.identity import Caller

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_DOOR = "/v4/credentials/"
_LIFETIME = timedelta(hours=1)
"""Of a session; it is what ``Cloud.assume`` is given by STS."""
_SPARE = timedelta(minutes=20)
"""What a session handed out has left at least. SDKs ask anew when fifteen minutes are left."""


@dataclass(frozen=True, kw_only=True)
class Issued:
    """The right to a role's credentials, until it is revoked.

    Attributes:
        id: names it to `RoleCredentials.revoke`.
        environment: the variables by which SDKs find it. They hold a secret.
    """

    id: str
    environment: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class _Session:
    caller: Caller = field(repr=False)
    expiration: datetime

    def lasts(self, now: datetime) -> bool:
        return self.expiration - now >= _SPARE


@dataclass(frozen=True, kw_only=True)
class _Right:
    """Who may be what, on whose behalf: what ``Cloud.assume`` is asked with."""

    role_arn: str
    service: str
    source_arn: str
    session: str
    region: str


@dataclass(kw_only=True)
class _Grant:
    """A right with its secret, and the session that answers at present."""

    right: _Right
    token: str
    session: _Session


class RoleCredentials:
    """What tasks and builds get as credentials. Answers at ``/v4/credentials/<id>``."""

    def __init__(
        self, cloud: Cloud, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._cloud = cloud
        self._now = now
        self._grants: dict[str, _Grant] = {}
        cloud.open_door(_DOOR, self._answer)

    async def issue(
        self, role_arn: str, *, service: str, source_arn: str, session: str, region: str
    ) -> Issued:
        """Let somebody have a role's credentials. The arguments are those of ``Cloud.assume``.

        Raises:
            AwsError: the role is not there, or does not trust the service for this.
        """
        right = _Right(
            role_arn=role_arn,
            service=service,
            source_arn=source_arn,
            session=session,
            region=region,
        )
        first = await self._assume(right)
        identifier, token = secrets.token_hex(16), secrets.token_urlsafe(32)
        self._grants[identifier] = _Grant(right=right, token=token, session=first)
        environment = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self._cloud.endpoint_url}{_DOOR}{identifier}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        }
        return Issued(id=identifier, environment=environment)

    def revoke(self, identifier: str) -> None:
        """Answer no more for this one; a session that was handed out lasts its hour, as on AWS."""
        self._grants.pop(identifier, None)

    async def _answer(self, request: web.BaseRequest, _endpoint_url: str) -> web.StreamResponse:
        if request.method != "GET":
            return _refusal(405, "InvalidMethod", "Credentials are asked for with GET.")
        grant = self._grants.get(request.path.removeprefix(_DOOR))
        if grant is None:
            return _refusal(400, "InvalidIdInRequest", "CredentialsV2Request: ID not found")
        token = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(token, grant.token.encode()):
            return _refusal(403, "AccessDenied", "The authorization token is not the right one.")
        try:
            session = await self._current(grant)
        except AwsError as error:
            return _refusal(error.status, error.code, error.message)
        return web.json_response(_shown(grant.right.role_arn, session))

    async def _current(self, grant: _Grant) -> _Session:
        if not grant.session.lasts(self._now()):
            grant.session = await self._assume(grant.right)
        return grant.session

    async def _assume(self, right: _Right) -> _Session:
        expiration = self._now() + _LIFETIME
        async with self._cloud.whole():
            caller = await self._cloud.calls.assume(**asdict(right))
        return _Session(caller=caller, expiration=expiration)


def _shown(role_arn: str, session: _Session) -> dict[str, str | None]:
    """Credentials in the form that SDKs expect of a container's credentials provider."""
    key = session.caller.credentials
    return {
        "RoleArn": role_arn,
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "Token": key.session_token,
        "Expiration": session.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _refusal(status: int, code: str, message: str) -> web.Response:
    body = {"code": code, "message": message, "HTTPErrorCode": status}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
