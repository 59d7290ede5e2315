"""The front door: the one HTTP server through which every AWS API call comes.

It lets in only requests that somebody with a key signed for this cloud, finds out who calls what, and
puts the answer on the wire. It knows no service; what an operation does is decided behind it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from herogate.local import denials, messages, signature
from herogate.local.clients import INTERNAL_HEADER
from herogate.local.denials import Denied
from herogate.local.errors import AwsError
from herogate.local.hosts import Hosts
from herogate.local.identity import Caller
from herogate.local.moto_bridge import hooks, wire
from herogate.local.moto_bridge.calls import HttpRequest
from herogate.local.operations import Reply
from herogate.local.services import SERVICES, regions

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.gateway")


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A verified caller and where it is: the region it signed for, the address it used."""

    caller: Caller
    region: str
    service: str
    endpoint_url: str
    internal: bool


Door = Callable[[web.BaseRequest, str], Awaitable[web.StreamResponse]]
"""Answers requests that speak another protocol than AWS's API: git's, a registry's, a task's.

It gets the request, whose Host and Origin were checked, and this cloud's URL as the client addresses
it. Who asks, it finds out itself, and it answers for a change only when that is durable.
"""


class PortUnavailable(Exception):
    """The front door's port cannot be opened; the message is the system's reason."""


class Gateway:
    """Serves the AWS API on a loopback port.

    Args:
        doors: what answers where no signed API call knocks, by the beginning of the path.
        trusted_hosts: further names (``cloud.example.com``, ``cloud.example.com:8443``) under which a
            reverse proxy may address this cloud.
    """

    def __init__(
        self, cloud: Cloud, doors: Mapping[str, Door], trusted_hosts: Iterable[str] = ()
    ) -> None:
        self._cloud = cloud
        self._doors = doors
        self._hosts = Hosts(trusted_hosts)
        self._runner: web.ServerRunner | None = None

    async def open(self, port: int) -> int:
        """Listen on 127.0.0.1; port 0 picks a free one. Returns the port.

        Raises:
            PortUnavailable: somebody has it, or it may not be had.
        """
        logging.getLogger("aiohttp.server").addFilter(_is_of_interest)
        server = web.Server(
            self._answer,
            access_log=None,  # `_log` says who and what
            auto_decompress=False,  # a body is signed, and may be kept, as it was sent
        )
        runner = web.ServerRunner(server)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise PortUnavailable(os.strerror(error.errno or 0)) from error
        self._runner = runner
        return int(runner.addresses[0][1])

    async def open_at(self, path: Path) -> None:
        """Answer at a socket in the file system too, for whoever is led there from elsewhere.

        Raises:
            OSError: it cannot be made.
        """
        if self._runner is None:
            raise RuntimeError("the front door is not open")
        await web.SockSite(self._runner, _socket_at(path)).start()

    async def close(self) -> None:
        """Stop listening; requests under way are finished first."""
        if self._runner is not None:
            await self._runner.cleanup()

    def answers_to(self, host: str) -> bool:
        """Whether this is a name, with or without a port, under which this cloud is addressed."""
        return self._hosts.admits(host)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        door = self._door(request)
        return await (self._answer_call(request) if door is None else self._let_in(request, door))

    def _door(self, request: web.BaseRequest) -> Door | None:
        if request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"):
            return None
        found = (door for path, door in self._doors.items() if request.path.startswith(path))
        return next(found, None)

    async def _let_in(self, request: web.BaseRequest, door: Door) -> web.StreamResponse:
        try:
            self._refuse_browsers(request)
            return await door(request, self._address(request, request.host))
        except AwsError as error:
            return web.Response(status=error.status, text=f"{error.message}\n")
        except (asyncio.CancelledError, ConnectionError, HttpProcessingError):
            raise  # the client has gone, or sends no HTTP
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            return web.Response(status=500, text="The local cloud failed; see its log.\n")

    async def _answer_call(self, request: web.BaseRequest) -> web.StreamResponse:
        request_id = str(uuid.uuid4())
        started = time.monotonic()
        service: str | None = None
        incoming: wire.Incoming | None = None
        caller = "-"
        try:
            self._refuse_browsers(request)
            received = messages.without_body(request)
            claimed = signature.claim(received)
            service = _service(claimed.service)
            known = await self._known(received, claimed)
            received = replace(received, body=await messages.body(request))
            visitor = await self._verify(request, received, claimed, service, known)
            caller = visitor.caller.arn
            incoming = wire.read(service, self._path_style(received, request.host, service))
            reply = await self._cloud.calls.serve(incoming, visitor, request_id)
        except AwsError as error:
            reply = _refusal(service, incoming, error, request_id)
        except (asyncio.CancelledError, ConnectionError, HttpProcessingError):
            raise  # the client has gone, or sends no HTTP
        except Exception:
            log.exception("request %s failed", request_id)
            failure = AwsError(
                "InternalFailure",
                f"The local cloud failed; see its log for {request_id}.",
                status=500,
            )
            reply = _refusal(service, incoming, failure, request_id)
        _log(caller, service, incoming, reply, started)
        return messages.response(request, reply)

    def _refuse_browsers(self, request: web.BaseRequest) -> None:
        """A web page must never get anything done here, whatever it knows or guesses."""
        if "Origin" in request.headers:
            raise AwsError("AccessDenied", "Requests of web pages are not served.", status=403)
        host = request.headers.get("Host", "")
        if not self._hosts.admits(host):
            raise AwsError(
                "AccessDenied",
                f"This cloud does not answer to the host name {host!r}; "
                "behind a reverse proxy, start it with --trust-host.",
                status=403,
            )

    async def _known(self, received: HttpRequest, claimed: signature.Claim) -> Caller:
        """Who claims to have signed, if anybody may have; nobody else gets a body read."""
        signature.check_claim(received, claimed, regions(), datetime.now(UTC))
        try:
            return await self._cloud.moto.run(lambda: hooks.caller(claimed.access_key_id))
        except hooks.UnknownKey as error:
            raise Denied("InvalidClientTokenId", signature.INVALID_TOKEN, status=403) from error
        except hooks.ExpiredKey as error:
            raise Denied(
                "ExpiredToken", "The security token included in the request is expired", status=403
            ) from error

    async def _verify(
        self,
        request: web.BaseRequest,
        received: HttpRequest,
        claimed: signature.Claim,
        service: str,
        known: Caller,
    ) -> Visitor:
        host = await asyncio.to_thread(  # hashing a large body takes its time
            lambda: signature.verify(
                received,
                claimed,
                known.credentials,
                self._hosts.signed({name.lower(): text for name, text in received.headers.items()}),
            )
        )
        return Visitor(
            caller=known,
            region=claimed.region,
            service=service,
            endpoint_url=self._address(request, host),
            internal=self._cloud.is_internal(request.headers.get(INTERNAL_HEADER)),
        )

    def _address(self, request: web.BaseRequest, host: str) -> str:
        """This cloud's URL under the host that the client addressed."""
        forwarded = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
        return f"{'https' if forwarded == 'https' else 'http'}://{host}"

    def _path_style(self, received: HttpRequest, host: str, service: str) -> HttpRequest:
        """S3 requests that name the bucket in the host, rewritten to name it in the path."""
        bucket = self._hosts.bucket(host)
        if service != "s3" or bucket is None:
            return received
        return replace(received, target=f"/{bucket}{received.target}")


