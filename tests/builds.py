"""Builds as CodeBuild runs them on the host base: the package's own builder in a clean environment."""

from __future__ import annotations

import functools
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from local_cloud import LocalCloud
from registries import Client, client_of, unique

import buildspecs
from herogate.engine import package

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
COMMIT = "1a2b3c4d" * 5


@dataclass(frozen=True, kw_only=True)
class Build:
    """A build that has ended.

    Attributes:
        lines: what it said.
        document: what it handed over; None if it has failed.
    """

    status: int
    lines: list[str]
    document: Any


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A build environment: directories of its own, a repository to push images to."""

    cloud: LocalCloud
    directory: Path
    repository: str
    client: Client

    @property
    def source(self) -> Path:
        return self.directory / "source"

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Put files into the source."""
        for name, content in files.items():
            file = self.source / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def build(self, number: int = 1, **variables: str) -> Build:
        """Build what is in the source."""
        handed_over = self.source / ".herogate" / "build.json"
        if handed_over.is_file():
            handed_over.unlink()
        ran = subprocess.run(
            [base_python(), "-m", "herogate.builder", "host-base"],
            cwd=unpacked_package(self.directory),
            env={**self.environment, "CODEBUILD_BUILD_NUMBER": str(number), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        document = json.loads(handed_over.read_text()) if handed_over.exists() else None
        return Build(status=ran.returncode, lines=ran.stdout.splitlines(), document=document)

    @property
    def environment(self) -> dict[str, str]:
        """All that a build finds in its environment."""
        return {
            "PATH": f"{self.directory / 'tools'}:{SYSTEM_PATH}",
            "HOME": str(self.directory / "home"),
            "TMPDIR": str(self.directory / "tmp"),
            "LANG": "C.UTF-8",
            "PIP_CACHE_DIR": str(self.directory.parent / "pip"),
            "AWS_ENDPOINT_URL": self.cloud.endpoint_url,
            "AWS_REGION": self.cloud.region,
            "AWS_ACCESS_KEY_ID": self.cloud.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.cloud.secret_access_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CODEBUILD_SRC_DIR": str(self.source),
            "HEROGATE_IMAGE_REPOSITORY": f"elsewhere:1/{self.client.repository}",
            "HEROGATE_COMMIT": COMMIT,
        }


def machine(cloud: LocalCloud, directory: Path) -> Machine:
    """A new build environment."""
    for name in ("source", "home", "tmp", "tools"):
        (directory / name).mkdir(parents=True)
    script = directory / "tools" / "python3"
    script.write_text(f'#!/bin/sh\nexec {base_python()} "$@"\n')
    script.chmod(0o700)
    repository = unique("herogate/app")
    client = client_of(cloud, repository)
    return Machine(cloud=cloud, directory=directory, repository=repository, client=client)


def base_python() -> str:
    """The interpreter from which the tests' environment was made."""
    return str(getattr(sys, "_base_executable", sys.executable))


def unpacked_package(directory: Path) -> Path:
    """Herogate's package, unpacked once beside the machines."""
    place = directory.parent / "package"
    if not place.exists():
        with zipfile.ZipFile(io.BytesIO(packed())) as archive:
            archive.extractall(place)
    return place


@functools.cache
def packed() -> bytes:
    """Herogate's package."""
    return package.content()


def commands(name: str) -> list[str]:
    """A buildspec's commands in their order."""
    phases = yaml.safe_load(buildspecs.read(name))["phases"]
    return [
        command
        for phase in ("install", "pre_build", "build", "post_build")
        for command in phases.get(phase, {}).get("commands", [])
    ]
