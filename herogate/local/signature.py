"""Signature Version 4, checked from the server's side with botocore's own signer.

A request is authentic when somebody who holds the access key's secret signed this method, target, host,
headers and body within the last quarter of an hour. Nothing is looked up here and nothing is answered.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import botocore.auth
import botocore.credentials
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders

from herogate.local.denials import Denied
from herogate.local.errors import AwsError, not_supported
from herogate.local.identity import Credentials
from herogate.local.moto_bridge.calls import HttpRequest

ALGORITHM = "AWS4-HMAC-SHA256"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_TERMINATOR = "aws4_request"
_SKEW = timedelta(minutes=15)
_WEEK_SECONDS = 7 * 24 * 60 * 60
_UNHASHED = frozenset({"UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_NO_TEXT = re.compile("[\ud800-\udfff]")
"""As bytes appear that were not decoded: nobody signs those."""
_HEADER_NAMES = re.compile(r"[a-z0-9-]+(;[a-z0-9-]+)*")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a request says of its own signature.

    `date`, `region`, `service` (a signing name) and `terminator` are its credential scope.
    `expires_seconds` is a presigned URL's.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str
    session_token: str | None
    expires_seconds: int | None = None


def claim(request: HttpRequest) -> Claim:
    """Read a request's claim, from its Authorization header or its presigned query.

    Raises:
        Denied: MissingAuthenticationToken, or IncompleteSignature where it cannot be read.
        AwsError: InvalidRequest, for the signatures of before 2012 (which boto3 still makes in presigned
            URLs of us-east-1 unless told otherwise).
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = dict(parse_qsl(request.target.partition("?")[2], keep_blank_values=True))
    authorization = headers.get("authorization", "")
    try:
        if authorization.startswith(f"{ALGORITHM} "):
            return _readable(_header_claim(authorization, headers))
        if query.get("X-Amz-Algorithm") == ALGORITHM:
            return _readable(_query_claim(query))
    except (KeyError, ValueError) as error:
        raise Denied("IncompleteSignature", "The request's signature cannot be read.") from error
    if authorization.startswith("AWS ") or "AWSAccessKeyId" in query:
        raise AwsError(
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. "
            f"Please use {ALGORITHM}.",
        )
    raise Denied(
        "MissingAuthenticationToken", "Request is missing Authentication Token", status=403
    )


def check_claim(
    request: HttpRequest, claimed: Claim, regions: Iterable[str], now: datetime
) -> None:
    """Check what needs no secret and no body: the credential scope, the time, which headers are signed.

    Raises:
        Denied: SignatureDoesNotMatch, or RequestExpired.
    """
    _check_scope(claimed, regions)
    _check_time(claimed, now)
    if _NO_TEXT.search("".join([request.target, *request.headers.values()])):
        raise _mismatch()
    unsigned = _unsigned_header(request, claimed)
    if unsigned is not None and claimed.service == "s3":
        raise AwsError(
            "AccessDenied",
            "There were headers present in the request which were not signed",
            status=403,
        )
    if unsigned is not None:
        raise _mismatch(f"'{unsigned}' must be a 'SignedHeader' in the AWS Authorization.")


def verify(
    request: HttpRequest, claimed: Claim, credentials: Credentials, hosts: Iterable[str]
) -> str:
    """Check a claim against its secret; return the host name the client signed, one of `hosts`.

    Raises:
        Denied: SignatureDoesNotMatch (403), with no more detail than AWS gives.
    """
    if claimed.session_token != credentials.session_token:
        raise Denied("InvalidClientTokenId", INVALID_TOKEN, status=403)
    _check_body(request, claimed)
    for host in hosts:
        expected = _signature(request, claimed, credentials, host)
        if hmac.compare_digest(expected, claimed.signature):
            return host
    raise _mismatch()


INVALID_TOKEN = "The security token included in the request is invalid."  # noqa: S105
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)


def _mismatch(message: str = _MISMATCH) -> Denied:
    return Denied("SignatureDoesNotMatch", message, status=403)


def _readable(claimed: Claim) -> Claim:
    if not _SIGNATURE.fullmatch(claimed.signature):
        raise ValueError("no signature")
    if not _HEADER_NAMES.fullmatch(";".join(claimed.signed_headers)):
        raise ValueError("no names of headers")
    return claimed


def _header_claim(authorization: str, headers: Mapping[str, str]) -> Claim:
    fields = dict(
        field.strip().split("=", 1) for field in authorization[len(ALGORITHM) :].split(",")
    )
    key, date, region, service, terminator = fields["Credential"].split("/")
    return Claim(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        terminator=terminator,
        timestamp=headers["x-amz-date"],
        signed_headers=tuple(fields["SignedHeaders"].lower().split(";")),
        signature=fields["Signature"],
        session_token=headers.get("x-amz-security-token"),
    )


