"""A build's record while it is under way: every step is noted, and EventBridge hears of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from herogate.local.planes.codebuild import notices, records
from herogate.local.planes.codebuild.failures import PhaseFailure
from herogate.local.planes.codebuild.records import Builds, Document
from herogate.local.planes.codebuild.status import BuildStatus, PhaseType

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


class Progress:
    """The record of one build, and the only place that writes it."""

    def __init__(
        self,
        cloud: Cloud,
        builds: Builds,
        document: Document,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._cloud = cloud
        self._builds = builds
        self._now = now
        self.document = document

    @property
    def build(self) -> Document:
        """The build in CodeBuild's shape."""
        shape: Document = self.document["build"]
        return shape

    @property
    def phase(self) -> PhaseType:
        """The phase that the build is in, or was in last."""
        return PhaseType(self.build["currentPhase"])

    @property
    def is_in_phase(self) -> bool:
        """Whether a phase has begun and not ended."""
        return "endTime" not in self.build["phases"][-1]

    async def begin(self) -> None:
        """Tell of a build that was submitted."""
        submitted = self.build["phases"][0]
        await self._note(notices.STATE_CHANGE, notices.state_change(self.build))
        await self._note(notices.PHASE_CHANGE, notices.phase_change(self.build, submitted))

    async def enter(self, phase: PhaseType) -> None:
        """Note the beginning of a phase."""
        records.enter(self.document, phase, self._now())
        async with self._cloud.whole():
            self._builds.put(self.document)

    async def leave(self, status: BuildStatus, failure: PhaseFailure | None = None) -> None:
        """Note the end of the phase."""
        phase = records.leave(self.document, status, self._now(), failure)
        await self._note(notices.PHASE_CHANGE, notices.phase_change(self.build, phase))

    async def finish(self, status: BuildStatus) -> None:
        """Note the end of the build; it is on disk when this returns."""
        records.finish(self.document, status, self._now())
        await self._note(notices.STATE_CHANGE, notices.state_change(self.build))
        await self._cloud.kept()

    async def _note(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """The record and the event, both or neither, also where the build is cut off meanwhile."""
        await asyncio.shield(self._note_whole(detail_type, detail))

    async def _note_whole(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        async with self._cloud.whole():
            self._builds.put(self.document)
            await self._cloud.events.publish(
                self.document["region"],
                source=notices.SOURCE,
                detail_type=detail_type,
                resources=[self.build["arn"]],
                detail=detail,
            )
