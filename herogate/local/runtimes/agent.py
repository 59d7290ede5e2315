"""What Fargate's agent does for a task: roles, secrets, images, log streams; then its containers.

It knows nothing of services and deployments, and not what a container is on this machine: that is the
runtime's.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from herogate.local.runtimes import containers
from herogate.local.runtimes.containers import NotSupported
from herogate.local.runtimes.launch import Launch
from herogate.local.runtimes.metadata import TaskMetadata
from herogate.local.runtimes.provision import Lacking, Provision
from herogate.local.runtimes.runtime import CannotStart, Runtime
from herogate.local.runtimes.task import DependencyFailed, RunningTask, TaskEnd

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

__all__ = ["Agent", "Launch", "LaunchFailed", "RunningTask", "TaskEnd"]


class LaunchFailed(Exception):
    """A task could not be started; the message is its ``stoppedReason``."""


class Agent:
    """Starts tasks.

    Args:
        runtime: what runs containers.
    """

    def __init__(self, cloud: Cloud, runtime: Runtime) -> None:
        self._cloud = cloud
        self._runtime = runtime
        self._metadata = TaskMetadata(cloud)
        self._running: set[RunningTask] = set()

    async def start(self) -> None:
        """Clear away what tasks of an earlier run of the cloud have left."""
        self._metadata.start()
        await self._runtime.start()

    async def stop(self) -> None:
        """End at once what still runs."""
        await asyncio.gather(*(task.kill() for task in self._running))
        await self._runtime.stop()

    async def launch(self, launch: Launch) -> RunningTask:
        """Start a task; returns when all its containers are started.

        Raises:
            LaunchFailed: it cannot be started, and nothing of it is left.
        """
        try:
            plan = containers.plan(
                launch.task_definition,
                launch.overrides,
                region=launch.region,
                task=launch.task,
                confines=self._runtime.confines,
            )
        except NotSupported as error:
            raise LaunchFailed(str(error)) from error
        async with AsyncExitStack() as undo:
            provision = Provision(self._cloud, self._runtime, launch, plan)
            try:
                await provision.make(self._metadata, undo)
            except Lacking as error:
                raise LaunchFailed(str(error)) from error
            return await self._begin(provision, undo.pop_all())

    async def _begin(self, provision: Provision, given: AsyncExitStack) -> RunningTask:
        async def release() -> None:
            self._running.discard(task)
            await given.aclose()

        task = RunningTask(provision.plan.containers, release)
        try:
            await task.begin(provision.start)
        except (CannotStart, DependencyFailed) as error:
            raise LaunchFailed(f"CannotStartContainerError: {error}") from error
        self._running.add(task)
        return task
