"""The course of one build, phase by phase, from its provisioning to its end.

Each phase's end is on record, and EventBridge has heard of it, before the next begins. When builds may
begin is the plane's; which phase follows which is ``status.py``'s.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from herogate.local.planes.codebuild.buildspec import Buildspec, Phase, PhaseName
from herogate.local.planes.codebuild.commands import run_phase
from herogate.local.planes.codebuild.failures import PhaseFailure
from herogate.local.planes.codebuild.log import BuildLog
from herogate.local.planes.codebuild.preparation import Workplace
from herogate.local.planes.codebuild.progress import Progress
from herogate.local.planes.codebuild.session import ShellSession
from herogate.local.planes.codebuild.status import BuildStatus, PhaseType, following, uploads_after
from herogate.local.planes.codebuild.uploads import uploads

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.codebuild")

INTERRUPTED = PhaseFailure(
    "INTERNAL_SERVICE_ERROR", "The local cloud ended while the build was under way"
)
"""Why a build is a fault that the end of the local cloud has cut off."""


class Course:
    """One build under way.

    Args:
        progress: the build's record.
        workplace: its directories, made by `run` and removed by it.
    """

    def __init__(self, cloud: Cloud, progress: Progress, workplace: Workplace) -> None:
        self._cloud = cloud
        self._progress = progress
        self._workplace = workplace
        self._failed: BuildStatus | None = None
        self._end: asyncio.Future[BuildStatus] = asyncio.get_running_loop().create_future()
        self._build_log: BuildLog | None = None
        self._buildspec: Buildspec

    def end(self, status: BuildStatus) -> None:
        """Have the build end at once, with this status."""
        if not self._end.done():
            self._end.set_result(status)

    async def run(self, room: asyncio.Semaphore) -> None:
        """Take the build from its place in the queue to its end, whatever comes.

        Args:
            room: for the builds that may be under way at once.
        """
        if not await self._has_room(room):
            await self._conclude(*self._cut_off("queuedTimeoutInMinutes", "waited in the queue"))
            return
        try:
            await self._progress.leave(BuildStatus.SUCCEEDED)
            await self._run()
        finally:
            room.release()

    async def _has_room(self, room: asyncio.Semaphore) -> bool:
        """Wait for room; False where the build ends in the queue."""
        acquiring = asyncio.create_task(room.acquire())
        limit = self._progress.build["queuedTimeoutInMinutes"] * 60
        await asyncio.wait(
            (acquiring, self._end), timeout=limit, return_when=asyncio.FIRST_COMPLETED
        )
        if self._end.done() and acquiring.done():
            room.release()
        elif not acquiring.done():
            acquiring.cancel()
        return acquiring.done() and not self._end.done()

    async def _run(self) -> None:
        try:
            status, failure = await self._within_time()
        except Exception as error:
            log.exception("the build %s failed inside", self._progress.build["id"])
            status, failure = BuildStatus.FAULT, PhaseFailure("INTERNAL_SERVICE_ERROR", str(error))
        await self._conclude(status, failure)

    async def _within_time(self) -> tuple[BuildStatus, PhaseFailure | None]:
        """Work until it is done, the time is over, or somebody ends it."""
        work = asyncio.create_task(self._work())
        minutes = self._progress.build["timeoutInMinutes"]
        try:
            await asyncio.wait(
                (work, self._end), timeout=minutes * 60, return_when=asyncio.FIRST_COMPLETED
            )
            if work.done():
                work.result()
                return self._failed or BuildStatus.SUCCEEDED, None
        finally:
            work.cancel()
            await asyncio.wait((work,))
        return self._cut_off("timeoutInMinutes", "been under way")

    def _cut_off(self, limit: str, what: str) -> tuple[BuildStatus, PhaseFailure | None]:
        """What becomes of a build that somebody has ended, or else its time-out."""
        if self._end.done():
            status = self._end.result()
            return status, INTERRUPTED if status is BuildStatus.FAULT else None
        message = f"Build has {what} for {self._progress.build[limit]} minutes"
        return BuildStatus.TIMED_OUT, PhaseFailure("BUILD_TIMED_OUT", message)

    async def _conclude(self, status: BuildStatus, failure: PhaseFailure | None) -> None:
        """End what is still open, remove what the build had, and tell its end."""
        if self._progress.is_in_phase:
            phase = self._progress.phase
            await self._progress.leave(status, failure)
            await self._say_complete(phase, status, failure)
        await self._progress.enter(PhaseType.FINALIZING)
        await self._workplace.remove()
        if self._build_log is not None:
            await self._build_log.close()
        await self._progress.leave(BuildStatus.SUCCEEDED)
        await self._progress.finish(status)

    async def _work(self) -> None:
        session: ShellSession | None = None
        try:
            if not await self._provision():
                return
            session = await self._download()
            if session is not None:
                await self._commands_and_artifacts(session)
        finally:
            if session is not None:
                await session.close()

    async def _provision(self) -> bool:
        async with self._phase(PhaseType.PROVISIONING):
            self._build_log = BuildLog(await self._workplace.provision())
            await self._say("Running on CodeBuild On-demand")
        return self._failed is None

    async def _download(self) -> ShellSession | None:
        async with self._phase(PhaseType.DOWNLOAD_SOURCE):
            self._buildspec = await self._workplace.prepare(self._say, self._log.hide)
            version = self._workplace.resolved_version
            if version is not None:
                self._progress.build["resolvedSourceVersion"] = version
            return await self._workplace.session(self._log.output)
        return None

    async def _commands_and_artifacts(self, session: ShellSession) -> None:
        name: PhaseName | None = PhaseName.INSTALL
        last, succeeded = PhaseName.INSTALL, True
        while name is not None:
            last, phase = name, self._buildspec.phases[name]
            succeeded = await self._commands(session, name, phase)
            name = following(last, succeeded=succeeded, on_failure=phase.on_failure)
        await self._export(session)
        on_failure = self._buildspec.phases[last].on_failure
        if uploads_after(last, succeeded=succeeded, on_failure=on_failure):
            async with self._phase(PhaseType.UPLOAD_ARTIFACTS):
                await self._upload(session)

    async def _export(self, session: ShellSession) -> None:
        """Show the variables that the buildspec exports, with their values of now."""
        names = self._buildspec.exported_variables
        values = await session.evaluated(*(f"${{{name}-}}" for name in names))
        self._progress.build["exportedEnvironmentVariables"] = [
            {"name": name, "value": value} for name, value in zip(names, values, strict=True)
        ]

    async def _commands(self, session: ShellSession, name: PhaseName, phase: Phase) -> bool:
        """Run a phase's commands; whether they succeeded."""
        async with self._phase(PhaseType[name.name]):
            await run_phase(session, self._log, phase)
            return True
        return False

    async def _upload(self, session: ShellSession) -> None:
        build, uploading = self._progress.build, await self._workplace.uploading()
        for upload in uploads(self._progress.document, self._buildspec):
            made = await uploading.upload(upload, session.evaluated, self._say)
            shown = [build["artifacts"], *build["secondaryArtifacts"]]
            for each in shown:
                if each.get("artifactIdentifier") == upload.identifier:
                    each.update(made)

    @contextlib.asynccontextmanager
    async def _phase(self, phase: PhaseType) -> AsyncIterator[None]:
        """A phase of the build; a failure of it is recorded and goes no further."""
        await self._progress.enter(phase)
        if self._build_log is not None:
            await self._say(f"Entering phase {phase}")
        failure: PhaseFailure | None = None
        try:
            yield
        except PhaseFailure as error:
            failure, self._failed = error, BuildStatus.FAILED
        status = BuildStatus.SUCCEEDED if failure is None else BuildStatus.FAILED
        await self._progress.leave(status, failure)
        await self._say_complete(phase, status, failure)

    async def _say_complete(
        self, phase: PhaseType, status: BuildStatus, failure: PhaseFailure | None
    ) -> None:
        if self._build_log is None:
            return
        code, message = (failure.code, failure.message) if failure else ("", "")
        await self._say(f"Phase complete: {phase} State: {status}")
        await self._say(f"Phase context status code: {code} Message: {message}")

    @property
    def _log(self) -> BuildLog:
        if self._build_log is None:
            raise RuntimeError("a build's log begins with its provisioning")
        return self._build_log

    async def _say(self, text: str) -> None:
        await self._log.say(text)
