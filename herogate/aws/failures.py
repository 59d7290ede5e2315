"""What botocore raises, as the user should hear it. The only place that knows botocore's exceptions."""

from __future__ import annotations

from http import HTTPStatus

import botocore.exceptions as botocore
from botocore.parsers import ResponseParserError

from herogate.errors import (
    AccessDenied,
    AwsRefused,
    EndpointUnreachable,
    HerogateError,
    InvalidRequest,
    NoCredentials,
    NoRegion,
    NotThereYet,
    Throttled,
    Unavailable,
)

_ACCESS_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)
_BAD_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_NOT_THERE_YET = "TaskDefinition not found"
"""What ECS says of a definition that was never registered, or a moment ago (remind101/empire#353)."""

_NO_CREDENTIALS = (
    botocore.NoCredentialsError,
    botocore.PartialCredentialsError,
    botocore.CredentialRetrievalError,
    botocore.TokenRetrievalError,
    botocore.MetadataRetrievalError,
    botocore.SSOError,
    botocore.LoginError,
)
_BAD_CONFIGURATION = (
    botocore.ProfileNotFound,
    botocore.ConfigParseError,
    botocore.ConfigNotFound,
    botocore.InvalidConfigError,
    botocore.InvalidRegionError,
    botocore.InvalidEndpointConfigurationError,
)
_NO_ANSWER = (botocore.ConnectionError, botocore.HTTPClientError)

_CREDENTIALS_HINT = (
    "Set AWS_PROFILE or --profile, or sign in with `aws configure` or `aws sso login`.\n"
    "For a cloud on this machine: `herogate local start`."
)
CONFIGURATION_HINT = "See the AWS configuration and --profile."
_ENDPOINT_HINT = (
    "Check the network and the profile's endpoint_url.\n"
    "If it is a local cloud: `herogate local start`."
)


def failure_of(error: Exception, service: str) -> HerogateError:
    """The `HerogateError` that says what `error`, raised by a call to `service`, means.

    An exception that is no failure of the world (parameters that botocore's model rejects) is a bug and
    is raised again as it is.
    """
    if isinstance(error, botocore.ClientError):
        return _refusal(error, service)
    if isinstance(error, _NO_CREDENTIALS):
        return NoCredentials(_sentence(error), _CREDENTIALS_HINT)
    if isinstance(error, botocore.NoRegionError):
        return NoRegion("No AWS region given.", "Name one with --region or AWS_REGION.")
    if isinstance(error, _BAD_CONFIGURATION):
        return InvalidRequest(_sentence(error), CONFIGURATION_HINT)
    if isinstance(error, _NO_ANSWER):
        return _no_answer(error, service)
    if isinstance(error, ResponseParserError):
        return EndpointUnreachable(
            f"What answers for {service} is no AWS endpoint.",
            "Check the profile's endpoint_url and AWS_ENDPOINT_URL.",
        )
    raise error


def _refusal(error: botocore.ClientError, service: str) -> HerogateError:
    answer = error.response.get("Error", {})
    code, reason = answer.get("Code", "Unknown"), answer.get("Message") or "no reason given"
    if code in _BAD_CREDENTIALS:
        return NoCredentials(f"AWS does not accept these credentials: {reason}", _CREDENTIALS_HINT)
    operation = f"{service}:{error.operation_name}"
    if code in _ACCESS_DENIED:
        return AccessDenied(
            operation=operation,
            code=code,
            reason=reason,
            hint="The caller (`herogate whoami`) lacks a permission.",
        )
    return _kind(error, code, reason)(operation=operation, code=code, reason=reason)


def _kind(error: botocore.ClientError, code: str, reason: str) -> type[AwsRefused]:
    if code in _THROTTLED:
        return Throttled
    if reason.startswith(_NOT_THERE_YET):
        return NotThereYet
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return Unavailable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else AwsRefused


def _no_answer(error: Exception, service: str) -> HerogateError:
    endpoint = getattr(error, "kwargs", {}).get("endpoint_url") or f"of {service}"
    endpoint = endpoint.rstrip("/")
    if isinstance(error, botocore.ReadTimeoutError):
        return EndpointUnreachable(
            f"The AWS endpoint {endpoint} takes calls and does not answer them.",
            f"What was asked of it may have been done all the same.\n{_ENDPOINT_HINT}",
        )
    if isinstance(error, botocore.SSLError):
        return EndpointUnreachable(f"The AWS endpoint {endpoint} cannot be trusted: {error}")
    return EndpointUnreachable(f"The AWS endpoint {endpoint} does not answer.", _ENDPOINT_HINT)


def _sentence(error: Exception) -> str:
    text = str(error).strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
