"""An image as a runtime on this machine takes it: its manifest, its configuration, its layers' files."""

from __future__ import annotations

import asyncio
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from herogate.local.planes.registry.blobs import Blobs
from herogate.local.planes.registry.manifests import Descriptor, Manifest
from herogate.local.planes.registry.records import Image, Records, Repository

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class ImageUnavailable(Exception):
    """There is no such image, or none for this machine; the message is the reason."""


@dataclass(frozen=True, kw_only=True)
class LayerFile:
    """A layer's content on disk, as it was pushed (a tar, compressed as its media type says)."""

    digest: str
    media_type: str
    size: int
    path: Path


@dataclass(frozen=True, kw_only=True)
class PulledImage:
    """An image to be run.

    Attributes:
        manifest: the manifest's JSON document.
        config: the configuration's (``config.config`` is what docker calls Env, Cmd, Entrypoint …).
        layers: lowest first.
    """

    digest: str
    manifest: Mapping[str, Any]
    config: Mapping[str, Any]
    layers: tuple[LayerFile, ...]


async def pull(records: Records, blobs: Blobs, repository: Repository, image: Image) -> PulledImage:
    """The image, or the one in the index that is for this machine.

    Raises:
        ImageUnavailable: the index has none for this machine.
    """
    manifest = _for_this_machine(records, repository, image.manifest)
    if manifest.config is None:
        raise ImageUnavailable(f"{manifest.digest} has no configuration")
    config = await asyncio.to_thread(blobs.path(manifest.config.digest).read_bytes)
    try:
        configuration = json.loads(config)
    except (ValueError, RecursionError):
        configuration = None
    if not isinstance(configuration, dict):
        raise ImageUnavailable(f"{manifest.digest} has a configuration that cannot be read")
    return PulledImage(
        digest=manifest.digest,
        manifest=json.loads(manifest.text),
        config=configuration,
        layers=tuple(
            LayerFile(
                digest=layer.digest,
                media_type=layer.media_type,
                size=layer.size,
                path=blobs.path(layer.digest),
            )
            for layer in manifest.layers
        ),
    )


def _for_this_machine(records: Records, repository: Repository, manifest: Manifest) -> Manifest:
    if not manifest.is_index:
        return manifest
    fitting = [part for part in manifest.images if _fits(part)]
    image = records.image(repository, fitting[0].digest) if fitting else None
    if image is None or image.manifest.is_index:
        raise ImageUnavailable(
            f"no match for platform in manifest {manifest.digest}: linux/{_architecture()}"
        )
    return image.manifest


def _fits(part: Descriptor) -> bool:
    return (part.os, part.architecture) == ("linux", _architecture())


def _architecture() -> str:
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)
