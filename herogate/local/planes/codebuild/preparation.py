"""What a build works with: its directories, its role, its log stream, its files and its shell.

Everything of a build lies in one directory of its own, which is gone when the build is over.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from herogate.local import internet
from herogate.local.errors import AwsError
from herogate.local.planes.codebuild.buildspec import Buildspec, parse
from herogate.local.planes.codebuild.environment import Places, environment
from herogate.local.planes.codebuild.failures import PhaseFailure, yaml_file_error
from herogate.local.planes.codebuild.local_cache import LocalCache, is_asked_for
from herogate.local.planes.codebuild.log import Write
from herogate.local.planes.codebuild.lookups import Values, look_up
from herogate.local.planes.codebuild.notation import text_of
from herogate.local.planes.codebuild.records import Document
from herogate.local.planes.codebuild.removal import remove
from herogate.local.planes.codebuild.runtimes import check_runtimes
from herogate.local.planes.codebuild.session import Output, ShellSession
from herogate.local.planes.codebuild.sources import Fetching, sources
from herogate.local.planes.codebuild.threads import in_thread
from herogate.local.planes.codebuild.uploads import Uploading
from herogate.local.runtimes.runtime import BuildTools, CannotStart

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.credentials import Issued
    from herogate.local.identity import Caller

Say = Callable[[str], Awaitable[None]]

_SERVICE: Final = "codebuild.amazonaws.com"
_DEFAULT_BUILDSPEC: Final = "buildspec.yml"
_IN_S3: Final = re.compile(r"arn:[^:]+:s3:::([^/]+)/(.+)")


class Workplace:
    """The surroundings of one build.

    Args:
        directory: the build's own, not there yet.
        tools, caches: what all builds share.
    """

    def __init__(
        self, cloud: Cloud, document: Document, directory: Path, *, tools: Path, caches: Path
    ) -> None:
        self._cloud = cloud
        self._document = document
        self._directory = directory
        self._sources = {
            source.identifier: directory / "src" / f"{number:02}"
            for number, source in enumerate(sources(document))
        }
        self._places = Places(
            home=directory / "home",
            temporary=directory / "tmp",
            sources=self._sources,
            tools=tools,
            caches=caches,
        )
        self._local_cache = LocalCache(
            project_cache(caches, document["project_arn"]),
            home=self._places.home,
            source=self._sources[""],
        )
        self._cached: tuple[str, ...] = ()
        self._issued: Issued | None = None
        self._tools: BuildTools | None = None
        self._caller: Caller
        self._buildspec: Buildspec
        self._values: Values
        self.resolved_version: str | None = None

    @property
    def _region(self) -> str:
        return str(self._document["region"])

    @property
    def _credentials(self) -> Mapping[str, str]:
        """The variables by which the build finds its role's credentials; one holds a secret."""
        return self._issued.environment if self._issued else {}

    @property
    def _right(self) -> dict[str, str]:
        """Which role is taken on, and on whose behalf."""
        return {
            "role_arn": self._document["build"]["serviceRole"],
            "service": _SERVICE,
            "source_arn": self._document["project_arn"],
            "session": f"AWSCodeBuild-{self._document['build']['id'].partition(':')[2]}",
            "region": self._region,
        }

    async def provision(self) -> Write:
        """Take on the role, get what images are made with and the log's group; how the log is written.

        Raises:
            PhaseFailure: one of these cannot be had.
        """
        role = self._right["role_arn"]
        try:
            self._caller = await self._cloud.calls.assume(**self._right)
            self._issued = await self._cloud.credentials.issue(**self._right)
        except AwsError as error:
            message = f"CodeBuild is not authorized to perform: sts:AssumeRole on {role}"
            raise PhaseFailure("ACCESS_DENIED", message) from error
        await in_thread(self._make_directories)
        await self._get_tools()
        return await self._open_log()

    async def _get_tools(self) -> None:
        is_privileged = self._document["build"]["environment"].get("privilegedMode", False)
        try:
            self._tools = await self._cloud.runtime.build_tools(
                self._directory / "tools", is_privileged=is_privileged
            )
        except CannotStart as error:
            raise PhaseFailure("INTERNAL_SERVICE_ERROR", str(error)) from error

    async def _open_log(self) -> Write:
        logs = self._document["build"]["logs"]
        group, stream = logs.get("groupName"), logs.get("streamName")
        if group is None:
            return _nowhere
        await self._check_log(group, stream)

        async def write(events: Sequence[tuple[int, str]]) -> None:
            await self._cloud.logs.write(self._region, group, stream, events)

        return write

    async def _check_log(self, group: str, stream: str) -> None:
        """Make the group, if it is not there, and see whether the role may write."""
        arn = f"arn:aws:logs:{self._region}:{self._cloud.account_id}:log-group:{group}"
        try:
            if not self._cloud.logs.has_group(self._region, group):
                asked = {"logGroupName": group}
                await self._cloud.calls.ask(
                    "logs", "CreateLogGroup", asked, region=self._region, caller=self._caller
                )
            await self._cloud.authority.require(
                self._caller.arn,
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                f"{arn}:log-stream:{stream}",
            )
        except AwsError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise PhaseFailure("ACCESS_DENIED", f"Error message: {error.message}") from error

    async def prepare(self, say: Say, hide: Callable[[Iterable[str]], None]) -> Buildspec:
        """Fetch the sources, read the buildspec, look up what its variables refer to.

        Raises:
            PhaseFailure: one of these cannot be done.
        """
        fetching = Fetching(
            self._cloud,
            self._caller,
            region=self._region,
            scratch=self._directory / "control",
            home=self._places.home,
        )
        for source in sources(self._document):
            version = await fetching.fetch(source, self._sources[source.identifier])
            suffix = f"_{source.identifier}" if source.identifier else ""
            await say(f"CODEBUILD_SRC_DIR{suffix}={self._sources[source.identifier]}")
            if not source.identifier:
                self.resolved_version = version
        self._buildspec = await self._read_buildspec(fetching, say)
        if is_asked_for(self._document["build"]):
            self._cached = self._buildspec.cache_paths
            await in_thread(self._local_cache.restore, self._cached)
        await check_runtimes(self._buildspec.runtimes, self._places.tools, say)
        await say("Processing environment variables")
        variables = self._document["build"]["environment"]["environmentVariables"]
        self._values = await look_up(
            self._cloud, self._caller, self._region, self._buildspec, variables
        )
        hide([*self._values.secrets(), self._credentials["AWS_CONTAINER_AUTHORIZATION_TOKEN"]])
        hide(internet.passwords(internet.settings(os.environ)))
        await say(f"Moving to directory {self._sources['']}")
        await _say_phases(self._buildspec, say)
        return self._buildspec

    async def session(self, output: Output) -> ShellSession:
        """The shell for the build's commands, in the primary source's directory."""
        return ShellSession(
            control=self._directory / "control",
            directory=self._sources[""],
            environment=environment(
                self._document,
                self._places,
                endpoint_url=self._cloud.endpoint_url,
                credentials=self._credentials,
                buildspec=self._buildspec,
                values=self._values.by_name,
                internet=internet.settings(os.environ),
                tools=self._tools.variables if self._tools else {},
            ),
            shell=self._buildspec.shell,
            one_shell=self._buildspec.one_shell,
            inherited=[self._cloud.lock],
            output=output,
        )

    async def uploading(self) -> Uploading:
        """What brings the build's artifacts away, with fresh credentials: a build may take hours."""
        try:
            caller = await self._cloud.calls.assume(**self._right)
        except AwsError as error:
            raise PhaseFailure("ACCESS_DENIED", error.message) from error
        return Uploading(
            self._cloud,
            caller,
            region=self._region,
            scratch=self._directory / "control",
            source=self._sources[""],
        )

    async def remove(self) -> None:
        """Take back the credentials and remove the directory, but for what is kept."""
        if self._issued is not None:
            self._cloud.credentials.revoke(self._issued.id)
        if self._tools is not None:
            await self._tools.remove()
        await in_thread(self._local_cache.keep, self._cached)
        await remove(self._directory)

    def _make_directories(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True)
        for name in ("control", "home", "tmp", "tools"):
            (self._directory / name).mkdir(mode=0o700)
        for source in self._sources.values():
            source.mkdir(mode=0o755, parents=True)
        self._places.caches.mkdir(mode=0o700, exist_ok=True)

    async def _read_buildspec(self, fetching: Fetching, say: Say) -> Buildspec:
        """The project's own, one in S3, or a file of the primary source."""
        given = self._document["build"]["source"].get("buildspec") or _DEFAULT_BUILDSPEC
        if in_s3 := _IN_S3.fullmatch(given):
            file = await fetching.file(in_s3[1], in_s3[2])
            return parse(await in_thread(text_of, file))
        if "\n" in given or ": " in given:
            return parse(given)
        path = self._sources[""] / given
        await say(f"YAML location is {path}")
        inside = path.resolve().is_relative_to(self._sources[""].resolve())
        if not inside or not path.is_file():
            raise yaml_file_error(f"stat {path}: no such file or directory")
        return parse(await in_thread(text_of, path))


def project_cache(caches: Path, project_arn: str) -> Path:
    """Where builds of a project find what earlier ones have kept."""
    return caches / "projects" / hashlib.sha256(project_arn.encode()).hexdigest()


async def _nowhere(_events: Sequence[tuple[int, str]]) -> None:
    """A log that the project has turned off."""


async def _say_phases(buildspec: Buildspec, say: Say) -> None:
    present = {name: phase for name, phase in buildspec.phases.items() if phase.commands}
    await say(f"Phases found in YAML: {len(present)}")
    for name, phase in present.items():
        await say(f" {name.name}: {len(phase.commands)} commands")
