"""What a manifest says: which blobs and which other manifests an image is made of. Pure.

Docker's second schema and OCI's, single images and indexes of them; everything else ECR has not, or has
not any more.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from herogate.local.errors import AwsError

OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"

_IMAGES = frozenset({OCI_IMAGE, DOCKER_IMAGE})
_INDEXES = frozenset({OCI_INDEX, DOCKER_LIST})

LIMIT_BYTES = 4 << 20
"""The largest manifest that ECR takes."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ELSEWHERE = re.compile(
    r"application/vnd\.(docker\.image\.rootfs\.foreign|oci\.image\.layer\.nondistributable)\..*"
)
"""The media types of layers that may be left out of a registry."""


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What a manifest refers to.

    Attributes:
        architecture: of an index's image; empty where the index does not say.
        is_elsewhere: the content is fetched from an address of its own and never pushed.
    """

    digest: str
    size: int
    media_type: str
    os: str = ""
    architecture: str = ""
    is_elsewhere: bool = False


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A manifest as it was pushed, and what it refers to.

    Attributes:
        text: exactly what was pushed, since the digest is of that.
        images: of an index: the manifests in it.
        subject: the digest of the manifest that this one says something about.
    """

    text: str
    media_type: str
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] = ()
    images: tuple[Descriptor, ...] = ()
    subject: str | None = None
    artifact_type: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return digest_of(self.text.encode())

    @property
    def is_index(self) -> bool:
        return self.media_type in _INDEXES

    @property
    def blobs(self) -> tuple[str, ...]:
        """The digests of the blobs that a registry must have for this image."""
        config = () if self.config is None else (self.config,)
        return tuple(part.digest for part in (*config, *self.layers) if not part.is_elsewhere)

    @property
    def layers_bytes(self) -> int:
        """The size of the image's layers, as they were pushed."""
        return sum(layer.size for layer in self.layers)


def digest_of(content: bytes) -> str:
    """The digest by which a content is known."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def is_digest(text: str) -> bool:
    """Whether this is a digest that this registry can check."""
    return _DIGEST.fullmatch(text) is not None


def read(body: bytes, media_type: str | None = None) -> Manifest:
    """Understand a manifest.

    Args:
        media_type: what the client calls it; else the manifest says it itself.

    Raises:
        AwsError: ``InvalidParameterException``: it is none, or of a kind that ECR does not take.
    """
    if len(body) > LIMIT_BYTES:
        raise _invalid(f"Member must have length less than or equal to {LIMIT_BYTES}")
    try:
        text = body.decode()
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _invalid("Invalid JSON syntax") from None
    if not isinstance(document, dict) or document.get("schemaVersion") != 2:
        raise _invalid("Invalid manifest schema version")
    kind = _kind(document, media_type)
    config = _descriptor(document.get("config")) if kind in _IMAGES else None
    return Manifest(
        text=text,
        media_type=kind,
        config=config,
        layers=tuple(_descriptors(document, "layers")) if kind in _IMAGES else (),
        images=tuple(_descriptors(document, "manifests")) if kind in _INDEXES else (),
        subject=_descriptor(document["subject"]).digest if document.get("subject") else None,
        artifact_type=_artifact_type(document, config),
        annotations=_annotations(document),
    )


def _kind(document: Mapping[str, Any], media_type: str | None) -> str:
    said = document.get("mediaType")
    if media_type and said and media_type != said:
        raise _invalid(f"Manifest media type {said!r} is not {media_type!r}")
    kind = media_type or str(said)
    if kind not in _IMAGES | _INDEXES:
        raise AwsError(
            "InvalidParameterException",
            "Invalid parameter at 'imageManifestMediaType' failed to satisfy constraint: "
            f"'must be one of {', '.join(sorted(_IMAGES | _INDEXES))}'",
        )
    return kind


def _descriptors(document: Mapping[str, Any], name: str) -> Iterator[Descriptor]:
    listed = document.get(name)
    if not isinstance(listed, list):
        raise _invalid(f"Missing {name}")
    return map(_descriptor, listed)


def _descriptor(value: Any) -> Descriptor:
    if not isinstance(value, dict):
        raise _invalid("Invalid descriptor")
    digest, size, platform = value.get("digest"), value.get("size"), value.get("platform") or {}
    if not isinstance(digest, str) or not is_digest(digest):
        raise _invalid(f"Invalid digest {digest!r}")
    if not isinstance(size, int) or size < 0 or not isinstance(platform, dict):
        raise _invalid(f"Invalid descriptor of {digest}")
    media_type = str(value.get("mediaType", ""))
    return Descriptor(
        digest=digest,
        size=size,
        media_type=media_type,
        os=str(platform.get("os", "")),
        architecture=str(platform.get("architecture", "")),
        is_elsewhere=bool(value.get("urls")) and _ELSEWHERE.fullmatch(media_type) is not None,
    )


def _artifact_type(document: Mapping[str, Any], config: Descriptor | None) -> str | None:
    said = document.get("artifactType") or (config and config.media_type)
    return str(said) if said else None


def _annotations(document: Mapping[str, Any]) -> dict[str, str]:
    annotations = document.get("annotations") or {}
    if not isinstance(annotations, dict):
        raise _invalid("Invalid annotations")
    return {str(name): str(value) for name, value in annotations.items()}


def _invalid(constraint: str) -> AwsError:
    return AwsError(
        "InvalidParameterException",
        f"Invalid parameter at 'ImageManifest' failed to satisfy constraint: '{constraint}'",
    )
