"""Why something failed, in the words in which CloudFormation says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import uuid4

from botocore.exceptions import ClientError

from herogate.local.errors import AwsError

CANCELLED_CREATE = "Resource creation cancelled"
CANCELLED_UPDATE = "Resource update cancelled"
USER_INITIATED = "User Initiated"
INITIATED = "Resource creation Initiated"
REPLACEMENT = (
    "Requested update requires the creation of a new physical resource; hence creating one."
)
UNDELETED = "Update successful. One or more resources could not be deleted."


class StackFailure(Exception):
    """The whole stack cannot go on, for a reason that is no single resource's."""


def custom_named(physical_id: str) -> AwsError:
    """A resource with a name of its own cannot stand beside its replacement."""
    return AwsError(
        "ValidationError",
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        f"Rename {physical_id} and update the stack again.",
    )


def failed_resources(created: Sequence[str], updated: Sequence[str]) -> str:
    """The stack's reason when resources failed."""
    parts = []
    if created:
        parts.append(f"The following resource(s) failed to create: [{', '.join(created)}]. ")
    if updated:
        parts.append(f"The following resource(s) failed to update: [{', '.join(updated)}]. ")
    return "".join(parts)


def undeleted_resources(logical_ids: Sequence[str]) -> str:
    """The stack's reason when resources could not be deleted."""
    return f"The following resource(s) failed to delete: [{', '.join(logical_ids)}]. "


def reason(error: Exception, service: str) -> str:
    """The status reason of a resource whose handler raised.

    Args:
        service: botocore's service id of the service called last.
    """
    if isinstance(error, AwsError):
        return error.message
    if isinstance(error, ClientError):
        metadata = error.response.get("ResponseMetadata", {})
        details = error.response.get("Error", {})
        message = (
            f"{details.get('Message', '')} (Service: {_sdk_name(service)}, "
            f"Status Code: {metadata.get('HTTPStatusCode', 0)}, "
            f"Request ID: {metadata.get('RequestId', 'null')})"
        )
        code = handler_error_code(details.get("Code", ""), metadata.get("HTTPStatusCode", 0))
    else:
        message, code = f"{type(error).__name__}: {error}", "InternalFailure"
    return (
        f'Resource handler returned message: "{message}" '
        f"(RequestToken: {uuid4()}, HandlerErrorCode: {code})"
    )


_HANDLER_ERROR_CODES = (
    (r"AlreadyExists|AlreadyOwned|^Duplicate|NameExists|ResourceInUse|Existing", "AlreadyExists"),
    (r"AccessDenied|Unauthorized|NotAuthorized|Forbidden", "AccessDenied"),
    (
        r"InvalidClientToken|UnrecognizedClient|ExpiredToken|Credential|AuthFailure"
        r"|SignatureDoesNotMatch|InvalidSignature",
        "InvalidCredentials",
    ),
    (r"NotFound|NoSuch|DoesNotExist|NonExist", "NotFound"),
    (r"LimitExceeded|^TooMany|QuotaExceeded", "ServiceLimitExceeded"),
    (r"Throttl|RequestLimitExceeded|SlowDown", "Throttling"),
    (r"DeleteConflict|OperationAborted|ConcurrentModification|NotEmpty", "ResourceConflict"),
)


def handler_error_code(code: str, status: int) -> str:
    """CloudFormation's HandlerErrorCode for a service's error code and HTTP status."""
    for pattern, handler_code in _HANDLER_ERROR_CODES:
        if re.search(pattern, code):
            return handler_code
    if status >= 500:
        return "ServiceInternalError"
    return "InvalidRequest" if status >= 400 else "GeneralServiceException"


def _sdk_name(service_id: str) -> str:
    """A service's name as AWS's Java SDK, in which the handlers are written, spells it."""
    words = re.sub(r"[A-Z]{2,}", lambda run: run.group().capitalize(), service_id).split()
    return "".join(word[:1].upper() + word[1:] for word in words)
