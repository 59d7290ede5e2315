"""Builds with docker as CodeBuild runs them: no machine has a layer of an earlier build."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from building import Building
from builds import COMMIT, base_python, unpacked_package
from registries import unique

from stacks import names

_DEADLINE_SECONDS = 1800
_PAUSE_SECONDS = 0.1
_TOOK = re.compile(r"took ([\d.]+)")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """Commands that were run in a build.

    Attributes:
        seconds: what they took.
        document: what the builder handed over; None if it has failed, or was not run.
    """

    has_succeeded: bool
    lines: list[str]
    seconds: float
    document: Any


@dataclass(frozen=True, kw_only=True)
class DockerMachine:
    """The build machines of one app: its source, and where its images go."""

    at_work: Building
    directory: Path
    project: str
    app: str
    repository: str

    @property
    def source(self) -> Path:
        return self.directory / "source"

    def write(self, files: Mapping[str, str]) -> None:
        """Put files into the source."""
        for name, content in files.items():
            (self.source / name).parent.mkdir(parents=True, exist_ok=True)
            (self.source / name).write_text(content)

    def build(self, number: int = 1, step: str = "docker") -> Ran:
        """Build what is in the source with Herogate's builder."""
        handed_over = self.source / ".herogate"
        for file in handed_over.glob("*"):
            file.unlink()
        package = unpacked_package(self.directory)
        return self.run(
            f"cd {package} && CODEBUILD_BUILD_NUMBER={number} CODEBUILD_SRC_DIR={self.source} "
            f"{base_python()} -m herogate.builder {step} --cache-from {self.repository}:cache"
        )

    @property
    def login(self) -> str:
        """The command that lets docker into the image registry; the builder does that itself."""
        host = self.repository.partition("/")[0]
        login = f"docker login -u AWS --password-stdin {host} >/dev/null 2>&1"
        return f"aws ecr get-login-password | {login}"

    def run(self, *commands: str) -> Ran:
        """Run commands in the source."""
        timed = ["begun=$(date +%s.%N)", *commands, 'echo "took $(date +%s.%N) $begun"']
        script = "\n".join([f"cd {self.source}", "set -e", *timed])
        started = self.at_work.codebuild.start_build(
            projectName=self.project, buildspecOverride=_spec(script)
        )["build"]
        build = self._ended(started["id"])
        said = self.at_work.said(build)
        took = next((line.split()[1:] for line in said if _TOOK.match(line)), ["0", "0"])
        handed_over = self.source / ".herogate" / "build.json"
        has_succeeded = build["buildStatus"] == "SUCCEEDED"
        return Ran(
            has_succeeded=has_succeeded,
            lines=[line for line in said if not _TOOK.match(line)],
            seconds=float(took[0]) - float(took[1]),
            document=json.loads(handed_over.read_text()) if handed_over.exists() else None,
        )

    def _ended(self, build_id: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while time.monotonic() < deadline:
            build = self.at_work.current(build_id)
            if build["buildComplete"]:
                return build
            time.sleep(_PAUSE_SECONDS)
        raise AssertionError(f"{build_id} has not ended")


def docker_machine(at_work: Building, directory: Path) -> DockerMachine:
    """The build machines of a new app."""
    (directory / "source").mkdir(parents=True)
    app = unique("app")
    cloud = at_work.cloud
    name = names.image_repository(app)
    cloud.client("ecr").create_repository(repositoryName=name)
    repository = f"{cloud.endpoint_url.removeprefix('http://')}/{cloud.region}/{name}"
    variables = {
        "HEROGATE_APP": app,
        "HEROGATE_COMMIT": COMMIT,
        "HEROGATE_IMAGE_REPOSITORY": repository,
    }
    environment = {
        "privilegedMode": True,
        "environmentVariables": [
            {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
        ],
    }
    return DockerMachine(
        at_work=at_work,
        directory=directory,
        project=at_work.project(app, _spec("true"), environment=environment),
        app=app,
        repository=repository,
    )


def _spec(script: str) -> str:
    document = {
        "version": 0.2,
        "env": {"shell": "bash"},
        "phases": {"build": {"commands": [script]}},
    }
    return str(yaml.safe_dump(document))
