"""ECR: the repositories of images."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from herogate.aws.session import Session
from herogate.errors import AwsRefused

_DELETE_LIMIT = 100  # images that one BatchDeleteImage takes


@dataclass(frozen=True, kw_only=True)
class Login:
    """What lets a client into the registry for some hours.

    Attributes:
        registry: its URL.
        password: of the user ``AWS``; never to be shown.
    """

    registry: str
    password: str = field(repr=False)


class ImageRepositories:
    """The image repositories of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("ecr")

    def login(self) -> Login:
        """Log in to the registry of the region."""
        granted = self._service.call("get_authorization_token")["authorizationData"][0]
        _, _, password = base64.b64decode(granted["authorizationToken"]).decode().partition(":")
        return Login(registry=granted["proxyEndpoint"], password=password)

    def delete(self, name: str) -> None:
        """Delete a repository with all its images; one that is gone is no error."""
        try:
            self._service.call("delete_repository", repositoryName=name, force=True)
        except AwsRefused as refusal:
            if refusal.code != "RepositoryNotFoundException":
                raise

    def digests(self, name: str) -> list[str]:
        """The images of a repository, by digest; none if there is no such repository."""
        try:
            listed = self._service.items("list_images", "imageIds", repositoryName=name)
            return sorted({str(image["imageDigest"]) for image in listed})
        except AwsRefused as refusal:
            if refusal.code != "RepositoryNotFoundException":
                raise
            return []

    def delete_images(self, name: str, digests: Sequence[str]) -> None:
        """Delete images of a repository; one that is gone is no error."""
        for start in range(0, len(digests), _DELETE_LIMIT):
            some = digests[start : start + _DELETE_LIMIT]
            self._service.call(
                "batch_delete_image",
                repositoryName=name,
                imageIds=[{"imageDigest": digest} for digest in some],
            )
