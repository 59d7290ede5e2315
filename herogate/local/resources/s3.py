"""S3 buckets with their configurations, and bucket policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource, s3_notation
from herogate.local.resources.outcomes import (
    absence_is_fine,
    already_exists,
    exists,
    undone_on_failure,
)
from herogate.local.resources.requests import changed, document, send
from herogate.local.resources.tags import dropped, listed, of_callers

_DASHED_WEBSITES = {
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
}
"""The older regions, whose website endpoints have a dash before the region."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One of a bucket's configurations: how it is put, and how it is taken away."""

    put: str
    argument: str
    translate: Callable[[Any], Any] = lambda value: value
    remove: str | None = None
    default: Any = None
    """What is put when a template drops the configuration and S3 has no call to remove it."""


_CONFIGURATIONS = {
    "OwnershipControls": Configuration(
        put="put_bucket_ownership_controls",
        argument="OwnershipControls",
        remove="delete_bucket_ownership_controls",
    ),
    "PublicAccessBlockConfiguration": Configuration(
        put="put_public_access_block",
        argument="PublicAccessBlockConfiguration",
        remove="delete_public_access_block",
    ),
    "AccessControl": Configuration(
        put="put_bucket_acl", argument="ACL", translate=s3_notation.canned_acl, default="private"
    ),
    "BucketEncryption": Configuration(
        put="put_bucket_encryption",
        argument="ServerSideEncryptionConfiguration",
        translate=s3_notation.encryption,
        remove="delete_bucket_encryption",
    ),
    "VersioningConfiguration": Configuration(
        put="put_bucket_versioning",
        argument="VersioningConfiguration",
        default={"Status": "Suspended"},
    ),
    "LifecycleConfiguration": Configuration(
        put="put_bucket_lifecycle_configuration",
        argument="LifecycleConfiguration",
        translate=s3_notation.lifecycle,
        remove="delete_bucket_lifecycle",
    ),
    "NotificationConfiguration": Configuration(
        put="put_bucket_notification_configuration",
        argument="NotificationConfiguration",
        translate=s3_notation.notifications,
        default={},
    ),
    "CorsConfiguration": Configuration(
        put="put_bucket_cors",
        argument="CORSConfiguration",
        translate=s3_notation.cors,
        remove="delete_bucket_cors",
    ),
    "WebsiteConfiguration": Configuration(
        put="put_bucket_website",
        argument="WebsiteConfiguration",
        translate=s3_notation.website,
        remove="delete_bucket_website",
    ),
}


@resource("AWS::S3::Bucket", *_CONFIGURATIONS, "BucketName", "Tags")
class Bucket(Handler):
    """A bucket. Its physical id is the name. One that is not empty cannot be deleted, as on AWS."""

    def create(self, context: Context, properties: Properties) -> str:
        s3 = context.client("s3")
        name = str(properties.get("BucketName") or context.physical_name(63, lower=True))
        if self._is_taken(s3, name):
            raise already_exists(self, name)  # in us-east-1 S3 would hand out the owner's own
        place = {"CreateBucketConfiguration": {"LocationConstraint": context.region}}
        s3.create_bucket(Bucket=name, **({} if context.region == "us-east-1" else place))
        with undone_on_failure(self, context, name, properties):
            self._configure(context, name, properties, {})
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        self._configure(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("s3").delete_bucket(Bucket=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        region = context.region
        domain = "amazonaws.com.cn" if context.partition == "aws-cn" else "amazonaws.com"
        site = "s3-website-" if region in _DASHED_WEBSITES else "s3-website."
        return {
            "Arn": f"arn:{context.partition}:s3:::{physical_id}",
            "DomainName": f"{physical_id}.s3.{domain}",
            "DualStackDomainName": f"{physical_id}.s3.dualstack.{region}.{domain}",
            "RegionalDomainName": f"{physical_id}.s3.{region}.{domain}",
            "WebsiteURL": f"http://{physical_id}.{site}{region}.{domain}",
        }

    def _configure(
        self, context: Context, name: str, properties: Properties, previous: Properties
    ) -> None:
        s3 = context.client("s3")
        for key, configuration in _CONFIGURATIONS.items():
            if not changed(key, properties, previous):
                continue
            value = configuration.default
            if key in properties:
                value = configuration.translate(properties[key])
            if value is not None:
                send(s3, configuration.put, {"Bucket": name, configuration.argument: value})
            elif configuration.remove:
                getattr(s3, configuration.remove)(Bucket=name)
        self._tag(s3, context, name, properties, previous)

    def _tag(
        self, s3: Any, context: Context, name: str, properties: Properties, previous: Properties
    ) -> None:
        """S3 takes a bucket's tags as a whole only, so those that others have put are sent again."""
        found = self._tags(s3, name)
        stale = dropped(context, properties, previous)
        kept = {key: value for key, value in found.items() if key not in stale}
        tags = kept | of_callers(context, properties)
        if tags:
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": listed(tags)})
        elif found:
            s3.delete_bucket_tagging(Bucket=name)

    def _tags(self, s3: Any, name: str) -> dict[str, str]:
        found: list[dict[str, str]] = []
        with absence_is_fine():
            found = s3.get_bucket_tagging(Bucket=name)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def _is_taken(self, s3: Any, name: str) -> bool:
        try:
            return exists(s3.head_bucket, Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "403":
                return True
            raise


@resource("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument")
class BucketPolicy(Handler):
    """Who may do what with a bucket. Its physical id is the bucket's name; a bucket has one policy."""

    def create(self, context: Context, properties: Properties) -> str:
        bucket = str(properties["Bucket"])
        s3 = context.client("s3")
        with absence_is_fine():
            s3.get_bucket_policy(Bucket=bucket)
            raise AwsError("AlreadyExists", f"The bucket policy already exists on bucket {bucket}.")
        self._put(s3, properties)
        return bucket

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        self._put(context.client("s3"), properties)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("s3").delete_bucket_policy(Bucket=physical_id)

    def _put(self, s3: Any, properties: Properties) -> None:
        policy = document(properties["PolicyDocument"])
        s3.put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
