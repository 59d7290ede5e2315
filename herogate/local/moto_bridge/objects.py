"""S3's objects: under which key each lies, as it was written. To be called on moto's thread."""

from __future__ import annotations

from typing import Any

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.s3.models import s3_backends

from herogate.local.moto_bridge.settings import ACCOUNT_ID

_PARTITION = "aws"
_KMS = "aws:kms"


def key_of(bucket: str, name: str, version: str | None) -> str | None:
    """The key of an object; None if it is not there, or under none of KMS's that was named."""
    found = _bucket(bucket)
    versions = found.keys.getlist(name) if found is not None and name in found.keys else []
    wanted = [each for each in versions if version in {None, each.version_id}]
    if not wanted or getattr(wanted[-1], "encryption", None) != _KMS:
        return None
    return _text(wanted[-1].kms_key_id)


def default_key(bucket: str) -> str | None:
    """The key that a bucket gives to objects which come without one."""
    rule = _rule(bucket).get("ApplyServerSideEncryptionByDefault", {})
    return _text(rule.get("KMSMasterKeyID")) if rule.get("SSEAlgorithm") == _KMS else None


def has_bucket_key(bucket: str) -> bool:
    """Whether one call of KMS does for many objects of a bucket."""
    return str(_rule(bucket).get("BucketKeyEnabled", False)).lower() == "true"


def _rule(bucket: str) -> Any:
    found = _bucket(bucket)
    encryption = None if found is None else found.encryption
    return {} if encryption is None else encryption["Rule"]


def _bucket(name: str) -> Any:
    return s3_backends[ACCOUNT_ID][_PARTITION].buckets.get(name)


def _text(key: Any) -> str | None:
    return str(key) if key else None
