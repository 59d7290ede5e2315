"""ECR's image store: repositories' images and layers, kept, served and cleared away."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from typing import TYPE_CHECKING

from herogate.local.errors import AwsError
from herogate.local.planes.registry import door_blobs, door_manifests  # noqa: F401  (the door's routes)
from herogate.local.planes.registry.access import Access
from herogate.local.planes.registry.blobs import Blobs
from herogate.local.planes.registry.door import RegistryDoor
from herogate.local.planes.registry.images import Images
from herogate.local.planes.registry.layers import Layers
from herogate.local.planes.registry.pulled import ImageUnavailable, PulledImage, pull
from herogate.local.planes.registry.records import Records, Repository
from herogate.local.planes.registry.uploads import Uploads

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.registry")


class RegistryPlane:
    """What ECR's operations, docker and the runtimes find images in.

    Attributes:
        access: login tokens.
        images, layers, uploads: what the repositories hold.
    """

    def __init__(self, cloud: Cloud) -> None:
        directory = cloud.directory.room("registry")
        self._cloud = cloud
        self._records = Records(cloud.store)
        self._blobs = Blobs(directory / "blobs")
        self._garbage = asyncio.Event()
        self._collector: asyncio.Task[None] | None = None
        self.access = Access(cloud.store)
        self.uploads = Uploads(directory / "uploads", cloud.store)
        self.images = Images(cloud, self._records, self._garbage.set)
        self.layers = Layers(cloud, self._records, self._blobs, self.uploads)
        cloud.open_door("/v2/", RegistryDoor(cloud, self, self._blobs).answer)

    async def start(self) -> None:
        """Take uploads up again, and clear away what a kill has left."""
        self.uploads.recover(time.time())
        for repository in self._records.repositories():
            if not await self._is_declared(repository):
                self._records.forget(repository)
        self._garbage.set()
        self._collector = asyncio.get_running_loop().create_task(self._collect_forever())

    async def stop(self) -> None:
        """Stop clearing away."""
        if self._collector is not None:
            self._collector.cancel()
            await asyncio.gather(self._collector, return_exceptions=True)

    async def image(self, region: str, repository: str, reference: str) -> PulledImage:
        """An image by its tag or digest, to be run on this machine.

        Raises:
            ImageUnavailable: no such repository or image, or none for this machine.
        """
        place = Repository(region=region, name=repository)
        if not await self._is_declared(place):
            raise ImageUnavailable(f"repository {place.name} does not exist in {place.region}")
        image = self.images.find(place, reference)
        if image is None:
            raise ImageUnavailable(f"{place.name} has no image {reference}: not found")
        return await pull(self._records, self._blobs, place, image)

    async def _is_declared(self, repository: Repository) -> bool:
        try:
            await self.images.declared(repository)
        except AwsError:
            return False
        return True

    async def _collect_forever(self) -> None:
        while True:
            await self._garbage.wait()
            self._garbage.clear()
            try:
                await self.layers.collect()
            except (OSError, sqlite3.Error):
                log.exception(
                    "garbage could not be cleared away; it is tried again after the next deletion"
                )
