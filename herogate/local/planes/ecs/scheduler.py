"""Keeps services as they are wanted: looks, has ``plan.py`` decide, and does it.

Wakes when something has happened to a service or its tasks, or at the moment that the plan named;
never in between. One step records everything that a look has led to.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from herogate.local.errors import AwsError
from herogate.local.planes.ecs import targets
from herogate.local.planes.ecs.breaker import breaker_of
from herogate.local.planes.ecs.plan import Copy, CopyState, EarlySuccess, Rollout, Wanted, plan
from herogate.local.planes.ecs.records import Records
from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.status import RolloutState, ServiceStatus
from herogate.local.planes.ecs.turn import Start, Turn
from herogate.local.planes.ecs.vitals import TargetHealth, copy_of

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.ecs")

_RETRY_SECONDS = 5

Done = Callable[[Turn], Awaitable[None]]
Begin = Callable[[Service], Awaitable[Start]]


class Scheduler:
    """Wakes for services and does what is planned for them.

    Args:
        begin: find out with what a service's next tasks would be started.
        done: carry out what a turn has come to, within its step.
    """

    def __init__(self, cloud: Cloud, records: Records, *, begin: Begin, done: Done) -> None:
        self._cloud = cloud
        self._records = records
        self._begin = begin
        self._done = done
        self._due: dict[str, float] = {}
        self._woken = asyncio.Event()

    def wake(self, key: str, at: float = 0) -> None:
        """Look at a service at this time; as soon as possible unless one is given."""
        self._due[key] = min(at, self._due.get(key, at))
        self._woken.set()

    def wake_balanced(self) -> None:
        """Look at all services behind load balancers: some target's state has changed."""
        for service in self._records.living_services():
            if any(each.revision.workload.get("loadBalancers") for each in service.deployments):
                self.wake(service.key)

    async def run(self) -> None:
        """Keep all services, for ever."""
        while True:
            self._woken.clear()
            now = time.time()
            for key in [key for key, at in self._due.items() if at <= now]:
                del self._due[key]
                await self._look(key)
            left = min(self._due.values(), default=None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if left is None else max(0, left - time.time())):
                    await self._woken.wait()

    async def _look(self, key: str) -> None:
        """One look at a service; what went wrong with it must not end the others' care."""
        try:
            async with self._cloud.whole():
                await self._take_turn(key)
        except Exception:
            log.exception("the service %s could not be looked after", key)
            self.wake(key, time.time() + _RETRY_SECONDS)

    async def _take_turn(self, key: str) -> None:
        service = self._records.service(key)
        if service is None or service.status is ServiceStatus.INACTIVE:
            return
        known = await self._targets(service)
        start = await self._start(service)
        # From here on nothing is waited for, so that what was read stays true until it is recorded.
        service = self._records.service(key)
        if service is None:
            return
        if isinstance(start, Start) and start.order.deployment != service.primary.id:
            self.wake(key)  # another deployment has begun meanwhile
            return
        now = time.time()
        turn = Turn(service=service, records=self._records, start=start, now=now)
        for task in self._records.unreckoned(service):
            turn.note_end(task)
        copies = self._copies(turn, known, now)
        planned = plan(_wanted(turn.service), copies, now)
        for action in planned.actions:
            turn.perform(action)
        if turn.service != service:
            self._records.keep_service(turn.service)
        if planned.actions:
            self.wake(key)
        elif planned.again_at is not None:
            self.wake(key, planned.again_at)
        await self._done(turn)

    async def _targets(self, service: Service) -> dict[tuple[str, str, int], TargetHealth]:
        groups = {
            target.group_arn for task in self._records.tasks_of(service) for target in task.targets
        }
        known: dict[tuple[str, str, int], TargetHealth] = {}
        for group in sorted(groups):
            known.update(await targets.health(self._cloud, service.region, group))
        return known

    async def _start(self, service: Service) -> Start | AwsError:
        try:
            return await self._begin(service)
        except AwsError as error:
            return error

    def _copies(
        self, turn: Turn, known: dict[tuple[str, str, int], TargetHealth], now: float
    ) -> list[Copy]:
        """The service's copies; those found healthy for the first time are noted."""
        service = turn.service
        grace = service.settings.get("healthCheckGracePeriodSeconds", 0)
        copies = []
        for task in self._records.tasks_of(service):
            copy = copy_of(task, known, grace_seconds=grace, now=now)
            if copy.state is CopyState.HEALTHY and task.healthy_at is None:
                self._records.keep_task(replace(task, healthy_at=now))
                turn.note_healthy(copy.deployment)
            copies.append(copy)
        return copies


def _wanted(service: Service) -> Wanted:
    configuration, primary = service.configuration, service.primary
    return Wanted(
        primary=Rollout(
            id=primary.id,
            in_progress=primary.rollout is RolloutState.IN_PROGRESS,
            launches=primary.rollout is not RolloutState.FAILED,
            failures=primary.failures,
            failures_in_a_row=primary.failures_in_a_row,
            last_failure_at=primary.last_failure_at,
        ),
        desired_count=service.desired_count,
        others=tuple(each.id for each in service.deployments[1:]),
        maximum_percent=configuration["maximumPercent"],
        minimum_healthy_percent=configuration["minimumHealthyPercent"],
        breaker=breaker_of(configuration),
        early_success=_early_success(service),
        draining=service.status is ServiceStatus.DRAINING,
        steady=service.steady,
    )


def _early_success(service: Service) -> EarlySuccess | None:
    asked = service.configuration.get("earlySuccessCriteria", {})
    if not asked.get("enable"):
        return None
    return EarlySuccess(
        healthy_percent=asked["healthyPercent"],
        deferred=asked["sourceServiceRevisionCleanup"] == "DEFERRED",
    )
