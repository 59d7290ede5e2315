"""Deploys: a pushed commit on its way through build and release, followed to its end.

What moves a deploy on is AWS's; following it changes nothing, except that a commit which nothing took
up is started.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from herogate.aws.codebuild import OWN_LINE, Builds, is_last_line
from herogate.aws.codepipeline import Action, Codepipelines, Execution
from herogate.aws.logs import Logs
from herogate.aws.session import Session
from herogate.engine.clock import Sleep
from herogate.engine.echoes import looked_for
from herogate.errors import RequestError
from herogate.models import (
    BuildStatus,
    Deployed,
    DeployEvent,
    DeployFailed,
    DeployOutput,
    DeploySuperseded,
)
from stacks import names

Clock = Callable[[], float]

_PATIENCE_SECONDS = 15.0
"""How long a push may take to start its codepipeline: EventBridge delivers best effort."""

_DELAY_SECONDS = 0.5
_LAST_LOOKS = 10
"""So often is a log looked at again whose last line has not come when all is over: of what is there
CloudWatch may tell nothing at first (aws-actions/aws-codebuild-run-build says so in its code)."""

_SOURCE_ACTION = "Source"


class Deploys:
    """The deploys of a region's apps.

    Args:
        released_commit: the commit that an app's current release was made of.
        clock: seconds, from any moment on.
    """

    def __init__(
        self,
        session: Session,
        released_commit: Callable[[str], str | None],
        *,
        sleep: Sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self._codepipelines = Codepipelines(session)
        self._builds = Builds(session)
        self._logs = Logs(session)
        self._released_commit = released_commit
        self._sleep = sleep
        self._clock = clock

    def known(self, app: str) -> frozenset[str]:
        """The ids of the app's deploys so far; what a push starts is none of them."""
        return frozenset(each.id for each in self._executions(app))

    def follow(
        self, app: str, commit: str, *, known: frozenset[str] | None = None
    ) -> Iterator[DeployEvent]:
        """Follow the deploy of a commit to its end.

        Args:
            commit: a whole commit id, which the app's repository has.
            known: the deploys there were before the push that brings this one. None where nothing is
                pushed: then one of this commit that is under way is followed, or a new one started.
        """
        if known is None:
            execution = self._under_way(app, commit) or self._start(app, commit)
        else:
            execution = self._started_by_push(app, commit, known)
        yield from self._output(app, execution)
        yield self._outcome(app, commit, execution)

    def overtaken_by(self, app: str, commit: str) -> str | None:
        """The commit of a newer deploy under way, which makes a release of this one needless."""
        executions = self._executions(app)
        own = next((n for n, each in enumerate(executions) if each.commit == commit), 0)
        newer = (
            each.commit
            for each in executions[:own]
            if each.commit not in (None, commit) and not each.status.is_over
        )
        return next(newer, None)

    def _under_way(self, app: str, commit: str) -> str | None:
        found = (
            each.id
            for each in self._executions(app)
            if each.commit == commit and not each.status.is_over
        )
        return next(found, None)

    def _started_by_push(self, app: str, commit: str, known: frozenset[str]) -> str:
        deadline = self._clock() + _PATIENCE_SECONDS
        while self._clock() < deadline:
            for each in self._executions(app):
                if each.commit == commit and each.id not in known:
                    return each.id
            self._sleep(_DELAY_SECONDS)
        return self._start(app, commit)

    def _start(self, app: str, commit: str) -> str:
        """Start the deploy of a commit. Raises `RequestError` if the codepipeline stays busy."""
        name = names.codepipeline(app)
        start = partial(self._codepipelines.start, name, _SOURCE_ACTION, commit)
        execution = looked_for(start, self._sleep)
        if execution is None:
            raise RequestError(
                f"The codepipeline of {app} is busy, and does not take {commit[:8]}.",
                "Push it again in a while.",
            )
        return execution

    def _output(self, app: str, execution: str) -> Iterator[DeployEvent]:
        """What builds write, until the execution is over."""
        codepipeline = names.codepipeline(app)
        outputs: dict[str, _Output] = {}
        is_over = False
        while not is_over:
            # The status first: what is read after it is all there is, once it is over.
            is_over = self._codepipelines.status(codepipeline, execution).is_over
            for action in self._codepipelines.actions(codepipeline, execution):
                if action.build_id is not None:
                    reader = outputs.setdefault(
                        action.build_id, _Output(self._builds, self._logs, action.build_id)
                    )
                    yield from reader.more()
            if not is_over:
                self._sleep(_DELAY_SECONDS)
        yield from self._last([reader for reader in outputs.values() if not reader.is_whole])

    def _last(self, readers: Sequence[_Output]) -> Iterator[DeployEvent]:
        """What builds that are over wrote, and CloudWatch has not told yet."""
        unread = [reader for reader in readers if not reader.is_cut_off]
        for _ in range(_LAST_LOOKS):
            if not unread:
                return
            self._sleep(_DELAY_SECONDS)
            for reader in unread:
                yield from reader.more()
            unread = [reader for reader in unread if not reader.is_whole]

    def _outcome(self, app: str, commit: str, execution: str) -> DeployEvent:
        codepipeline = names.codepipeline(app)
        status = self._codepipelines.status(codepipeline, execution)
        if status.has_succeeded and self._released_commit(app) == commit:
            return Deployed()
        if status.has_succeeded or status.is_superseded:
            return DeploySuperseded(by=self._newest(app))
        actions = self._codepipelines.actions(codepipeline, execution)
        failed = next((action for action in actions if action.has_failed), None)
        if failed is None:
            return DeployFailed(step="deploy", reason=f"CodePipeline says {status}.")
        return DeployFailed(step=failed.stage.lower(), reason=self._reason(failed))

    def _reason(self, action: Action) -> str | None:
        build = None if action.build_id is None else self._builds.get(action.build_id)
        if build is not None and build.status is BuildStatus.STOPPED:
            return "It was stopped, as it is when the app is destroyed."
        return (build.failure if build else None) or action.reason

    def _newest(self, app: str) -> str | None:
        return next((each.commit for each in self._executions(app)), None)

    def _executions(self, app: str) -> list[Execution]:
        return self._codepipelines.executions(names.codepipeline(app))


class _Output:
    """What one build writes, read on from where it was left.

    Attributes:
        is_whole: whether its last line was read.
    """

    def __init__(self, builds: Builds, logs: Logs, build_id: str) -> None:
        self._builds = builds
        self._logs = logs
        self._build_id = build_id
        self._place: tuple[str, str] | None = None
        self._token: str | None = None
        self.is_whole = False

    @property
    def is_cut_off(self) -> bool:
        """Whether the build was stopped: that writes no last line."""
        build = self._builds.get(self._build_id)
        return build is None or build.status is BuildStatus.STOPPED

    def more(self) -> Iterator[DeployOutput]:
        """The lines since the last look, without those of CodeBuild's own."""
        place = self._place = self._place or self._found()
        while place is not None:
            page = self._logs.stream(*place, token=self._token)
            self.is_whole |= any(map(is_last_line, page.lines))
            yield from (
                DeployOutput(line=line) for line in page.lines if not line.startswith(OWN_LINE)
            )
            if page.token == self._token:
                return
            self._token = page.token

    def _found(self) -> tuple[str, str] | None:
        build = self._builds.get(self._build_id)
        if build is None or build.log_group is None or build.log_stream is None:
            return None
        return build.log_group, build.log_stream
