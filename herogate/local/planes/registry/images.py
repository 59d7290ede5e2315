"""What may happen to the images of a repository: pushed, tagged, found, deleted.

Refusals are ECR's. Nothing here answers HTTP, and nothing touches contents.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.moto_bridge.settings import ACCOUNT_ID
from herogate.local.planes.registry.manifests import Manifest, is_digest
from herogate.local.planes.registry.records import Image, Records, Repository
from herogate.local.services import regions

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,299}")


class Images:
    """The images of all repositories.

    Args:
        on_deletion: called after images have gone, since contents may have become garbage.
    """

    def __init__(self, cloud: Cloud, records: Records, on_deletion: Callable[[], None]) -> None:
        self._cloud = cloud
        self._records = records
        self._on_deletion = on_deletion

    async def declared(self, repository: Repository) -> Mapping[str, Any]:
        """A repository as it was declared.

        Raises:
            AwsError: ``RepositoryNotFoundException``, or the name is one that no repository has.
        """
        if repository.region not in regions():
            raise repository_not_found(repository)
        answer = await self._cloud.calls.ask(
            "ecr",
            "DescribeRepositories",
            {"repositoryNames": [repository.name]},
            region=repository.region,
            caller=self._cloud.root,
        )
        declared: Mapping[str, Any] = answer["repositories"][0]
        return declared

    async def put(self, repository: Repository, manifest: Manifest, tag: str | None) -> bool:
        """Take an image in, and have a tag stand for it. Returns False if all was so already.

        Raises:
            AwsError: no such repository, contents that are not there, a tag that may not be moved.
        """
        _check_tag(tag)
        declared = await self.declared(repository)
        self._check_contents(repository, manifest)
        stands_for = None if tag is None else self._records.tagged(repository, tag)
        moved = tag is not None and stands_for not in {None, manifest.digest}
        if tag is not None and moved and _is_immutable(declared, tag):
            raise AwsError(
                "ImageTagAlreadyExistsException",
                f"The image tag '{tag}' already exists in the '{repository.name}' repository and "
                "cannot be overwritten because the tag is immutable.",
            )
        self._records.claim_layers(repository, manifest)
        known = self._records.image(repository, manifest.digest) is not None
        if known and (tag is None or stands_for == manifest.digest):
            return False
        now = time.time()
        if not known:
            self._records.put_image(repository, manifest, now)
        if tag is not None:
            self._records.put_tag(repository, tag, manifest.digest, now)
        return True

    def all(self, repository: Repository) -> list[Image]:
        """Every image, in the order in which they were pushed."""
        return self._records.images(repository)

    def tags(self, repository: Repository) -> dict[str, str]:
        """Digests by tag."""
        return self._records.tags(repository)

    def find(self, repository: Repository, reference: str) -> Image | None:
        """An image by a digest or a tag."""
        if is_digest(reference):
            return self._records.image(repository, reference)
        digest = self._records.tagged(repository, reference)
        return None if digest is None else self._records.image(repository, digest)

    def delete(self, repository: Repository, reference: str) -> list[Mapping[str, str]]:
        """Delete an image by digest, with all its tags; by tag that tag, with its last one too.

        Returns the ids of what is gone.

        Raises:
            ImageFailure: there is none, or an index refers to it.
        """
        image = self.find(repository, reference)
        if image is None:
            raise ImageFailure("ImageNotFound", "Requested image not found")
        gone = image.tags if is_digest(reference) else (reference,)
        if set(gone) == set(image.tags):
            self._check_unreferred(repository, image)
            self._records.drop_image(repository, image.digest)
        for tag in gone:
            self._records.drop_tag(repository, tag)
        self._on_deletion()
        untagged: list[Mapping[str, str]] = [{"imageDigest": image.digest}]
        return [{"imageDigest": image.digest, "imageTag": tag} for tag in gone] or untagged

    def forget(self, repository: Repository) -> None:
        """The repository has gone, with everything in it."""
        self._records.forget(repository)
        self._on_deletion()

    def _check_contents(self, repository: Repository, manifest: Manifest) -> None:
        missing = [each for each in manifest.blobs if not self._records.layer(repository, each)]
        if missing:
            raise AwsError(
                "LayersNotFoundException",
                f"Layers with digests '{missing}' required for pushing image into repository with "
                f"name '{repository.name}' in the registry with id '{ACCOUNT_ID}' do not exist",
            )
        absent = [
            each.digest
            for each in manifest.images
            if not self._records.image(repository, each.digest)
        ]
        if absent:
            raise AwsError(
                "ReferencedImagesNotFoundException",
                f"Images with digests '{absent}' required for pushing image into repository with "
                f"name '{repository.name}' in the registry with id '{ACCOUNT_ID}' do not exist",
            )

    def _check_unreferred(self, repository: Repository, image: Image) -> None:
        referring = [
            other.digest
            for other in self._records.images(repository)
            if any(part.digest == image.digest for part in other.manifest.images)
        ]
        if referring:
            raise ImageFailure(
                "ImageReferencedByManifestList",
                f"Requested image referenced by manifest list: [{', '.join(referring)}]",
            )


class ImageFailure(Exception):
    """An image that is not there or cannot be deleted; one of many, so no refusal of the whole call.

    Args:
        code: ECR's ``failureCode``.
        reason: ECR's ``failureReason``.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def repository_not_found(repository: Repository, registry: str = ACCOUNT_ID) -> AwsError:
    """The refusal of a repository that is not there, or of another account's."""
    return AwsError(
        "RepositoryNotFoundException",
        f"The repository with name '{repository.name}' does not exist in the registry with id "
        f"'{registry}'",
    )


def image_not_found(repository: Repository, image_id: Mapping[str, str]) -> AwsError:
    """The refusal of an image that is not there."""
    digest, tag = image_id.get("imageDigest", "null"), image_id.get("imageTag", "null")
    return AwsError(
        "ImageNotFoundException",
        f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within "
        f"the repository with name '{repository.name}' in the registry with id '{ACCOUNT_ID}'",
    )


def _check_tag(tag: str | None) -> None:
    if tag is not None and not _TAG.fullmatch(tag):
        raise AwsError(
            "InvalidParameterException",
            f"Invalid parameter at 'imageTag' failed to satisfy constraint: '{_TAG.pattern}'",
        )


def _is_immutable(declared: Mapping[str, Any], tag: str) -> bool:
    filters = declared.get("imageTagMutabilityExclusionFilters", [])
    excluded = any(fnmatchcase(tag, rule["filter"]) for rule in filters)
    return bool(declared["imageTagMutability"].startswith("IMMUTABLE")) != excluded
