"""An image as it describes itself: its architecture, its ports, what it runs. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from herogate.errors import BuildFailed
from herogate.models import Architecture

DEFAULT_PORT = 8080
"""Where `web` is to listen if its image does not say so, or not clearly."""

BUILDPACKS_PROCESSES = "/cnb/process/"
"""Where an image that buildpacks made has a program for each of its process types.

Each sets up what buildpacks have installed and starts the type's command (their platform specification).
"""

_BUILDPACKS = "/cnb/"
_OTHER_MACHINE = "exec format error"
_NO_SHELL = ("no such file or directory", "executable file not found")
_ARCHITECTURES = {"amd64": Architecture.X86_64, "arm64": Architecture.ARM64}


@dataclass(frozen=True, kw_only=True)
class ImageSettings:
    """What counts of an image's settings.

    Attributes:
        ports: the TCP ports that it exposes, in order.
        has_command: whether it says what to run.
        launcher: whether it is started by what buildpacks start their images with.
        process_types: those that buildpacks have found, a Procfile's among them.
    """

    architecture: Architecture
    ports: tuple[int, ...] = ()
    has_command: bool = True
    launcher: bool = False
    process_types: Mapping[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int | None:
        """The one port it exposes; None if it exposes none or several."""
        return self.ports[0] if len(self.ports) == 1 else None

    @property
    def port_notice(self) -> str | None:
        """What to say of the ports, where they do not speak for themselves."""
        if len(self.ports) == 1:
            return None
        if not self.ports:
            return f"The image EXPOSEs no port: web is to listen on $PORT, {DEFAULT_PORT}."
        told = ", ".join(str(port) for port in self.ports)
        return (
            f"The image EXPOSEs several ports ({told}): web is to listen on $PORT, {DEFAULT_PORT}."
        )


def settings(document: Mapping[str, Any]) -> ImageSettings:
    """The settings of an image, from its OCI configuration.

    Raises:
        BuildFailed: no machine that Fargate has could run it, or it says nonsense.
    """
    name, system = document.get("architecture"), document.get("os", "linux")
    architecture = _ARCHITECTURES.get(str(name))
    if architecture is None or system != "linux":
        raise BuildFailed(
            f"The image is for {system}/{name}; processes run on linux/amd64 or linux/arm64.",
            "Take `--platform` out of the Dockerfile's FROM lines, or name one of these.",
        )
    config = document.get("config") or {}
    exposed = [name.partition("/") for name in config.get("ExposedPorts") or {}]
    ports = sorted({int(number) for number, _, kind in exposed if kind in {"", "tcp"}})
    launcher = any(word.startswith(_BUILDPACKS) for word in (config.get("Entrypoint") or [])[:1])
    return ImageSettings(
        architecture=architecture,
        ports=tuple(ports),
        has_command=bool(config.get("Cmd") or config.get("Entrypoint")),
        launcher=launcher,
        process_types=_process_types(config.get("Labels") or {}) if launcher else {},
    )


def _process_types(labels: Mapping[str, str]) -> dict[str, str]:
    try:
        told = json.loads(labels.get("io.buildpacks.build.metadata", "{}"))
        types = [str(process["type"]) for process in told.get("processes") or []]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BuildFailed(
            "What buildpacks say of the image's processes is not readable."
        ) from error
    return {name: f"{BUILDPACKS_PROCESSES}{name}" for name in types}


def is_of_another_machine(said: str) -> bool:
    """Whether docker, which could not run a program, says that it is for another architecture."""
    return _OTHER_MACHINE in said


def has_no_shell(said: str) -> bool:
    """Whether docker, which could not run an image's /bin/sh, says that there is none."""
    return any(words in said for words in _NO_SHELL)
