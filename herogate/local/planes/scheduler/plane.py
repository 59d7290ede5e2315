"""Waits for schedules to fall due and tells their targets.

A run is recorded in the step in which its schedule is set to its next one: a kill neither loses a run
nor makes it twice. Each goes its own way then, so that a target that refuses holds up no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import sqlite3
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from herogate.local.errors import AwsError
from herogate.local.planes.events import targets
from herogate.local.planes.scheduler import invocations, plan
from herogate.local.planes.scheduler.invocations import KIND, Exhausted, Invocation
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
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._duty: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Go on with the runs that are still to be told, and keep the time."""
        for _, document in self._cloud.store.all(KIND):
            self._take_up(Invocation(**document))
        self._duty = asyncio.create_task(self._keep_time())

    async def stop(self) -> None:
        """Leave off; an attempt that has begun is finished, what is left is made after a start."""
        self._stopping.set()
        self._changed.set()
        if self._duty is not None:
            await self._duty
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def put(self, schedule: Schedule) -> None:
        """Keep a schedule that was created or changed; it runs from now on."""
        self.records.put(plan.begun(schedule))
        self._changed.set()

    async def check_role(self, group: Group, role_arn: str) -> None:
        """Refuse a role that the schedules of a group could not be run in."""
        try:
            await self._assumed(role_arn, group.region, group.arn, "check")
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
        invocation = Invocation(
            id=str(uuid.uuid4()),
            region=schedule.region,
            account_id=schedule.account_id,
            group_arn=group.arn,
            schedule_arn=schedule.arn,
            target=schedule.settings["Target"],
            run_for=run_for,
        )
        self._cloud.store.put(KIND, invocation.id, invocation.document)
        self._take_up(invocation)

    def _take_up(self, invocation: Invocation) -> None:
        # An empty context: a run is no part of the step in which it fell due.
        task = asyncio.get_running_loop().create_task(
            self._deliver(invocation), context=contextvars.Context()
        )
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, invocation: Invocation) -> None:
        pending: Invocation | None = invocation
        while pending is not None and not await self._stopped_before(pending.due_at):
            pending = await self._attempt(pending)
            with contextlib.suppress(OSError, sqlite3.Error):  # told by the checkpoint; tried again
                await self._cloud.kept()

    async def _stopped_before(self, moment: float) -> bool:
        """Wait for a moment; whether the cloud stops first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(moment - self._now(), 0)):
                await self._stopping.wait()
        return self._stopping.is_set() or self._cloud.stopping.is_set()

    async def _attempt(self, invocation: Invocation) -> Invocation | None:
        """Tell the target; the run as it is to be tried again, None when it is over."""
        try:
            async with self._cloud.whole():
                await self._tell(invocation)
                self._cloud.store.delete(KIND, invocation.id)
        except AwsError as refusal:
            return await self._refused(invocation, refusal)
        except Exception as bug:
            log.exception("schedule %s could not run", invocation.schedule_arn)
            return await self._refused(
                invocation, AwsError("InternalServerException", str(bug), status=500)
            )
        return None

    async def _tell(self, invocation: Invocation) -> None:
        caller = await self._caller(invocation)
        for request in invocations.requests(invocation):
            answer = await self._cloud.ask(
                request.service,
                request.operation,
                request.parameters,
                region=targets.region(invocation.target),
                caller=caller,
            )
            if reason := request.refused(answer):
                raise AwsError("FailedInvocation", reason)

    async def _caller(self, invocation: Invocation) -> Caller:
        role = invocation.target["RoleArn"]
        session = invocation.id.replace("-", "")
        assumed = await self._assumed(role, invocation.region, invocation.group_arn, session)
        return replace(assumed, source_arn=invocation.schedule_arn)

    async def _assumed(self, role_arn: str, region: str, group_arn: str, session: str) -> Caller:
        return await self._cloud.assume(
            role_arn, service=_SERVICE, source_arn=group_arn, session=session, region=region
        )

    async def _refused(self, invocation: Invocation, refusal: AwsError) -> Invocation | None:
        what = invocation.after(refusal, self._now())
        log.warning(
            "schedule %s: %s refuses (%s: %s); %s",
            invocation.schedule_arn,
            invocation.target["Arn"],
            refusal.code,
            refusal.message,
            "given up" if isinstance(what, Exhausted) else "tried again",
        )
        async with self._cloud.whole():
            if isinstance(what, Invocation):
                self._cloud.store.put(KIND, what.id, what.document)
                return what
            self._cloud.store.delete(KIND, invocation.id)
            await self._bury(invocation, refusal, what)
        return None

    async def _bury(self, invocation: Invocation, refusal: AwsError, reason: Exhausted) -> None:
        """Send what was given up to the target's dead-letter queue, if it has one."""
        request = invocations.burial(invocation, refusal, reason)
        if request is None:
            return
        try:
            await self._cloud.ask(
                request.service,
                request.operation,
                request.parameters,
                region=invocation.region,
                caller=await self._caller(invocation),
            )
        except AwsError as error:
            log.warning("schedule %s: its queue refuses: %s", invocation.schedule_arn, error)
