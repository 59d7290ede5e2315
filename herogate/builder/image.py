"""An image that was built and pushed: where, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from herogate.aws.ecr import ImageRepositories
from herogate.builder.docker_output import Step
from herogate.engine import images
from herogate.engine.images import ImageSettings
from herogate.errors import BuildFailed


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an image is built, and for whom.

    Attributes:
        directory: what it is built of.
        environment: the build machine's, whole.
        repository: the image repository's name, as ECR has it.
        machine: the architecture that builds.
    """

    directory: Path
    environment: Mapping[str, str]
    images: ImageRepositories
    repository: str
    machine: str


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that was built and pushed.

    Attributes:
        builder: what made it: ``buildx``, ``buildkit``, ``classic``, ``buildpacks``.
        steps: those that were run, and those whose result was cached.
        seconds: how long each part took.
    """

    digest: str
    settings: ImageSettings
    shell: bool
    builder: str
    steps: tuple[Step, ...]
    seconds: Mapping[str, float]

    @property
    def cached_steps(self) -> int:
        """How many steps were not run, since the cache had what they make."""
        return sum(step.is_cached for step in self.steps)


def described(place: Place, tag: str) -> tuple[str, ImageSettings]:
    """The digest of an image that was pushed, and what it says of itself.

    Raises:
        BuildFailed: it is not there, or not one for one kind of machine.
    """
    image = place.images.image(place.repository, tag=tag)
    if image is None:
        raise BuildFailed("The image that was pushed is not in the registry.")
    document = place.images.settings(place.repository, image)
    if document is None:
        raise BuildFailed(
            "The image is one for several architectures.",
            "Take `--platform` out of the Dockerfile's FROM lines, or name one platform.",
        )
    return image.digest, images.settings(document)