def _query_claim(query: Mapping[str, str]) -> Claim:
    key, date, region, service, terminator = query["X-Amz-Credential"].split("/")
    return Claim(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        terminator=terminator,
        timestamp=query["X-Amz-Date"],
        signed_headers=tuple(query["X-Amz-SignedHeaders"].lower().split(";")),
        signature=query["X-Amz-Signature"],
        session_token=query.get("X-Amz-Security-Token"),
        expires_seconds=_expiry(query["X-Amz-Expires"]),
    )


def _expiry(seconds: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", seconds):
        raise _unacceptable_expiry("should be a number")
    if int(seconds) < 0:
        raise _unacceptable_expiry("must be non-negative")
    if int(seconds) > _WEEK_SECONDS:
        raise _unacceptable_expiry(f"must be less than {_WEEK_SECONDS} seconds")
    return int(seconds)


def _unacceptable_expiry(why: str) -> AwsError:
    return AwsError("AuthorizationQueryParametersError", f"X-Amz-Expires {why}")


def _check_scope(claimed: Claim, regions: Iterable[str]) -> None:
    if claimed.terminator != _TERMINATOR:
        raise _mismatch(
            "Credential should be scoped with a valid terminator: "
            f"'{_TERMINATOR}', not '{claimed.terminator}'."
        )
    day = claimed.timestamp[:8]
    if claimed.date != day:
        raise _mismatch(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{claimed.date}' != '{day}', from '{claimed.timestamp}'."
        )
    if claimed.region not in regions:
        raise _mismatch("Credential should be scoped to a valid region.")


def _unsigned_header(request: HttpRequest, claimed: Claim) -> str | None:
    """A header that has to be signed and is not; a session token may be added after signing."""
    signed = {*claimed.signed_headers, "x-amz-security-token"}
    wanted = ["host", *(name for name in request.headers if name.lower().startswith("x-amz-"))]
    return next((name for name in wanted if name.lower() not in signed), None)


def _check_time(claimed: Claim, now: datetime) -> None:
    try:
        signed = datetime.strptime(claimed.timestamp, _TIMESTAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise _mismatch() from error
    if claimed.expires_seconds is None:
        if abs(now - signed) > _SKEW:
            raise Denied("RequestExpired", "Request has expired.", status=403)
    elif not signed - _SKEW <= now <= signed + timedelta(seconds=claimed.expires_seconds):
        raise AwsError("AccessDenied", "Request has expired", status=403)


def _check_body(request: HttpRequest, claimed: Claim) -> None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    declared = headers.get("x-amz-content-sha256")
    if declared is None or declared in _UNHASHED or claimed.expires_seconds is not None:
        return
    if declared.startswith("STREAMING-"):
        raise not_supported(f"the payload {declared}")
    if declared != hashlib.sha256(request.body).hexdigest():
        raise AwsError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def _signature(request: HttpRequest, claimed: Claim, credentials: Credentials, host: str) -> str:
    signer = _signer(claimed, credentials)
    signed = HTTPHeaders()
    for name, value in request.headers.items():
        if name.lower() in claimed.signed_headers and name.lower() != "host":
            signed.add_header(name.lower(), value)
    signed["host"] = host
    aws_request = AWSRequest(
        method=request.method, url=f"http://{host}{_unsigned(request.target)}", data=request.body
    )
    aws_request.headers = signed
    aws_request.context["timestamp"] = claimed.timestamp
    if claimed.expires_seconds is not None and claimed.service == "s3":
        aws_request.headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
    canonical = signer.canonical_request(aws_request)
    return str(signer.signature(signer.string_to_sign(aws_request, canonical), aws_request))


def _unsigned(target: str) -> str:
    path, question, query = target.partition("?")
    kept = [pair for pair in query.split("&") if not pair.startswith("X-Amz-Signature=")]
    return f"{path}{question}{'&'.join(kept)}"


def _signer(claimed: Claim, credentials: Credentials) -> Any:
    kind = _S3Check if claimed.service == "s3" else _Check
    return kind(
        botocore.credentials.Credentials(
            credentials.access_key_id, credentials.secret_access_key, credentials.session_token
        ),
        claimed.service,
        claimed.region,
        claimed.signed_headers,
    )


class _Check(botocore.auth.SigV4Auth):
    """botocore's signer over exactly the headers that the client signed."""

    def __init__(self, credentials: Any, service: str, region: str, names: tuple[str, ...]) -> None:
        super().__init__(credentials, service, region)
        self._names = names

    def headers_to_sign(self, request: Any) -> Any:
        chosen = HTTPHeaders()
        for name in self._names:
            for value in request.headers.get_all(name) or [""]:
                chosen.add_header(name, value)
        return chosen


class _S3Check(_Check):
    """S3's variant: the path is signed as it stands."""

    def _normalize_url_path(self, path: str) -> str:
        return path
