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
        ImageUnavailable: the index has none for this machine, or the image cannot be run at all.
    """
    manifest = image.manifest
    if manifest.is_index:
        manifest = await asyncio.to_thread(_for_this_machine, records, blobs, repository, manifest)
    elsewhere = [layer.digest for layer in manifest.layers if layer.is_elsewhere]
    if elsewhere:
        raise ImageUnavailable(
            f"{manifest.digest} has layers that are not in the registry: {', '.join(elsewhere)}"
        )
    return PulledImage(
        digest=manifest.digest,
        manifest=json.loads(manifest.text),
        config=await asyncio.to_thread(_configuration, blobs, manifest),
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


def _for_this_machine(
    records: Records, blobs: Blobs, repository: Repository, index: Manifest
) -> Manifest:
    """The image for this machine in an index, or in an index that it refers to."""
    waiting, seen = [index], {index.digest}
    while waiting:
        for part in waiting.pop(0).images:
            image = records.image(repository, part.digest)
            if image is None or part.digest in seen:
                continue
            seen.add(part.digest)
            if image.manifest.is_index:
                waiting.append(image.manifest)
            elif _fits(part, blobs, image.manifest):
                return image.manifest
    raise ImageUnavailable(
        f"no match for platform in manifest {index.digest}: linux/{_architecture()}"
    )


def _fits(part: Descriptor, blobs: Blobs, manifest: Manifest) -> bool:
    """Whether an index's image is for this machine: where the index does not say, by its own word."""
    if part.os or part.architecture:
        return (part.os, part.architecture) == ("linux", _architecture())
    try:
        said = _configuration(blobs, manifest)
    except ImageUnavailable:
        return False
    return (said.get("os"), said.get("architecture")) == ("linux", _architecture())


def _configuration(blobs: Blobs, manifest: Manifest) -> Mapping[str, Any]:
    if manifest.config is None:
        raise ImageUnavailable(f"{manifest.digest} has no configuration")
    try:
        said = json.loads(blobs.path(manifest.config.digest).read_bytes())
    except (OSError, ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ImageUnavailable(f"{manifest.digest} has a configuration that cannot be read")
    return said


def _architecture() -> str:
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)
