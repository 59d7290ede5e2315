"""Has executions happen: makes the attempts that are due, and tells EventBridge of every change.

What is due is decided in ``progress.py`` and ``requests.py``; what an action does is in ``actions/``. An
attempt that a stop or a kill has cut off is followed on, or begun if it had not begun, after the start.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from herogate.local.errors import AwsError
from herogate.local.planes.codepipeline import actions, variables
from herogate.local.planes.codepipeline.actions.work import failed
from herogate.local.planes.codepipeline.history import History
from herogate.local.planes.codepipeline.notices import SOURCE, Notice, declared
from herogate.local.planes.codepipeline.progress import Changes, Outcome, Progress
from herogate.local.planes.codepipeline.records import Attempt, Execution
from herogate.local.planes.codepipeline.requests import Requests
from herogate.local.planes.codepipeline.status import Failure

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.codepipeline")

T = TypeVar("T")

_MINUTE = 60


class _Left(Exception):
    """Nobody waits for the attempt any more: it was given up, or the cloud stops."""


class CodePipelinePlane:
    """CodePipeline: executions.

    Attributes:
        requests: what may be asked of executions; whoever asks passes the changes to `follow`.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.history = History(cloud.store)
        self._cloud = cloud
        self._progress = Progress(self.history, time.time)
        self.requests = Requests(self.history, self._progress, time.time)
        self._waiting: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Follow on what was at work, and do what is due."""
        unfinished = self.history.all_unfinished()
        for execution in unfinished:
            for attempt in execution.at_work():
                self._make(execution, attempt)
        for region, name in {(each.region, each.pipeline) for each in unfinished}:
            await self.advance(region, name)

    async def stop(self) -> None:
        """Wait for nothing any more; what is at work is followed on after a start."""
        for left in self._waiting.values():
            left.set()
        await asyncio.gather(*self._tasks)

    async def advance(self, region: str, name: str) -> None:
        """Do what is due in a codepipeline, as after a stage was opened."""
        async with self._cloud.whole():
            await self.follow(self._progress.advance(region, name, Changes()))

    async def follow(self, changes: Changes) -> None:
        """Have changes take effect. To be called in the step in which they were made."""
        for attempt_id in changes.left:
            if attempt_id in self._waiting:
                self._waiting[attempt_id].set()
        if not self._cloud.stopping.is_set():
            for execution, attempt in changes.begun:
                self._make(execution, attempt)
        for notice in changes.notices:
            await self._publish(notice)

    async def _publish(self, notice: Notice) -> None:
        execution = notice.execution
        arn = f"arn:aws:codepipeline:{execution.region}:{self._cloud.account_id}"
        await self._cloud.events.publish(
            execution.region,
            source=SOURCE,
            detail_type=notice.detail_type,
            resources=[f"{arn}:{execution.pipeline}"],
            detail=notice.detail(),
        )

    def _make(self, execution: Execution, attempt: Attempt) -> None:
        self._waiting[attempt.id] = asyncio.Event()
        # An empty context: an attempt is no part of the step in which it became due.
        task = asyncio.get_running_loop().create_task(
            self._attempt(execution, attempt), context=contextvars.Context()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attempt(self, execution: Execution, attempt: Attempt) -> None:
        try:
            outcome = await self._outcome(execution, attempt)
            async with self._cloud.whole():
                present = self._present(execution)
                if present is not None:
                    await self.follow(self._progress.settle(present, attempt.id, outcome))
            await self._cloud.kept()
        except _Left:
            pass
        except Exception:
            log.exception("%s of %s could not be ended", attempt.action, execution.pipeline)
        finally:
            del self._waiting[attempt.id]

    async def _outcome(self, execution: Execution, attempt: Attempt) -> Outcome:
        work = actions.Work(
            cloud=self._cloud,
            execution=execution,
            attempt=attempt,
            declaration=declared(execution, attempt),
        )
        action = actions.of(work.declaration)
        seconds = _longest(work, action)
        left = max(attempt.started_at + seconds - time.time(), 0)
        try:
            begun = work.on(await self._begun(work, action))
            return await self._unless_left(attempt.id, action.end(begun), left)
        except variables.UnresolvedVariable as error:
            return failed(Failure.CONFIGURATION, str(error))
        except AwsError as error:
            return failed(_code(error), error.message)
        except TimeoutError:
            return failed(Failure.JOB, f"The action timed out after {seconds:.0f} seconds.")
        except _Left:
            raise
        except Exception as bug:
            log.exception("%s of %s failed", attempt.action, execution.pipeline)
            return failed(Failure.JOB, f"The local cloud failed: {bug}")

    async def _begun(self, work: actions.Work, action: actions.Action) -> Attempt:
        """The attempt, set going if it has not been yet; raises `_Left` if it is over already."""
        attempt = work.attempt
        if attempt.token is not None or attempt.external_id is not None:
            return attempt
        configuration = variables.resolved(
            work.declaration["configuration"], work.execution.namespaces()
        )
        async with self._cloud.whole():
            if self._waiting[attempt.id].is_set():
                raise _Left
            begun = await action.begin(work.on(replace(attempt, configuration=configuration)))
            self._progress.keep(self._wanted(work).with_attempt(begun))
        await self._cloud.kept()
        return begun

    def _wanted(self, work: actions.Work) -> Execution:
        """The execution as it is now; raises `_Left` if it does not wait for this attempt."""
        present = self._present(work.execution)
        attempt = None if present is None else present.attempt(work.attempt.id)
        if present is None or attempt is None or attempt.status.is_over:
            raise _Left
        return present

    def _present(self, execution: Execution) -> Execution | None:
        return self.history.get(execution.region, execution.pipeline, execution.id)

    async def _unless_left(
        self, attempt_id: str, work: Coroutine[Any, Any, T], seconds: float
    ) -> T:
        """What `work` comes to, unless the attempt is left first, or takes too long."""
        left = asyncio.create_task(self._waiting[attempt_id].wait())
        working = asyncio.create_task(work)
        try:
            await asyncio.wait(
                {left, working}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if working.done():
                return working.result()
            raise _Left if left.done() else TimeoutError
        finally:
            left.cancel()
            working.cancel()
            await asyncio.gather(left, working, return_exceptions=True)


def _longest(work: actions.Work, action: actions.Action) -> float:
    """How long an attempt may take, in seconds."""
    minutes = work.declaration.get("timeoutInMinutes")
    return action.longest_seconds if minutes is None else float(minutes) * _MINUTE


def _code(error: AwsError) -> Failure:
    denied = error.code in {"AccessDenied", "AccessDeniedException"}
    return Failure.PERMISSION if denied else Failure.CONFIGURATION
