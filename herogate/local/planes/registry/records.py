"""The registry's documents: which repository has which images, tags and layers.

Contents are not here but in files (``blobs.py``); whether a repository exists is ECR's declaration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from herogate.local.moto_bridge.settings import ACCOUNT_ID
from herogate.local.planes.registry import manifests
from herogate.local.planes.registry.manifests import Manifest
from herogate.local.store import Store

_IMAGE = "ecr.image"
"""Manifests, by ``<region>/<repository>@<digest>``."""

_TAG = "ecr.tag"
"""What a tag stands for, by ``<region>/<repository>:<tag>``."""

_LAYER = "ecr.layer"
"""Blobs that a repository has, by ``<region>/<repository>@<digest>``."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository's place: no two regions share one."""

    region: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.region}/{self.name}"

    @property
    def arn(self) -> str:
        return f"arn:aws:ecr:{self.region}:{ACCOUNT_ID}:repository/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image of a repository.

    Attributes:
        tags: in the order in which they were given.
    """

    manifest: Manifest
    pushed_at: float
    tags: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return self.manifest.digest


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A blob of a repository.

    Attributes:
        pushes: how many pushes under way rely on it.
        awaited_until: so long it is kept for them, though no manifest refers to it.
    """

    digest: str
    size: int
    pushes: int = 0
    awaited_until: float = 0

    def is_awaited(self, now: float) -> bool:
        """Whether a push that is under way may still refer to it."""
        return self.pushes > 0 and self.awaited_until >= now


class Records:
    """The registry's documents in the cloud's store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- images ---

    def images(self, repository: Repository) -> list[Image]:
        """Every image, in the order in which they were pushed."""
        tags = self.tags(repository)
        found = [
            _image(document, _standing_for(_split(key)[1], tags))
            for key, document in self._store.all(_IMAGE, f"{repository.key}@")
        ]
        return sorted(found, key=lambda image: (image.pushed_at, image.digest))

    def image(self, repository: Repository, digest: str) -> Image | None:
        """An image by its digest."""
        document = self._store.get(_IMAGE, f"{repository.key}@{digest}")
        if document is None:
            return None
        return _image(document, _standing_for(digest, self.tags(repository)))

    def put_image(self, repository: Repository, manifest: Manifest, pushed_at: float) -> None:
        """Keep a manifest."""
        document = {
            "manifest": manifest.text,
            "mediaType": manifest.media_type,
            "pushedAt": pushed_at,
        }
        self._store.put(_IMAGE, f"{repository.key}@{manifest.digest}", document)

    def drop_image(self, repository: Repository, digest: str) -> None:
        """Forget an image; its tags are the caller's to drop before."""
        self._store.delete(_IMAGE, f"{repository.key}@{digest}")

    # --- tags ---

    def tags(self, repository: Repository) -> dict[str, str]:
        """Digests by tag, in the order in which the tags were given."""
        prefix = f"{repository.key}:"
        given = sorted(self._store.all(_TAG, prefix), key=lambda entry: float(entry[1]["at"]))
        return {key.removeprefix(prefix): str(document["digest"]) for key, document in given}

    def tagged(self, repository: Repository, tag: str) -> str | None:
        """The digest that a tag stands for."""
        document = self._store.get(_TAG, f"{repository.key}:{tag}")
        return None if document is None else str(document["digest"])

    def put_tag(self, repository: Repository, tag: str, digest: str, at: float) -> None:
        """Have a tag stand for a digest, and for no other."""
        self._store.put(_TAG, f"{repository.key}:{tag}", {"digest": digest, "at": at})

    def drop_tag(self, repository: Repository, tag: str) -> None:
        """Forget a tag."""
        self._store.delete(_TAG, f"{repository.key}:{tag}")

    # --- layers ---

    def layer(self, repository: Repository, digest: str) -> Layer | None:
        """A blob that the repository has."""
        document = self._store.get(_LAYER, f"{repository.key}@{digest}")
        return None if document is None else _layer(digest, document)

    def put_layer(self, repository: Repository, digest: str, size: int, until: float) -> None:
        """Let the repository have a blob, for a push that is under way."""
        known = self.layer(repository, digest) or Layer(digest=digest, size=size)
        self._keep(repository, replace(known, pushes=known.pushes + 1, awaited_until=until))

    def drop_layer(self, repository: Repository, digest: str) -> None:
        """Take a blob from the repository."""
        self._store.delete(_LAYER, f"{repository.key}@{digest}")

    def claim_layers(self, repository: Repository, manifest: Manifest) -> None:
        """One push waits no longer to refer to these blobs: here is its manifest."""
        for digest in manifest.blobs:
            layer = self.layer(repository, digest)
            if layer is not None and layer.pushes:
                self._keep(repository, replace(layer, pushes=layer.pushes - 1))

    # --- all of it ---

    def layers(self) -> Iterator[tuple[Repository, Layer]]:
        """Every blob of every repository."""
        for key, document in self._store.all(_LAYER):
            repository, digest = _split(key)
            yield repository, _layer(digest, document)

    def referred(self) -> set[tuple[Repository, str]]:
        """Every blob that some image refers to, by the repository both are in."""
        return {
            (_split(key)[0], blob)
            for key, document in self._store.all(_IMAGE)
            for blob in _image(document, ()).manifest.blobs
        }

    def repositories(self) -> set[Repository]:
        """Every repository that there are documents of."""
        held = [key for kind in (_IMAGE, _LAYER) for key, _ in self._store.all(kind)]
        return {_split(key)[0] for key in held}

    def forget(self, repository: Repository) -> None:
        """Forget all that a repository held."""
        for kind, mark in ((_TAG, ":"), (_IMAGE, "@"), (_LAYER, "@")):
            for key, _ in list(self._store.all(kind, f"{repository.key}{mark}")):
                self._store.delete(kind, key)

    def _keep(self, repository: Repository, layer: Layer) -> None:
        awaited = {"pushes": layer.pushes, "awaitedUntil": layer.awaited_until}
        document = {"size": layer.size, **(awaited if layer.pushes else {})}
        self._store.put(_LAYER, f"{repository.key}@{layer.digest}", document)


def _standing_for(digest: str, tags: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(tag for tag, meant in tags.items() if meant == digest)


def _layer(digest: str, document: Mapping[str, Any]) -> Layer:
    return Layer(
        digest=digest,
        size=document["size"],
        pushes=document.get("pushes", 0),
        awaited_until=document.get("awaitedUntil", 0),
    )


def _image(document: dict[str, object], tags: tuple[str, ...]) -> Image:
    manifest = manifests.read(str(document["manifest"]).encode(), str(document["mediaType"]))
    return Image(manifest=manifest, pushed_at=float(str(document["pushedAt"])), tags=tags)


def _split(key: str) -> tuple[Repository, str]:
    path, _, digest = key.partition("@")
    region, _, name = path.partition("/")
    return Repository(region=region, name=name), digest
