"""What is found out about an image that docker has built, from what docker says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from herogate.builder import docker
from herogate.errors import BuildFailed
from herogate.models import Architecture, Slug

DIGEST = f"sha256:{'ab' * 32}"
SAYING = """\
#!/bin/sh
[ "$2" = imagetools ] && cat '{directory}/inspected' && exit
cat > '{directory}/dockerfile'
cat '{directory}/complaint' >&2
[ ! -s '{directory}/complaint' ]
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A directory with a `docker` that says what its files say."""
    program = tmp_path / "docker"
    program.write_text(SAYING.format(directory=tmp_path))
    program.chmod(0o700)
    return tmp_path


def inspect(machine: Path, image: Any, complaint: str = "") -> Slug:
    """What is found out about an image."""
    described = {"name": "shop:1", "manifest": {"digest": DIGEST}, "image": image}
    (machine / "inspected").write_text(json.dumps(described))
    (machine / "complaint").write_text(complaint)
    return docker.inspect("shop:1", {"PATH": f"{machine}:{os.environ['PATH']}"})


def test_an_image_has_a_port_an_architecture_and_a_shell(machine: Path) -> None:
    slug = inspect(machine, {"architecture": "arm64", "config": {"ExposedPorts": {"3000/tcp": {}}}})
    assert slug == Slug(image_digest=DIGEST, architecture=Architecture.ARM64, port=3000, shell=True)
    assert (machine / "dockerfile").read_text() == 'FROM shop:1\nRUN ["/bin/sh", "-c", ":"]\n'


def test_an_image_without_a_shell_is_known_by_dockers_complaint(machine: Path) -> None:
    complaint = 'exec: "/bin/sh": stat /bin/sh: no such file or directory'
    assert not inspect(machine, {"architecture": "amd64"}, complaint).shell


@pytest.mark.parametrize(
    ("image", "complaint", "refusal"),
    [
        (
            {"linux/amd64": {"architecture": "amd64"}},
            "",
            "The image is not one for a single architecture, x86_64 or arm64.",
        ),
        (
            {"architecture": "amd64"},
            "no space left on device",
            "Whether the image has a shell cannot be found out: no space left on device",
        ),
    ],
)
def test_what_cannot_be_found_out_fails_the_build(
    machine: Path, image: Any, complaint: str, refusal: str
) -> None:
    with pytest.raises(BuildFailed) as refused:
        inspect(machine, image, complaint)
    assert refused.value.message == refusal


@pytest.mark.parametrize(
    ("exposed", "port"),
    [
        (None, None),
        ({}, None),
        ({"80": {}}, 80),
        ({"80/tcp": {}, "53/udp": {}}, 80),
        ({"80/tcp": {}, "81/tcp": {}}, None),
    ],
)
def test_the_port_is_the_only_one_that_is_exposed(exposed: Any, port: int | None) -> None:
    assert docker.port({"ExposedPorts": exposed}) == port
