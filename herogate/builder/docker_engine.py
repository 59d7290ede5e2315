"""The docker of the build machine: its commands run, what they write read as it comes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from herogate.builder import programs
from herogate.builder.docker_plan import Command, Engine, builders, buildkit_settings, choose
from herogate.engine import images
from herogate.errors import BuildFailed

_LAST_LINES = 3


@dataclass(frozen=True, kw_only=True)
class Docker:
    """The docker of a build machine.

    Attributes:
        environment: whole.
    """

    environment: Mapping[str, str]
    directory: Path = field(default=Path())

    def lines(self, command: Command) -> Iterator[str]:
        """Run a command; yields what it writes. Raises `Ended` if it fails."""
        try:
            environment = {**self.environment, **command.variables}
            process = programs.start(command.argv, self.directory, environment)
        except OSError as error:
            raise BuildFailed(f"docker cannot be run: {error.strerror}.") from error
        with process as running:
            yield from running.stdout or ()
        if process.returncode:
            raise Ended(str(process.returncode))

    def run(self, command: Command, failure: str) -> None:
        """Run a command that says nothing worth telling unless it fails.

        Raises:
            BuildFailed: `failure`, and what docker says.
        """
        said: list[str] = []
        try:
            said.extend(line.strip() for line in self.lines(command))
        except Ended:
            told = [line for line in said if line][-_LAST_LINES:]
            raise BuildFailed(f"{failure}: {' '.join(told) or 'docker does not say why'}") from None

    def login(self, registry: str, password: str) -> None:
        """Let docker into the image registry. Raises `BuildFailed`."""
        argv = ("docker", "login", "--username", "AWS", "--password-stdin", registry)
        status, said = self._answer(argv, password)
        if status:
            raise BuildFailed(f"docker may not push to the image registry: {said}")

    def engine(self, registry: str, scratch: Path) -> Engine:
        """How it can build; a BuildKit of its own is started, if it can be.

        Raises:
            BuildFailed: there is no docker.
        """
        has_buildx = not self._answer(("docker", "buildx", "version"))[0]
        if has_buildx and self._has_started(registry, scratch):
            return Engine.BUILDX
        asked = ("docker", "version", "--format", "{{.Client.Version}} {{.Server.Version}}")
        status, said = self._answer(asked)
        client, _, server = said.partition(" ")
        if status or not server:
            raise BuildFailed("docker's engine does not answer on the build machine.")
        return Engine.BUILDKIT if has_buildx else choose(client=client, server=server)

    def has_shell(self, command: Command) -> bool:
        """Whether an image's own /bin/sh does anything. Raises `BuildFailed`."""
        status, said = self._answer(command.argv)
        if status == 0:
            return True
        if images.has_no_shell(said):
            return False
        if images.is_of_another_machine(said):
            raise BuildFailed(
                "The image's programs are for another architecture than the build machine's.",
                "Build on an image for that; the app's architecture is changed by `herogate apps:update "
                "--build-architecture`.",
            )
        raise BuildFailed(f"Whether the image has a shell cannot be found out: {said}")

    def _has_started(self, registry: str, scratch: Path) -> bool:
        settings = scratch / "buildkitd.toml"
        settings.write_text(buildkit_settings(registry), encoding="utf-8")
        starts = builders(registry, str(settings))
        return any(self._answer(start.argv)[0] == 0 for start in starts)

    def _answer(self, argv: tuple[str, ...], given: str = "") -> tuple[int, str]:
        try:
            ran = subprocess.run(
                argv,
                check=False,
                cwd=self.directory,
                env=self.environment,
                input=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as error:
            raise BuildFailed(f"docker cannot be run: {error.strerror}.") from error
        return ran.returncode, ran.stdout.strip()


class Ended(Exception):
    """docker ended with another code than 0."""
