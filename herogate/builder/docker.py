"""What docker has built and pushed, found out from the image itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.errors import BuildFailed
from herogate.models import Architecture, Slug

_ARCHITECTURES = {"amd64": Architecture.X86_64, "arm64": Architecture.ARM64}
_NO_SHELL = ("no such file or directory", "executable file not found")


def inspect(image: str, environment: Mapping[str, str]) -> Slug:
    """The slug of an image, without process types.

    Raises:
        BuildFailed: docker cannot say, or it is no image for one architecture that Fargate has.
    """
    asked = ("imagetools", "inspect", image, "--format", "{{json .}}")
    status, told, complaint = _buildx(asked, environment)
    if status:
        raise BuildFailed(f"The image that was pushed cannot be looked at: {complaint}")
    described = json.loads(told)
    settings = described.get("image") or {}
    architecture = _ARCHITECTURES.get(settings.get("architecture", ""))
    if architecture is None:
        raise BuildFailed(
            "The image is not one for a single architecture, x86_64 or arm64.",
            "Take `--platform` out of the Dockerfile's FROM lines, or name one platform.",
        )
    return Slug(
        image_digest=described["manifest"]["digest"],
        architecture=architecture,
        port=port(settings.get("config") or {}),
        shell=_has_shell(image, environment),
    )


def port(config: Mapping[str, Any]) -> int | None:
    """The one TCP port that an image exposes; None if it exposes none or several."""
    exposed = [name.partition("/") for name in config.get("ExposedPorts") or {}]
    ports = {int(number) for number, _, kind in exposed if kind in {"", "tcp"}}
    return ports.pop() if len(ports) == 1 else None


def _has_shell(image: str, environment: Mapping[str, str]) -> bool:
    """Whether the image's own /bin/sh does anything; the builder that made the image knows its files."""
    dockerfile = f'FROM {image}\nRUN ["/bin/sh", "-c", ":"]\n'
    status, _, complaint = _buildx(("build", "--progress", "plain", "-"), environment, dockerfile)
    if status == 0:
        return True
    if any(words in complaint for words in _NO_SHELL):
        return False
    raise BuildFailed(f"Whether the image has a shell cannot be found out: {complaint}")


def _buildx(
    arguments: Sequence[str], environment: Mapping[str, str], given: str = ""
) -> tuple[int, str, str]:
    try:
        ran = subprocess.run(
            ["docker", "buildx", *arguments],
            check=False,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise BuildFailed(f"docker cannot be run: {error.strerror}.") from error
    return ran.returncode, ran.stdout, ran.stderr.strip()
