"""S3: names of buckets, bucket policies, and the settings every new bucket has on AWS since 2023."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.moto_bridge import hooks
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.sealed_objects import seal

_NAME = re.compile(
    r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?!.*\.\.)(?!.*(\.-|-\.))[a-z0-9.-]{1,61}[a-z0-9]"
)
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_POLICY_BYTES = 20 * 1024

_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_DEFAULT_ENCRYPTION = {
    "Rules": [
        {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": False,
        }
    ]
}


@operation("s3", "CreateBucket")
async def create_bucket(call: Call) -> Reply:
    bucket = call.parameters["Bucket"]
    if not _is_bucket_name(bucket):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.")
    known = await _is_there(call, bucket)
    reply = await call.proceed()
    if reply.ok and not known:
        await _make_private(call, bucket)
    return reply


@operation("s3", "CopyObject")
@operation("s3", "CreateMultipartUpload")
@operation("s3", "GetObject")
@operation("s3", "PutObject")
async def use_object(call: Call) -> Reply:
    try:
        sealed = await seal(call.cloud, call.region, call.operation, call.parameters)
        if sealed is not None:
            sealed.key.check_usable()
    except AwsError as refusal:
        # What KMS refuses to S3, as S3 passes it on.
        raise AwsError(f"KMS.{refusal.code}", refusal.message) from refusal
    return await call.proceed()


@operation("s3", "PostObject")
async def post_object(_: Call) -> Reply:
    raise not_supported("uploads by HTML forms")


@operation("s3", "GetBucketEncryption")
async def get_bucket_encryption(call: Call) -> Reply | Result:
    reply = await call.proceed()
    if reply.error and reply.error[0] == "ServerSideEncryptionConfigurationNotFoundError":
        return {"ServerSideEncryptionConfiguration": _DEFAULT_ENCRYPTION}
    return reply


@operation("s3", "PutBucketPolicy")
async def put_bucket_policy(call: Call) -> Reply:
    bucket, document = call.parameters["Bucket"], call.parameters["Policy"]
    await call.ask("s3", "HeadBucket", Bucket=bucket)
    if len(document) > _POLICY_BYTES:
        raise _malformed(f"Policy exceeds the maximum allowed document size of {_POLICY_BYTES}")
    statements = _statements(document)
    for statement in statements:
        _check_statement(statement, bucket)
    if any(map(_is_public, statements)) and await _blocks_public_policies(call, bucket):
        raise AwsError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"arn:aws:s3:::{bucket}" because public policies are prevented by the BlockPublicPolicy '
            "setting in S3 Block Public Access.",
            status=403,
        )
    return await call.proceed()


@operation("s3", "GetBucketNotificationConfiguration")
async def get_bucket_notification_configuration(call: Call) -> Result:
    """Moto keeps that EventBridge is told, and does not say so."""
    told = (await call.proceed()).granted()
    bucket = call.parameters["Bucket"]
    hears = await call.cloud.moto.run(lambda: hooks.tells_eventbridge(bucket))
    return {**told, **({"EventBridgeConfiguration": {}} if hears else {})}


def _is_bucket_name(name: str) -> bool:
    return (
        _NAME.fullmatch(name) is not None
        and not name.startswith(_RESERVED_PREFIXES)
        and not name.endswith(_RESERVED_SUFFIXES)
    )


async def _is_there(call: Call, bucket: str) -> bool:
    try:
        await call.ask("s3", "HeadBucket", Bucket=bucket)
    except AwsError:
        return False
    return True


async def _make_private(call: Call, bucket: str) -> None:
    await call.ask(
        "s3", "PutPublicAccessBlock", Bucket=bucket, PublicAccessBlockConfiguration=_PRIVATE
    )
    if "ObjectOwnership" not in call.parameters:
        owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        await call.ask("s3", "PutBucketOwnershipControls", Bucket=bucket, OwnershipControls=owner)


def _statements(document: str) -> list[Any]:
    try:
        policy = json.loads(document)
    except ValueError:
        policy = None
    if not isinstance(policy, Mapping):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    if "Statement" not in policy:
        raise _malformed("Missing required field Statement")
    statements = policy["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _check_statement(statement: Any, bucket: str) -> None:
    if not isinstance(statement, Mapping) or statement.get("Effect") not in {"Allow", "Deny"}:
        raise _malformed("Invalid effect")
    if not {"Principal", "NotPrincipal"} & statement.keys():
        raise _malformed("Missing required field Principal")
    if not {"Action", "NotAction"} & statement.keys():
        raise _malformed("Missing required field Action")
    actions = _listed(statement.get("Action", [])) + _listed(statement.get("NotAction", []))
    if not all(action == "*" or action.startswith("s3:") for action in actions):
        raise _malformed("Policy has invalid action")
    resources = _listed(statement.get("Resource", [])) + _listed(statement.get("NotResource", []))
    own = f"arn:aws:s3:::{bucket}"
    if not resources or not all(name == own or name.startswith(f"{own}/") for name in resources):
        raise _malformed("Policy has invalid resource")


def _is_public(statement: Mapping[str, Any]) -> bool:
    """Whether it grants something to everybody; a condition is taken for a narrowing one."""
    principal = statement.get("Principal")
    everybody = principal == "*" or (
        isinstance(principal, Mapping) and "*" in _listed(principal.get("AWS"))
    )
    return statement["Effect"] == "Allow" and everybody and not statement.get("Condition")


async def _blocks_public_policies(call: Call, bucket: str) -> bool:
    try:
        answer = await call.ask("s3", "GetPublicAccessBlock", Bucket=bucket)
    except AwsError:
        return False
    return bool(answer["PublicAccessBlockConfiguration"].get("BlockPublicPolicy"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicy", message)
