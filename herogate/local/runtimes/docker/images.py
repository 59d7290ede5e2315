"""The images that a docker engine has of a cloud's registry: pulled when they are first run."""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from herogate.local.planes.registry.access import USER
from herogate.local.planes.registry.pulled import PulledImage
from herogate.local.runtimes import image_settings, pulling
from herogate.local.runtimes.docker.engine import Engine, EngineError
from herogate.local.runtimes.image_settings import ImageSettings
from herogate.local.runtimes.runtime import CannotPull, ImageSource

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.runtimes")


@dataclass(frozen=True, kw_only=True)
class EngineImage:
    """An image that an engine has.

    Attributes:
        reference: what the engine calls it.
    """

    digest: str
    reference: str
    settings: ImageSettings

    @property
    def stop_signal(self) -> int:
        """What asks its program to end."""
        return self.settings.stop_signal


class EngineImages:
    """The images of one cloud in an engine.

    Args:
        kept: so many images stay in the engine, beside those that containers have.
    """

    def __init__(self, cloud: Cloud, engine: Engine, *, kept: int = 20) -> None:
        self._cloud = cloud
        self._engine = engine
        self._kept = kept
        self._wanted: dict[str, None] = {}

    async def pull(self, source: ImageSource) -> EngineImage:
        """Have an image in the engine. Raises `CannotPull`."""
        image = await pulling.find(self._cloud.registry, source)
        _check_base(image, source)
        settings = image_settings.of(image)
        reference = f"{self._address}/{source.region}/{source.repository}@{image.digest}"
        self._note(reference)
        try:
            if not await self._engine.has_image(reference):
                await self._engine.pull(reference, self._login())
                await self._prune()
        except EngineError as error:
            raise CannotPull(f'failed to pull image "{source.written}": {error}') from error
        return EngineImage(digest=image.digest, reference=reference, settings=settings)

    @property
    def _address(self) -> str:
        return urlsplit(self._cloud.endpoint_url).netloc

    def _login(self) -> str:
        password, _ = self._cloud.registry.access.grant(self._cloud.root.arn)
        login = {"username": USER, "password": password, "serveraddress": self._address}
        return base64.urlsafe_b64encode(json.dumps(login).encode()).decode()

    def _note(self, reference: str) -> None:
        """Remember when it was wanted last: before it is looked for, so that nobody removes it then."""
        self._wanted.pop(reference, None)
        self._wanted[reference] = None

    async def _prune(self) -> None:
        """Remove the images that nobody has wanted for longest."""
        found = [
            reference
            for image in await self._engine.images()
            for reference in image.get("RepoDigests") or ()
            if reference.startswith(f"{self._address}/")
        ]
        order = {reference: place for place, reference in enumerate(self._wanted)}
        found.sort(key=lambda each: order.get(each, -1))
        for reference in found[: -self._kept]:
            try:
                await self._engine.remove_image(reference)
            except EngineError as error:  # a container has it
                log.info("an image stays in the engine: %s", error)


def _check_base(image: PulledImage, source: ImageSource) -> None:
    if image_settings.is_of_host_base(image):
        name, value = image_settings.HOST_BASE
        raise CannotPull(
            f"{source.written} is of the host base ({name}: {value}) and brings no operating system: "
            "it was built for the process runtime, and this cloud runs in docker. Push a "
            "new commit of the app (an empty one will do)"
        )
