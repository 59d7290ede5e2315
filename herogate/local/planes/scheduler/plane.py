"""Waits for schedules to fall due and tells their targets.

A run is recorded in the step in which its schedule is set to its next one: a kill neither loses a run
nor makes it twice. Bringing it to its target is the work of EventBridge's courier.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from herogate.local.errors import AwsError
from herogate.local.planes.events.courier import Courier
from herogate.local.planes.events.targets import Exhausted, Request
from herogate.local.planes.scheduler import invocations, plan
from herogate.local.planes.scheduler.invocations import KIND, Invocation
from herogate.local.planes.scheduler.records import Group, Records, Schedule

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

log = logging.getLogger("herogate.local.scheduler")

_SERVICE = "scheduler.amazonaws.com"
_LONGEST_WAIT_SECONDS = 30
"""A machine that was asleep finds out so late that time has passed."""


class SchedulerPlane:
    """EventBridge Scheduler.

    Attributes:
        records: the schedules and groups.
    """

    def __init__(self, cloud: Cloud, *, now: Callable[[], float] = time.time) -> None:
        self._cloud = cloud
        self._now = now
        self.records = Records(cloud)
        self._sender = _Scheduler(cloud)
        self._courier = Courier(cloud, self._sender, KIND, now=now)
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._duty: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Go on with the runs that are still to be told, and keep the time."""
        for _, document in self._cloud.store.all(KIND):
            self._courier.take_up(Invocation(**document))
        self._duty = asyncio.create_task(self._keep_time())

    async def stop(self) -> None:
        """Leave off; an attempt that has begun is finished, what is left is made after a start."""
        self._stopping.set()
        self._changed.set()
        if self._duty is not None:
            await self._duty
        await self._courier.stop()

    def put(self, schedule: Schedule) -> None:
        """Keep a schedule that was created or changed; it runs from now on."""
        self.records.put(plan.begun(schedule))
        self._changed.set()

    async def check_role(self, group: Group, role_arn: str) -> None:
        """Refuse a role that the schedules of a group could not be run in."""
        try:
            await self._sender.assume(role_arn, group.region, group.arn, "check")
        except AwsError:
            raise AwsError(
                "ValidationException",
                "The execution role you provide must allow AWS EventBridge Scheduler to assume the "
                "role.",
            ) from None

    async def _keep_time(self) -> None:
        while not self._stopping.is_set():
            self._changed.clear()
            try:
                await self._turns()
            except Exception:
                log.exception("schedules could not be looked at")
            due = [each.due_at for each in self.records.everywhere() if each.due_at is not None]
            wait = min([_LONGEST_WAIT_SECONDS, *(max(at - self._now(), 0) for at in due)])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    async def _turns(self) -> None:
        """Do what is to be done about every schedule that is due."""
        for schedule in list(self.records.everywhere()):
            if plan.turn(schedule, self._now()) is not None:
                async with self._cloud.whole():
                    self._take_turn(schedule)

    def _take_turn(self, before: Schedule) -> None:
        schedule = self.records.schedule(before.region, before.group, before.name)
        turn = None if schedule is None else plan.turn(schedule, self._now())
        if schedule is None or turn is None:
            return  # it was deleted or changed while the step was waited for
        if turn.then is None:
            self.records.remove(schedule)
        else:
            self.records.put(turn.then)
        if turn.run_for is None:
            log.warning("schedule %s has missed a run", schedule.arn)
        else:
            self._begin(schedule, turn.run_for)

    def _begin(self, schedule: Schedule, run_for: float) -> None:
        group = self.records.group(schedule.region, schedule.group)
        if group is None:
            return
        self._courier.owe(
            Invocation(
                id=str(uuid.uuid4()),
                region=schedule.region,
                account_id=schedule.account_id,
                group_arn=group.arn,
                schedule_arn=schedule.arn,
                target=schedule.settings["Target"],
                run_for=run_for,
            )
        )


class _Scheduler:
    """What targets are told for schedules, and in whose name."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def requests(self, owed: Invocation) -> Sequence[Request]:
        return invocations.requests(owed)

    async def caller(self, owed: Invocation) -> Caller:
        role = owed.target["RoleArn"]
        session = owed.id.replace("-", "")
        assumed = await self.assume(role, owed.region, owed.group_arn, session)
        return replace(assumed, source_arn=owed.schedule_arn)

    def burial(self, owed: Invocation, refusal: AwsError, reason: Exhausted) -> Request | None:
        return invocations.burial(owed, refusal, reason)

    async def undertaker(self, owed: Invocation) -> Caller:
        return await self.caller(owed)

    def region(self, owed: Invocation) -> str:
        return owed.region

    async def assume(self, role_arn: str, region: str, group_arn: str, session: str) -> Caller:
        """Take on a role for a group's schedules. Raises `AwsError` if it does not trust them."""
        return await self._cloud.calls.assume(
            role_arn, service=_SERVICE, source_arn=group_arn, session=session, region=region
        )
