"""Where an app's code and images are kept."""

from __future__ import annotations

from troposphere import Tags
from troposphere.codecommit import Repository
from troposphere.ecr import (
    ImageScanningConfiguration,
    ImageTagMutabilityExclusionFilter,
    Repository as ImageRepository,
)

from stacks import names


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

    No lifecycle rule: only the ledger knows which images still run.
    """
    return ImageRepository(
        "ImageRepository",
        RepositoryName=names.image_repository(app),
        ImageScanningConfiguration=ImageScanningConfiguration(ScanOnPush=True),
        ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        ImageTagMutabilityExclusionFilters=[
            ImageTagMutabilityExclusionFilter(
                ImageTagMutabilityExclusionFilterType="WILDCARD",
                ImageTagMutabilityExclusionFilterValue=f"{names.CACHE_TAG}*",
            )
        ],
        Tags=tags,
    )
