"""What requests to CloudFormation say, in the plane's words; and what cannot be honoured, refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call
from herogate.local.planes.cloudformation.records.stack import OnFailure
from herogate.local.planes.cloudformation.requests.request import StackRequest

_BODY_LIMIT = 51_200
_URL_LIMIT = 1_000_000
_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+?)\.(s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?|localhost)")
_PATH_HOST = re.compile(r"s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?|localhost|127\.0\.0\.1")
_UNHONOURED = (
    "ImportExistingResources",
    "NotificationARNs",
    "ResourceTypes",
    "ResourcesToImport",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "StackPolicyURL",
)


def stack_request(call: Call, *, keeps_template: bool = False) -> StackRequest:
    """What CreateStack, UpdateStack or CreateChangeSet asks for.

    Args:
        keeps_template: whether no template means the stack's own.
    """
    given = call.parameters
    _refuse_unhonoured(given)
    deployment = given.get("DeploymentConfig", {})
    body = None
    if not (keeps_template and given.get("UsePreviousTemplate")):
        body = template_body(call)
    return StackRequest(
        name=given["StackName"],
        region=call.region,
        credentials=call.caller.credentials,
        body=body,
        parameters=_parameters(given.get("Parameters", ())),
        tags=_tags(given["Tags"]) if "Tags" in given else None,
        capabilities=tuple(given.get("Capabilities", ())),
        role_arn=given.get("RoleARN"),
        policy=given.get("StackPolicyBody"),
        client_token=given.get("ClientRequestToken"),
        on_failure=on_failure(given),
        timeout_minutes=given.get("TimeoutInMinutes"),
        express=deployment.get("Mode") == "EXPRESS",
        retain_except_on_create=given.get("RetainExceptOnCreate", False),
        termination_protection=given.get("EnableTerminationProtection", False),
    )


def on_failure(given: Mapping[str, Any]) -> OnFailure:
    """What is to become of a stack whose operation fails."""
    if "OnFailure" in given and "DisableRollback" in given:
        raise AwsError(
            "ValidationError", "Only one of DisableRollback and OnFailure can be specified"
        )
    if "OnFailure" in given:
        return OnFailure(given["OnFailure"])
    disabled = given.get("DisableRollback") or given.get("DeploymentConfig", {}).get(
        "DisableRollback"
    )
    return OnFailure.DO_NOTHING if disabled else OnFailure.ROLLBACK


def template_body(call: Call) -> str:
    """The template of a request, inline or in a bucket. To be called in a thread."""
    given = call.parameters
    if ("TemplateBody" in given) is ("TemplateURL" in given):
        raise AwsError("ValidationError", "Either Template URL or Template Body must be specified.")
    if "TemplateURL" in given:
        return _stored(call, given["TemplateURL"])
    body = str(given["TemplateBody"])
    if len(body.encode()) > _BODY_LIMIT:
        raise AwsError(
            "ValidationError",
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_BODY_LIMIT}",
        )
    return body


def _stored(call: Call, url: str) -> str:
    bucket, key = _location(call, url)
    s3 = call.cloud.client("s3", call.region, call.caller.credentials)
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read(_URL_LIMIT + 1)
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        raise AwsError("ValidationError", f"S3 error: {message}") from error
    if len(body) > _URL_LIMIT:
        raise AwsError("ValidationError", f"Template may not exceed {_URL_LIMIT} bytes in size.")
    return str(body.decode())


def _location(call: Call, url: str) -> tuple[str, str]:
    """Bucket and key of a template's URL: AWS's addresses of S3, or this cloud's own."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", unquote(parts.path).lstrip("/")
    own = urlsplit(call.endpoint_url).hostname
    if virtual := _VIRTUAL_HOST.fullmatch(host):
        bucket, key = virtual["bucket"], path
    elif _PATH_HOST.fullmatch(host) or host == own:
        bucket, _, key = path.partition("/")
    else:
        bucket, key = "", ""
    if parts.scheme not in {"http", "https"} or not bucket or not key:
        raise AwsError("ValidationError", "TemplateURL must be a supported URL.")
    return bucket, key


def _refuse_unhonoured(given: Mapping[str, Any]) -> None:
    for name in _UNHONOURED:
        if given.get(name):
            raise not_supported(f"the parameter {name}")
    monitoring = given.get("RollbackConfiguration", {})
    if monitoring.get("RollbackTriggers") or monitoring.get("MonitoringTimeInMinutes"):
        raise not_supported("rollback triggers")
    if given.get("DeploymentMode"):
        raise not_supported("drift-aware change sets")


def _parameters(given: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    return {
        p["ParameterKey"]: None if p.get("UsePreviousValue") else p.get("ParameterValue", "")
        for p in given
    }


def _tags(given: Iterable[Mapping[str, str]]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag in given:
        if tag["Key"] in tags:
            raise AwsError("ValidationError", f"Duplicate tag keys found: {tag['Key']}")
        tags[tag["Key"]] = tag["Value"]
    return tags
