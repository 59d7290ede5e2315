"""One task's life, from its acceptance to its end: what ECS does around the programs.

Each stage is recorded, and told to EventBridge, in one step. Why a task must end is not decided here;
what runs inside it is the agent's (``runtimes/agent.py``).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.ecs import notices, targets
from herogate.local.planes.ecs.means import Document
from herogate.local.planes.ecs.pulse import Pulse
from herogate.local.planes.ecs.records import Records
from herogate.local.planes.ecs.status import DesiredStatus, Health, StopCode, TaskStatus
from herogate.local.planes.ecs.tasks import Container, Task
from herogate.local.runtimes.agent import Launch, LaunchFailed
from herogate.local.runtimes.task import RunningTask, TaskEnd

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.ecs")

CLOSING_SECONDS = 3
"""How long a task has to end when the cloud stops."""


class Life:
    """A task that lives.

    Args:
        definition: the task's definition, in the API's shape.
        pulse: beats when the state of a target may have changed.
        changed: called after each change of the task.
    """

    def __init__(
        self,
        cloud: Cloud,
        records: Records,
        key: str,
        definition: Document,
        *,
        pulse: Pulse,
        changed: Callable[[Task], None],
    ) -> None:
        self._cloud = cloud
        self._records = records
        self._key = key
        self._definition = definition
        self._pulse = pulse
        self._changed = changed
        self._unwanted = asyncio.Event()
        self._hurried = asyncio.Event()

    @property
    def task(self) -> Task:
        """The task as it is now."""
        found = self._records.task(self._key)
        if found is None:
            raise LookupError(self._key)
        return found

    def end(self) -> None:
        """Begin to end the task, which is recorded as unwanted."""
        self._unwanted.set()

    def hurry(self) -> None:
        """End it at once: the cloud stops, nobody's request is waited for."""
        self._unwanted.set()
        self._hurried.set()

    async def run(self) -> None:
        """Live; return when the task has stopped."""
        try:
            await self._live()
        except LaunchFailed as failure:
            await self._fail(str(failure))
        except Exception:
            log.exception("the task %s broke off", self.task.arn)
            await self._fail("Internal error of the local cloud; `herogate local logs` has more.")

    async def _live(self) -> None:
        await self._move(status=TaskStatus.PENDING, pull_started_at=time.time())
        running = await self._launched()
        ended = asyncio.create_task(running.ended())
        try:
            await self._move(status=TaskStatus.ACTIVATING, pull_stopped_at=time.time())
            await self._serve(running, ended)
            if not ended.done():
                await self._wind_down(running, ended)
            await self._over(await ended)
        finally:
            if not ended.done():
                await running.kill()
            await asyncio.gather(ended, return_exceptions=True)

    async def _launched(self) -> RunningTask:
        """The task's programs, started; given up if the task is unwanted before they are.

        Raises:
            LaunchFailed: they could not be started, or were not wanted.
        """
        task = self.task
        launch = Launch(
            region=task.region,
            task_arn=task.arn,
            task_definition=self._definition,
            overrides=task.overrides,
            address=task.interface.address,
        )
        launching = asyncio.create_task(self._cloud.ecs.agent.launch(launch))
        await _first(launching, self._unwanted.wait())
        if not launching.done():
            launching.cancel()
            await asyncio.wait({launching})
        if launching.cancelled():
            raise LaunchFailed(task.stopped_reason or "")
        return launching.result()

    async def _serve(self, running: RunningTask, ended: asyncio.Task[TaskEnd]) -> None:
        """Be there for requests until the task is unwanted or has ended."""
        if self._unwanted.is_set() or ended.done():
            return
        self._cloud.elb.whereabouts.place(self.task.interface.address, running.ports)
        if not await self._register():
            return
        containers = tuple(
            replace(each, status=TaskStatus.RUNNING) for each in self.task.containers
        )
        await self._move(status=TaskStatus.RUNNING, started_at=time.time(), containers=containers)
        running.on_health(lambda: self._note_health(running))
        self._note_health(running)
        await _first(ended, self._unwanted.wait())

    async def _register(self) -> bool:
        """Become a target; whether that could be done."""
        try:
            async with self._cloud.whole():
                await targets.register(self._cloud, self.task)
        except AwsError as error:
            groups = ", ".join(target.group_arn for target in self.task.targets)
            reason = f"Task failed to register targets in (target-group {groups}): {error}"
            await self._move(stop_code=StopCode.FAILED_TO_START, stopped_reason=reason)
            return False
        return True

    async def _wind_down(self, running: RunningTask, ended: asyncio.Task[TaskEnd]) -> None:
        """Take the task from the load balancers, let requests finish, and have its programs end."""
        await self._move(status=TaskStatus.DEACTIVATING, desired=DesiredStatus.STOPPED)
        if self.task.targets:
            await self._deregister()
            drained = self._pulse.until(lambda: targets.are_drained(self._cloud, self.task))
            await _first(ended, drained, self._hurried.wait())
        await self._move(status=TaskStatus.STOPPING)
        stopping = asyncio.create_task(running.stop())
        await _first(ended, self._hurried.wait())
        await asyncio.wait({ended}, timeout=CLOSING_SECONDS)
        if self._hurried.is_set() and not ended.done():
            await running.kill()
        await asyncio.gather(ended, stopping)

    async def _deregister(self) -> None:
        async with self._cloud.whole():
            await targets.deregister(self._cloud, self.task)

    async def _over(self, end: TaskEnd) -> None:
        """Everything in the task has ended."""
        task, now = self.task, time.time()
        own = task.stop_code is None
        await self._move(
            status=TaskStatus.DEPROVISIONING,
            desired=DesiredStatus.STOPPED,
            stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED if own else task.stop_code,
            stopped_reason="Essential container in task exited" if own else task.stopped_reason,
            stopping_at=task.stopping_at or now,
            execution_stopped_at=now,
            containers=tuple(_ended(each, end) for each in task.containers),
        )
        await self._leave()

    async def _fail(self, reason: str) -> None:
        """The task could not be started, or not be followed any further."""
        task, now = self.task, time.time()
        await self._move(
            desired=DesiredStatus.STOPPED,
            stop_code=task.stop_code or StopCode.FAILED_TO_START,
            stopped_reason=task.stopped_reason if task.stop_code else reason,
            stopping_at=task.stopping_at or now,
            execution_stopped_at=now,
            containers=tuple(replace(each, status=TaskStatus.STOPPED) for each in task.containers),
        )
        await self._leave()

    async def _leave(self) -> None:
        """Give up the task's place, whether or not it ever took it."""
        await self._deregister()
        self._cloud.elb.whereabouts.remove(self.task.interface.address)
        await self._move(status=TaskStatus.STOPPED, stopped_at=time.time())

    def _note_health(self, running: RunningTask) -> None:
        """Record what the container health checks say."""
        task = self.task
        containers = tuple(
            replace(each, health=Health(running.health.get(each.name, each.health)))
            for each in task.containers
        )
        if containers != task.containers and not task.status.is_over:
            self._records.keep_task(replace(task, containers=containers))
            self._changed(self.task)

    async def _move(self, **changes: Any) -> None:
        """Record a stage of the task's life and tell it."""
        async with self._cloud.whole():
            task = replace(self.task, version=self.task.version + 1, **changes)
            self._records.keep_task(task)
            await self._cloud.ecs.tell([notices.of_task(task)])
        self._changed(task)


def _ended(container: Container, end: TaskEnd) -> Container:
    ended = end.containers.get(container.name)
    if ended is None:
        return replace(container, status=TaskStatus.STOPPED)
    return replace(
        container, status=TaskStatus.STOPPED, exit_code=ended.exit_code, reason=ended.reason
    )


async def _first(awaited: asyncio.Task[Any], *others: Coroutine[Any, Any, Any]) -> None:
    """Return when the first of them is done; the others, but for `awaited`, are given up."""
    waiting = [asyncio.create_task(other) for other in others]
    try:
        await asyncio.wait({awaited, *waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
