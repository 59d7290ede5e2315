"""Images made by buildpacks: what `pack` is asked, and what is understood of what it says."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import cast

import pytest

from herogate.aws.ecr import ImageRepositories
from herogate.builder import buildpacks
from herogate.builder.buildpacks import Packing
from herogate.builder.docker_output import Step
from herogate.builder.image import Place
from herogate.errors import BuildFailed

SAID = """\
===> ANALYZING
===> EXPORTING
Reusing layer 'heroku/python:python'
Adding layer 'heroku/python:dependencies'
Adding layer 'buildpacksio/lifecycle:launch.sbom'
Reusing cache layer 'heroku/python:pip-cache'
"""


def packing(*chosen: str) -> Packing:
    place = Place(
        directory=Path(),
        environment={},
        images=cast("ImageRepositories", None),
        repository="shop",
        machine="x86_64",
    )
    cache = "registry:1/shop:cache-buildpacks"
    return Packing(place=place, image="registry:1/shop:1", cache=cache, buildpacks=chosen)


def test_pack_publishes_the_image_and_keeps_its_layers_beside_it() -> None:
    assert packing().command.argv == (
        *("pack", "build", "registry:1/shop:1", "--path", ".", "--publish", "--trust-builder"),
        *("--builder", "public.ecr.aws/heroku/builder:24"),
        *("--run-image", "public.ecr.aws/heroku/heroku:24", "--no-color"),
        *("--cache-image", "registry:1/shop:cache-buildpacks"),
    )
    assert packing("heroku/python", "heroku/nodejs").command.argv[-4:] == (
        *("--buildpack", "heroku/python", "--buildpack", "heroku/nodejs"),
    )


def test_each_layer_is_a_step_that_was_cached_if_it_was_reused() -> None:
    assert buildpacks.layers(SAID.splitlines()) == (
        Step(number=1, of=3, instruction="heroku/python:python", is_cached=True),
        Step(number=2, of=3, instruction="heroku/python:dependencies", is_done=True),
        Step(number=3, of=3, instruction="buildpacksio/lifecycle:launch.sbom", is_done=True),
    )


def test_a_pack_that_is_another_is_not_unpacked(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        program = tarfile.TarInfo("pack")
        program.size = 4
        archive.addfile(program, io.BytesIO(b"pack"))
    content = packed.getvalue()
    with pytest.raises(BuildFailed, match=r"^pack is not what it should be"):
        buildpacks.unpack(content, "0" * 64, tmp_path)
    assert list(tmp_path.iterdir()) == []
    buildpacks.unpack(content, hashlib.sha256(content).hexdigest(), tmp_path)
    assert (tmp_path / "pack").read_bytes() == b"pack"
    assert (tmp_path / "pack").stat().st_mode & 0o777 == 0o755
