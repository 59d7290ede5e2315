"""What IAM calls an operation of an API, and which of them it scopes to no resource at all.

The latter is AWS's own list, which cfn-lint ships.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from herogate.local import aws_data

_PREFIXES: Mapping[str, str] = {
    "cloudwatch": "cloudwatch",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
}
"""By botocore's name of the service, where it is another."""

_S3: Mapping[str, str] = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
_OF_A_VERSION: Mapping[str, str] = {
    "DeleteObject": "DeleteObjectVersion",
    "GetObject": "GetObjectVersion",
}
"""What S3's actions become where a version is named."""

_UNASKED = frozenset({("sts", "GetCallerIdentity"), ("sts", "AssumeRole")})
"""What nobody needs to be allowed, and what a role's trust policy decides by itself."""


def action(service: str, operation: str, parameters: Mapping[str, Any]) -> str | None:
    """The action that an operation is; None if nobody asks for a right to it."""
    if (service, operation) in _UNASKED:
        return None
    if service == "s3":
        return f"s3:{_of_s3(operation, parameters)}"
    return f"{_PREFIXES.get(service, service)}:{operation}"


def is_scoped(action: str) -> bool:
    """Whether IAM lets an action be scoped to a resource; what it does not know, it might."""
    service, _, name = action.partition(":")
    known = _services().get(service, {}).get("Actions", {}).get(name.lower())
    return known is None or bool(known.get("Resources"))


@cache
def _services() -> Mapping[str, Any]:
    file = aws_data.directory() / "AdditionalSpecs" / "Policies.json"
    services: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return services


def _of_s3(operation: str, parameters: Mapping[str, Any]) -> str:
    name = _S3.get(operation, operation)
    objects = parameters.get("Delete", {}).get("Objects", [])
    if "VersionId" in parameters or any("VersionId" in each for each in objects):
        return _OF_A_VERSION.get(name, name)
    return name
