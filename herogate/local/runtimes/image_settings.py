"""What an image says of itself: for which machine it is, on which base, how it is to be run. Pure."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass

from herogate.local.planes.registry.pulled import PulledImage
from herogate.local.runtimes.containers import this_machines_architecture
from herogate.local.runtimes.runtime import CannotPull, ImageSource

HOST_BASE = ("dev.herogate.base", "host")
"""The annotation of an image whose layers hold the app and no operating system."""


class Unclear(Exception):
    """An image and a container do not come to a command that can be run; the message says why."""


@dataclass(frozen=True, kw_only=True)
class ImageSettings:
    """What an image says of how it is to be run: docker's ``Env``, ``Entrypoint``, ``Cmd`` …"""

    environment: Mapping[str, str]
    entry_point: tuple[str, ...]
    command: tuple[str, ...]
    working_directory: str
    stop_signal: int
    user: str

    @classmethod
    def read(cls, config: Mapping[str, object]) -> ImageSettings:
        """Of an image's configuration.

        Raises:
            Unclear: it is not shaped as OCI says.
        """
        given = config.get("config") or {}
        if not isinstance(given, dict):
            raise Unclear("the image's configuration is not an object")
        variables = [entry.partition("=") for entry in _words(given, "Env")]
        return cls(
            environment={name: value for name, _, value in variables},
            entry_point=_words(given, "Entrypoint"),
            command=_words(given, "Cmd"),
            working_directory=_word(given, "WorkingDir"),
            stop_signal=_number(_word(given, "StopSignal") or "SIGTERM"),
            user=_word(given, "User"),
        )


def of(image: PulledImage) -> ImageSettings:
    """What an image that was pulled says of how it is run. Raises `CannotPull`."""
    try:
        return ImageSettings.read(image.config)
    except Unclear as error:
        raise CannotPull(f"{image.digest}: {error}") from error


def is_of_host_base(image: PulledImage) -> bool:
    """Whether the image brings no operating system of its own."""
    name, value = HOST_BASE
    annotations = image.manifest.get("annotations")
    return isinstance(annotations, dict) and annotations.get(name) == value


def check_platform(image: PulledImage, source: ImageSource) -> None:
    """See that this machine can run the image. Raises `CannotPull`."""
    architecture, here = image.config.get("architecture"), this_machines_architecture()
    if image.config.get("os") != "linux" or architecture != source.architecture:
        raise CannotPull(
            "image Manifest does not contain descriptor matching platform "
            f"'linux/{source.architecture}'"
        )
    if architecture != here:
        raise CannotPull(f"this machine runs images for linux/{here}, not linux/{architecture}")


def _words(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    words = given.get(name) or []
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Unclear(f"the image's {name} is not a list of words")
    return tuple(words)


def _word(given: Mapping[str, object], name: str) -> str:
    word = given.get(name) or ""
    if not isinstance(word, str):
        raise Unclear(f"the image's {name} is not a word")
    return word


def _number(name: str) -> int:
    """A signal by its number or its name."""
    plain = name.upper().removeprefix("SIG")
    found = {member.name.removeprefix("SIG"): member.value for member in signal.Signals}
    number = int(plain) if plain.isdecimal() else found.get(plain, 0)
    if number not in found.values():
        raise Unclear(f"the image's StopSignal is no signal: {name}")
    return number
