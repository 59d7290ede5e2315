"""Where an image's files are on this machine, and what its words mean there. Pure.

An image of the host base has its own files under ``/app`` and the host's everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from herogate.local.runtimes.image_settings import ImageSettings, Unclear

APP = "/app"
"""The directory in the image that holds all of its files."""

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What a container without a PATH of its image's has."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A container's own directory.

    Attributes:
        root: what the image calls ``/``.
        home: HOME; nothing else is in it.
        scratch: TMPDIR.
    """

    directory: Path

    @property
    def root(self) -> Path:
        return self.directory / "root"

    @property
    def home(self) -> Path:
        return self.directory / "home"

    @property
    def scratch(self) -> Path:
        return self.directory / "tmp"

    def path(self, word: str) -> str:
        """A path of the image as it is on this machine; anything else as it is."""
        if word == APP or word.startswith(f"{APP}/"):
            return f"{self.root}{word}"
        return word

    def paths(self, words: str) -> str:
        """`path` for each of several that colons stand between."""
        return ":".join(map(self.path, words.split(":")))


def arguments(
    image: ImageSettings,
    place: Place,
    *,
    entry_point: tuple[str, ...] | None,
    command: tuple[str, ...] | None,
) -> tuple[str, ...]:
    """The program and its arguments, as docker puts them together.

    A container's command replaces the image's and leaves its entry point; a container's entry point
    replaces both.

    Raises:
        Unclear: neither says what to run.
    """
    if entry_point is not None:
        words = (*entry_point, *(command or ()))
    else:
        words = (*image.entry_point, *(image.command if command is None else command))
    if not words:
        raise Unclear("no command specified")
    return tuple(map(place.path, words))


def environment(
    image: ImageSettings,
    place: Place,
    *,
    defaults: Mapping[str, str],
    own: Mapping[str, str],
    forced: Mapping[str, str],
) -> dict[str, str]:
    """The whole environment of a container's program.

    Args:
        defaults: what the image and the container override.
        own: the container's variables, as they were given.
        forced: what nothing overrides.
    """
    given = {name: place.paths(value) for name, value in image.environment.items()}
    return {
        "PATH": DEFAULT_PATH,
        "HOME": str(place.home),
        "TMPDIR": str(place.scratch),
        "LANG": "C.UTF-8",
        **defaults,
        **given,
        **own,
        **forced,
    }


def working_directory(image: ImageSettings, place: Place, wanted: str | None) -> Path:
    """Where the program starts."""
    return Path(place.path(wanted or image.working_directory or APP))
