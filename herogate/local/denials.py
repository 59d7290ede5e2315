"""How a request that is not let in is refused: each family of AWS's services has codes of its own.

The codes of the query services (IAM, STS, CloudFormation) are the ones that signatures are checked with;
here they become those of the service that was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from herogate.local.errors import AwsError

_BAD_REQUEST = 400


class Denied(AwsError):
    """Nobody known has signed this request rightly, or somebody who has no right to it."""


@dataclass(frozen=True, kw_only=True)
class _Family:
    """Codes by those of the query services, and the status they come with if it is another."""

    codes: Mapping[str, str]
    status: int | None = None


_JSON = _Family(
    codes={
        "AccessDenied": "AccessDeniedException",
        "ExpiredToken": "ExpiredTokenException",
        "IncompleteSignature": "IncompleteSignatureException",
        "InvalidClientTokenId": "UnrecognizedClientException",
        "MissingAuthenticationToken": "MissingAuthenticationTokenException",
        "RequestExpired": "InvalidSignatureException",
        "SignatureDoesNotMatch": "InvalidSignatureException",
    },
    status=_BAD_REQUEST,
)
_S3 = _Family(
    codes={
        "IncompleteSignature": "AuthorizationHeaderMalformed",
        "InvalidClientTokenId": "InvalidAccessKeyId",
        "RequestExpired": "RequestTimeTooSkewed",
    }
)
_EC2 = _Family(
    codes={"InvalidClientTokenId": "AuthFailure", "SignatureDoesNotMatch": "AuthFailure"},
    status=401,
)
_EC2_RIGHTS = _Family(codes={"AccessDenied": "UnauthorizedOperation"})


def in_words_of(service: str, protocol: str, denied: Denied) -> AwsError:
    """A denial as `service`, which speaks `protocol`, gives it."""
    family = _EC2_RIGHTS if _is_of_rights(service, denied) else _family(service, protocol)
    if family is None or denied.code not in family.codes:
        return denied
    return AwsError(
        family.codes[denied.code], denied.message, status=family.status or denied.status
    )


def _is_of_rights(service: str, denied: Denied) -> bool:
    """Whether EC2 knows who calls, and denies it to them; it answers that with another status."""
    return service == "ec2" and denied.code in _EC2_RIGHTS.codes


def _family(service: str, protocol: str) -> _Family | None:
    if service in {"s3", "ec2"}:
        return _S3 if service == "s3" else _EC2
    return _JSON if protocol in {"json", "smithy-rpc-v2-cbor"} else None
