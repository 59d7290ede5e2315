"""CodeBuild's builds made true: begun when there is room, followed to their end, recorded.

What one build does is ``course.py``'s. A build does not outlive the local cloud: one that was under way
when it ended is over, as a fault, when the cloud is there again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from herogate.local.errors import AwsError
from herogate.local.planes.codebuild import records
from herogate.local.planes.codebuild.abilities import check_runnable
from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codebuild.course import INTERRUPTED, Course
from herogate.local.planes.codebuild.preparation import Workplace, project_cache
from herogate.local.planes.codebuild.progress import Progress
from herogate.local.planes.codebuild.records import Builds, Document, Order
from herogate.local.planes.codebuild.removal import remove
from herogate.local.planes.codebuild.status import BuildStatus
from herogate.local.planes.codebuild.tools import make_tools

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

log = logging.getLogger("herogate.local.codebuild")

PROJECT: Final = "codebuild.project"
"""Documents of projects in CodeBuild's own shape, by ``<region>/<name>``."""

_LEAST_ROOM: Final = 4
_NO_LIMIT: Final = -1
_REMEMBERED_SECONDS: Final = 365 * 24 * 3600
"""CodeBuild forgets builds after a year."""
"""What UpdateProject is told in place of a limit to take it away."""

_OF_CODEPIPELINE: Final = {"type": "CODEPIPELINE"}


@dataclass(frozen=True, kw_only=True)
class PipelineBuild:
    """A build that a codepipeline's action asks for.

    Attributes:
        caller: the session of the codepipeline's role, in whose name it is started.
        variables: environment variables in CodeBuild's shape, over the project's own.
        sources: the action's input artifacts, the primary one first.
        outputs: the artifacts that the action awaits.
        initiator: ``codepipeline/<name>``.
    """

    region: str
    caller: Caller
    project: str
    variables: tuple[Mapping[str, Any], ...]
    sources: tuple[Artifact, ...]
    outputs: tuple[Artifact, ...]
    initiator: str


class CodeBuildPlane:
    """CodeBuild's builds.

    Attributes:
        room: how many builds are under way at once; further ones wait in the queue.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.room = max(_LEAST_ROOM, os.cpu_count() or 0)
        self.builds = Builds(cloud.store)
        self._cloud = cloud
        self._directory = cloud.directory.room("codebuild")
        self._places = asyncio.Semaphore(self.room)
        self._courses: dict[str, Course] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._over = asyncio.Condition()

    async def start(self) -> None:
        """End what was under way, and make the programs that builds are given."""
        await remove(self._directory / "work")
        await asyncio.to_thread(make_tools, self._directory / "tools")
        for document in records.unfinished(self.builds):
            progress = Progress(self._cloud, self.builds, document)
            if progress.is_in_phase:
                await progress.leave(BuildStatus.FAULT, INTERRUPTED)
            await progress.finish(BuildStatus.FAULT)

        self.builds.forget_before(time.time() - _REMEMBERED_SECONDS)

    async def stop(self) -> None:
        """End every build as a fault."""
        for course in self._courses.values():
            course.end(BuildStatus.FAULT)
        await asyncio.gather(*self._tasks.values())

    async def begin(self, order: Order) -> Document:
        """Submit a build, within a step; its document.

        Raises:
            AwsError: ``AccountLimitExceededException``: as many as the project may have are active;
                ``NotImplemented``: the project asks for what no build here has.
        """
        check_runnable(order.project)
        limit = order.project.get("concurrentBuildLimit", _NO_LIMIT)
        name = order.project["name"]
        if limit != _NO_LIMIT and self.builds.active(order.region, name) >= limit:
            raise AwsError(
                "AccountLimitExceededException",
                f"Cannot have more than {limit} active builds for the project {name}",
            )
        async with self._cloud.whole():
            document = self.builds.add(order, time.time())
            progress = Progress(self._cloud, self.builds, document)
            await progress.begin()
        self._follow(progress)
        return document

    async def forget_project(self, arn: str) -> None:
        """Remove what builds of a deleted project have left for the next; their number goes on."""
        await remove(project_cache(self._directory / "caches", arn))

    async def start_for_codepipeline(self, asked: PipelineBuild) -> str:
        """Submit a codepipeline's build; its id.

        Raises:
            AwsError: the project is not there, or may have no more builds.
        """
        key = f"{asked.region}/{asked.project}"
        project = self._cloud.store.get(PROJECT, key)
        if project is None:
            arn = (
                f"arn:aws:codebuild:{asked.region}:{self._cloud.account_id}:project/{asked.project}"
            )
            raise AwsError("ResourceNotFoundException", f"Project cannot be found: {arn}")
        primary = asked.sources[0]
        document = await self.begin(
            Order(
                region=asked.region,
                account_id=self._cloud.account_id,
                project=_of_codepipeline(project, asked.variables),
                initiator=asked.initiator,
                source_version=f"arn:aws:s3:::{primary.bucket}/{primary.key}",
                sources=asked.sources,
                outputs=asked.outputs,
            )
        )
        return str(document["build"]["id"])

    async def ended(self, region: str, build_id: str) -> Mapping[str, Any]:
        """Wait for a build's end; the build as BatchGetBuilds shows it.

        Raises:
            AwsError: ``ResourceNotFoundException``: there is no such build.
        """
        async with self._over:
            while True:
                document = self.builds.get(region, build_id)
                if document is None:
                    raise AwsError("ResourceNotFoundException", f"Build {build_id} does not exist")
                if document["build"]["buildComplete"]:
                    return records.shown(document)
                await self._over.wait()

    def stop_build(self, build_id: str) -> None:
        """Have a build end as stopped, if it is under way; returns before it has."""
        if build_id in self._courses:
            self._courses[build_id].end(BuildStatus.STOPPED)

    def _follow(self, progress: Progress) -> None:
        build_id = progress.build["id"]
        workplace = Workplace(
            self._cloud,
            progress.document,
            self._directory / "work" / build_id.partition(":")[2],
            tools=self._directory / "tools",
            caches=self._directory / "caches",
        )
        course = Course(self._cloud, progress, workplace)
        self._courses[build_id] = course
        self._tasks[build_id] = asyncio.create_task(self._carry_out(course, build_id))

    async def _carry_out(self, course: Course, build_id: str) -> None:
        try:
            await course.run(self._places)
        except Exception:
            log.exception("the end of the build %s could not be recorded", build_id)
        finally:
            del self._courses[build_id], self._tasks[build_id]
            async with self._over:
                self._over.notify_all()


def _of_codepipeline(
    project: Mapping[str, Any], variables: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The project with a codepipeline's artifacts in place of its own sources and artifacts."""
    buildspec = {key: value for key, value in project["source"].items() if key == "buildspec"}
    return {
        **project,
        "source": {**_OF_CODEPIPELINE, **buildspec},
        "artifacts": {**_OF_CODEPIPELINE, "name": project["name"], "packaging": "NONE"},
        "secondarySources": [],
        "secondarySourceVersions": [],
        "secondaryArtifacts": [],
        "environment": with_variables(project["environment"], variables),
    }


def with_variables(
    environment: Mapping[str, Any], variables: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """A project's environment with further variables, which replace those of the same names."""
    by_name = {each["name"]: each for each in environment["environmentVariables"]}
    by_name |= {each["name"]: {"type": "PLAINTEXT", **each} for each in variables}
    return {**environment, "environmentVariables": list(by_name.values())}
