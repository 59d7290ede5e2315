"""Where a runtime finds an image that it is to run: in the cloud's registry, whichever runtime it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from herogate.local.planes.registry.pulled import ImageUnavailable, PulledImage
from herogate.local.runtimes import image_settings
from herogate.local.runtimes.runtime import CannotPull, ImageSource

if TYPE_CHECKING:
    from herogate.local.planes.registry import RegistryPlane


async def find(registry: RegistryPlane, source: ImageSource) -> PulledImage:
    """An image for this machine. Raises `CannotPull`."""
    try:
        image = await registry.image(source.region, source.repository, source.reference)
    except ImageUnavailable as error:
        raise CannotPull(f'failed to resolve reference "{source.written}": {error}') from error
    image_settings.check_platform(image, source)
    return image
