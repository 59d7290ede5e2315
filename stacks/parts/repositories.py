"""Where an app's code and images are kept."""

from __future__ import annotations

import json

from troposphere import Tags
from troposphere.codecommit import Repository
from troposphere.ecr import (
    EncryptionConfiguration,
    ImageScanningConfiguration,
    ImageTagMutabilityExclusionFilter,
    LifecyclePolicy,
    Repository as ImageRepository,
)

from stacks import names

_REPLACED_DAYS = 7
_EXPIRING = {
    "rulePriority": 1,
    "description": "Replaced caches: whatever can run has a tag",
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": _REPLACED_DAYS,
    },
    "action": {"type": "expire"},
}


def repository(app: str, tags: Tags) -> Repository:
    """Where the app is pushed to."""
    return Repository(
        "Repository",
        RepositoryName=names.repository(app),
        RepositoryDescription=f"What is pushed to {app}",
        Tags=tags,
    )


def image_repository(app: str, tags: Tags) -> ImageRepository:
    """The app's images: scanned, and a tag once given stays, except those of the layer cache.

    They are encrypted with the account's own key for ECR. Only the ledger knows which images still run,
    and each of these has a tag of its own; what has none is a cache that was replaced, and expires.
    """
    return ImageRepository(
        "ImageRepository",
        RepositoryName=names.image_repository(app),
        EncryptionConfiguration=EncryptionConfiguration(EncryptionType="KMS"),
        ImageScanningConfiguration=ImageScanningConfiguration(ScanOnPush=True),
        ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        ImageTagMutabilityExclusionFilters=[
            ImageTagMutabilityExclusionFilter(
                ImageTagMutabilityExclusionFilterType="WILDCARD",
                ImageTagMutabilityExclusionFilterValue=f"{names.CACHE_TAG}*",
            )
        ],
        LifecyclePolicy=LifecyclePolicy(LifecyclePolicyText=json.dumps({"rules": [_EXPIRING]})),
        Tags=tags,
    )
