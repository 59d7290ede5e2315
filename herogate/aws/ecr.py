"""ECR: the repositories of images."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.request import urlopen

from herogate.aws.session import Session
from herogate.errors import AwsRefused, EndpointUnreachable

_DELETE_LIMIT = 100  # images that one BatchDeleteImage takes
_DESCRIBE_LIMIT = 100  # images that one BatchGetImage takes
_SETTINGS_LIMIT_BYTES = 4 << 20

_KINDS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
"""What ECR is to give as it was pushed: asked for an image by a tag, it may translate what is not named
(aws/containers-roadmap#1075)."""

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Login:
    """What lets a client into the registry for some hours.

    Attributes:
        registry: its URL.
        password: of the user ``AWS``; never to be shown.
    """

    registry: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image of a repository.

    Attributes:
        manifest: as it was pushed, of whatever kind.
    """

    digest: str
    manifest: str
    media_type: str

    @property
    def settings_digest(self) -> str | None:
        """The blob that describes it; None for a list of several images."""
        config = json.loads(self.manifest).get("config")
        digest = config.get("digest") if isinstance(config, dict) else None
        return digest if isinstance(digest, str) else None

    @property
    def only_digest(self) -> str | None:
        """Of a list the one image that runs, beside what attests to it; None for any other."""
        listed = json.loads(self.manifest).get("manifests", [])
        running = [each for each in listed if each.get("platform", {}).get("os") != "unknown"]
        return str(running[0]["digest"]) if len(running) == 1 else None


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

    def image(self, name: str, *, tag: str = "", digest: str = "") -> Image | None:
        """An image by its tag or its digest; None if it is not there."""
        wanted = {"imageDigest": digest} if digest else {"imageTag": tag}
        found = self._found(name, [wanted])
        return found[0][1] if found else None

    def pushed(self, name: str, tag: str) -> Image | None:
        """What docker has pushed with a tag that nothing else ever had; None if it is not there.

        Where docker keeps images as containerd does (by default since 29), BuildKit's are lists: of an
        image, and of what attests how it was built (docker/build-push-action#755). Of such a list the
        image stays, with a tag of its own: what has none expires.
        """
        image = self.image(name, tag=tag)
        if image is None or image.only_digest is None:
            return image
        only = self.image(name, digest=image.only_digest)
        if only is not None:
            self.tag(name, only, f"{tag}-image")
            self.delete_images(name, [image.digest])
        return only

    def tagged(self, name: str, tags: Collection[str]) -> frozenset[str]:
        """Which of some tags are there."""
        return frozenset(tag for tag, _ in self._found(name, [{"imageTag": tag} for tag in tags]))

    def settings(self, name: str, image: Image) -> Mapping[str, Any] | None:
        """What an image says of itself, as its configuration has it; None for a list of images."""
        if image.settings_digest is None:
            return None
        place = self._service.call(
            "get_download_url_for_layer", repositoryName=name, layerDigest=image.settings_digest
        )["downloadUrl"]
        try:
            with urlopen(place, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - ECR's own
                document = json.loads(answer.read(_SETTINGS_LIMIT_BYTES))
        except (OSError, HTTPException) as error:
            raise EndpointUnreachable(f"ECR's layers cannot be read: {error}.") from error
        except ValueError:
            return None
        return document if isinstance(document, dict) else None

    def tag(self, name: str, image: Image, tag: str) -> None:
        """Give an image of a repository one more tag, which may have been another's."""
        try:
            self._service.call(
                "put_image",
                repositoryName=name,
                imageManifest=image.manifest,
                imageManifestMediaType=image.media_type,
                imageTag=tag,
            )
        except AwsRefused as refusal:
            if refusal.code != "ImageAlreadyExistsException":
                raise

    def _found(self, name: str, wanted: Sequence[Mapping[str, str]]) -> list[tuple[str, Image]]:
        """Images by the tags they were asked for by."""
        answers = [
            self._service.call(
                "batch_get_image",
                repositoryName=name,
                imageIds=wanted[start : start + _DESCRIBE_LIMIT],
                acceptedMediaTypes=_KINDS,
            )
            for start in range(0, len(wanted), _DESCRIBE_LIMIT)
        ]
        return [
            (
                image["imageId"].get("imageTag", ""),
                Image(
                    digest=image["imageId"]["imageDigest"],
                    manifest=image["imageManifest"],
                    media_type=image["imageManifestMediaType"],
                ),
            )
            for answer in answers
            for image in answer["images"]
        ]

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
