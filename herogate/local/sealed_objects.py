"""S3's objects that are under keys of the account's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from herogate.local import keys
from herogate.local.keys import Key
from herogate.local.moto_bridge import objects
from herogate.local.moto_bridge.keys import MANAGED

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What an object is encrypted with.

    Attributes:
        context_arn: what S3 tells KMS that it is for: the object, or its bucket where one call of KMS
            does for many objects.
    """

    key: Key
    context_arn: str


async def seal(
    cloud: Cloud, region: str, operation: str, parameters: Mapping[str, Any]
) -> Seal | None:
    """The seal of the object that is read or written; None without a key of the account's own.

    Raises:
        AwsError: ``NotFoundException``: there is no such key.
    """
    bucket = parameters["Bucket"]
    name, of_bucket = await cloud.moto.run(
        lambda: (_named(operation, parameters), objects.has_bucket_key(bucket))
    )
    if name is None or f":{MANAGED}" in f":{name}":
        return None
    arn = f"arn:aws:s3:::{bucket}" + ("" if of_bucket else f"/{parameters['Key']}")
    return Seal(key=await keys.find(cloud, region, name), context_arn=arn)


def _named(operation: str, parameters: Mapping[str, Any]) -> str | None:
    """The key as it was written: with the object, with the call, or in the bucket's settings."""
    bucket = parameters["Bucket"]
    if operation == "GetObject":
        return objects.key_of(bucket, parameters["Key"], parameters.get("VersionId"))
    if parameters.get("ServerSideEncryption", "aws:kms") != "aws:kms":
        return None
    return parameters.get("SSEKMSKeyId") or objects.default_key(bucket)
