"""What may happen to the blobs of a repository: pushed, shared between repositories, swept away.

Refusals are ECR's. A blob that no image refers to is garbage, unless somebody who pushes was told a
short while ago that it is there.
"""

from __future__ import annotations

import time
from collections.abc import Set
from typing import TYPE_CHECKING

from herogate.local.errors import AwsError
from herogate.local.moto_bridge.settings import ACCOUNT_ID
from herogate.local.planes.registry.blobs import Blobs
from herogate.local.planes.registry.records import Layer, Records, Repository
from herogate.local.planes.registry.uploads import Upload, Uploads

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_AWAITED_SECONDS = 3600
"""How long a push may take from a blob to the manifest that refers to it."""


class Layers:
    """The blobs of all repositories."""

    def __init__(self, cloud: Cloud, records: Records, blobs: Blobs, uploads: Uploads) -> None:
        self._cloud = cloud
        self._records = records
        self._blobs = blobs
        self._uploads = uploads

    def find(self, repository: Repository, digest: str) -> Layer | None:
        """A blob that the repository has."""
        return self._records.layer(repository, digest)

    def offer(self, repository: Repository, digest: str) -> Layer | None:
        """`find` for somebody who would push the blob if it were not there: it is kept for a while."""
        layer = self._records.layer(repository, digest)
        if layer is not None:
            self._records.put_layer(repository, digest, layer.size, _awaited())
        return layer

    async def complete(self, repository: Repository, upload: Upload, digest: str) -> None:
        """Make a blob of an upload.

        Raises:
            AwsError: what has arrived is not what the digest says.
        """
        if upload.digest != digest:
            raise AwsError(
                "InvalidLayerException",
                f"The digest of the layer that was uploaded is '{upload.digest}', not '{digest}'",
            )
        async with self._blobs.arriving(digest):
            await self._blobs.adopt(upload.path, digest)
            async with self._cloud.whole():
                self._uploads.end(upload)
                self._records.put_layer(repository, digest, upload.size, _awaited())

    def mount(self, repository: Repository, digest: str, source: Repository) -> bool:
        """Let a repository have a blob of another one of its region; False if that has none such."""
        layer = self._records.layer(source, digest)
        if layer is None or source.region != repository.region:
            return False
        self._records.put_layer(repository, digest, layer.size, _awaited())
        return True

    async def collect(self) -> None:
        """Remove garbage; contents go only after no document on disk speaks of them."""
        async with self._cloud.whole():
            referred = self._records.referred()
            for repository, layer in garbage(list(self._records.layers()), referred, time.time()):
                self._records.drop_layer(repository, layer.digest)
        await self._cloud.kept()
        await self._blobs.sweep(lambda: {layer.digest for _, layer in self._records.layers()})


def garbage(
    layers: list[tuple[Repository, Layer]], referred: Set[tuple[Repository, str]], now: float
) -> list[tuple[Repository, Layer]]:
    """The blobs that no image of their repository refers to and no push waits for."""
    return [
        (repository, layer)
        for repository, layer in layers
        if (repository, layer.digest) not in referred and not layer.is_awaited(now)
    ]


def layers_not_found(repository: Repository, digest: str) -> AwsError:
    """The refusal of a blob that is not there."""
    return AwsError(
        "LayersNotFoundException",
        f"The layer with digest '{digest}' does not exist in the repository with name "
        f"'{repository.name}' in the registry with id '{ACCOUNT_ID}'",
    )


def _awaited() -> float:
    return time.time() + _AWAITED_SECONDS
