"""Herogate's package: small, the same each time, and enough for a bare interpreter."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from builds import base_python, packed

import herogate.aws
from herogate.engine import package

TEMPLATE = """
import troposphere, troposphere.serverless
template = troposphere.Template()
template.add_resource(troposphere.s3.Bucket("Bucket"))
assert template.to_json()
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a build unpacks it."""
    place = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        archive.extractall(place)
    return place


def test_a_package_is_the_same_each_time_and_small() -> None:
    again = package.content()
    assert again == packed()
    assert len(again) < 5 << 20


def test_its_key_names_version_and_content() -> None:
    assert re.fullmatch(r"package/herogate-\d+\.\d+\.\d+-[0-9a-f]{16}\.zip", package.key())


def test_it_holds_neither_the_command_line_nor_the_local_cloud(unpacked: Path) -> None:
    held = {path.name for path in (unpacked / "herogate").iterdir() if path.is_dir()}
    assert held == {"aws", "builder", "engine", "models"}


def test_it_holds_the_models_of_the_services_that_are_called(unpacked: Path) -> None:
    gateways = Path(str(herogate.aws.__path__[0])).glob("*.py")
    called = {
        name for file in gateways for name in re.findall(r'service\("(\w+)"', file.read_text())
    }
    models = {path.name for path in (unpacked / "botocore" / "data").iterdir() if path.is_dir()}
    assert called <= models == set(package.SERVICES)


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        (
            "release",
            " !     CODEBUILD_SRC_DIR is not set: this runs in Herogate's CodeBuild projects.",
        ),
        ("settle", " !     HEROGATE_APP is not set: this runs in Herogate's CodeBuild projects."),
        (
            "bake",
            " !     There is no step 'bake'; there are: host-base, docker, buildpacks, release, settle.",
        ),
    ],
)
def test_its_steps_start_on_a_bare_interpreter(unpacked: Path, step: str, refusal: str) -> None:
    ran = subprocess.run(
        [base_python(), "-S", "-m", "herogate.builder", step],
        cwd=unpacked,
        env={"AWS_REGION": "us-east-1"},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (2, "")
    assert ran.stdout.splitlines()[1] == refusal


def test_all_of_the_release_can_be_imported_and_a_template_written_on_a_bare_interpreter(
    unpacked: Path,
) -> None:
    modules = [
        ".".join(file.relative_to(unpacked).with_suffix("").parts)
        for part in ("herogate/engine", "herogate/aws", "herogate/builder", "stacks")
        for file in sorted((unpacked / part).rglob("*.py"))
        if file.stem not in {"__main__", "__init__", "checkout"}  # what works on a user's checkout
    ]
    ran = subprocess.run(
        [base_python(), "-S", "-c", f"import {', '.join(modules)}\n{TEMPLATE}"],
        cwd=unpacked,
        env={},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
