"""S3: files put into a bucket, and buckets emptied to the last version."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from herogate.aws.session import Session
from herogate.errors import AwsRefused, DestructionFailed

_DELETE_LIMIT = 1000  # keys that one DeleteObjects takes


class Buckets:
    """The buckets of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("s3")

    def put(self, bucket: str, key: str, body: bytes) -> str:
        """Write an object; return its address in the form that CloudFormation reads."""
        self._service.call("put_object", Bucket=bucket, Key=key, Body=body)
        return f"{self._service.endpoint_url}/{bucket}/{key}"

    def has(self, bucket: str, key: str) -> bool:
        """Whether there is an object."""
        try:
            self._service.call("head_object", Bucket=bucket, Key=key)
        except AwsRefused as refusal:
            if refusal.code in {"404", "NoSuchKey"}:
                return False
            raise
        return True

    def clear(self, bucket: str, *, prefix: str = "") -> int:
        """Remove every object under `prefix`, with all versions and delete markers; return how many.

        A bucket that does not exist is empty. Raises `DestructionFailed` naming the first object that
        S3 would not delete.
        """
        removed = 0
        try:
            versions = self._versions(bucket, prefix)
            while batch := list(islice(versions, _DELETE_LIMIT)):
                self._delete(bucket, batch)
                removed += len(batch)
        except AwsRefused as refusal:
            if refusal.code != "NoSuchBucket":
                raise
        return removed

    def _versions(self, bucket: str, prefix: str) -> Iterator[dict[str, str]]:
        for kind in ("Versions", "DeleteMarkers"):
            for item in self._service.items(
                "list_object_versions", kind, Bucket=bucket, Prefix=prefix
            ):
                yield {"Key": item["Key"], "VersionId": item["VersionId"]}

    def _delete(self, bucket: str, batch: list[dict[str, str]]) -> None:
        answer: dict[str, Any] = self._service.call(
            "delete_objects", Bucket=bucket, Delete={"Objects": batch, "Quiet": True}
        )
        for error in answer.get("Errors", []):
            raise DestructionFailed(
                f"S3 did not delete {error['Key']} from {bucket}: {error.get('Message')}"
            )