def _socket_at(path: Path) -> socket.socket:
    """A socket that anybody can connect to who can get at the file."""
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(str(path))
        path.chmod(0o666)
    except BaseException:
        listening.close()
        raise
    return listening


def _service(signing_name: str) -> str:
    service = SERVICES.get(signing_name)
    if service is None:
        raise AwsError(
            "NotImplemented", f"The local cloud has no service {signing_name!r}.", status=501
        )
    return service


def _refusal(
    service: str | None, incoming: wire.Incoming | None, error: AwsError, request_id: str
) -> Reply:
    service = service or "sts"
    if isinstance(error, Denied):
        error = denials.in_words_of(service, wire.spoken(service), error)
    return wire.write_error(
        service,
        incoming.operation if incoming else None,
        incoming.protocol if incoming else None,
        error,
        request_id,
    )


def _log(
    caller: str,
    service: str | None,
    incoming: wire.Incoming | None,
    reply: Reply,
    started: float,
) -> None:
    operation = incoming.operation if incoming else "-"
    refusal = f" {reply.error[0]}" if reply.error else ""
    elapsed = (time.monotonic() - started) * 1000
    log.info(
        "%s %s:%s %d%s %.0f ms", caller, service or "-", operation, reply.status, refusal, elapsed
    )


def _is_of_interest(record: logging.LogRecord) -> bool:
    """aiohttp's log without the stack of everybody who sends no HTTP, or goes in the middle of it."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | ConnectionError)
