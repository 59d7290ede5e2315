"""A task that runs: its containers started in order, watched, and ended together."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from herogate.local.runtimes import health, ordering
from herogate.local.runtimes.containers import ContainerPlan
from herogate.local.runtimes.health import HealthCheck, HealthStatus
from herogate.local.runtimes.ordering import Seen
from herogate.local.runtimes.runtime import CannotStart, ContainerEnd, RunningContainer

log = logging.getLogger("herogate.local.runtimes")

_KILLED = 128 + signal.SIGKILL


class DependencyFailed(Exception):
    """A container can never start, since one that it depends on is not what it must be."""


@dataclass(frozen=True, kw_only=True)
class TaskEnd:
    """How a task ended.

    Attributes:
        containers: by name, every one of the task definition.
        essential: the essential container whose own end was the task's; None if it was stopped.
    """

    containers: Mapping[str, ContainerEnd]
    essential: str | None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A container that was started.

    Attributes:
        stop_signal: what asks its program to end.
        finish: called when it has ended, so that its log is complete.
    """

    plan: ContainerPlan
    running: RunningContainer
    stop_signal: int
    finish: Callable[[], Awaitable[None]]


Starter = Callable[[ContainerPlan], Awaitable[Member]]


class RunningTask:
    """A task's containers. The agent makes it; `begin` starts them.

    Args:
        release: called once everything has ended, to give back what the task had.
    """

    def __init__(
        self, containers: Sequence[ContainerPlan], release: Callable[[], Awaitable[None]]
    ) -> None:
        self._containers = tuple(containers)
        self._release = release
        self._members: dict[str, Member] = {}
        self._ends: dict[str, asyncio.Task[ContainerEnd]] = {}
        self._health = {each.name: HealthStatus.UNKNOWN for each in containers}
        self._watches: list[asyncio.Task[None]] = []
        self._on_health: Callable[[], None] = lambda: None
        self._changed = asyncio.Event()
        self._stopping = False
        self._essential: str | None = None
        self._over: asyncio.Task[TaskEnd]

    @property
    def ports(self) -> Mapping[int, int]:
        """This machine's loopback ports by the containers' own."""
        return {
            port: own
            for member in self._members.values()
            for port, own in member.running.ports.items()
        }

    @property
    def health(self) -> Mapping[str, HealthStatus]:
        """What the containers' own health checks say, by the container's name."""
        return dict(self._health)

    def on_health(self, changed: Callable[[], None]) -> None:
        """Have a plain function called whenever `health` has changed."""
        self._on_health = changed

    async def begin(self, start: Starter) -> None:
        """Start the containers; returns when all are started, or the task ends already.

        Raises:
            CannotStart, DependencyFailed: one cannot be started; the others were ended.
        """
        try:
            await self._start_all(start)
        except BaseException:
            self._kill_members()
            await self._settle()
            raise
        self._over = asyncio.create_task(self._follow())

    async def ended(self) -> TaskEnd:
        """Wait until nothing of the task runs any more and its output is in the log."""
        return await asyncio.shield(self._over)

    async def stop(self) -> TaskEnd:
        """Ask the programs to end, and end by force those that do not in their time."""
        if not self._stopping:
            self._stopping = True
            self._changed.set()
        return await self.ended()

    async def kill(self) -> TaskEnd:
        """End everything at once."""
        self._stopping = True
        self._changed.set()
        self._kill_members()
        return await self.ended()

    # --- starting ---

    async def _start_all(self, start: Starter) -> None:
        begin = time.monotonic()
        while len(self._members) < len(self._containers) and not self._is_ending():
            seen = self._seen()
            waited = time.monotonic() - begin
            found = ordering.next_starts(self._containers, seen, waited)
            if found.impossible:
                raise DependencyFailed(found.impossible)
            for container in found.ready:
                await self._start(container, start)
            if not found.ready:
                await self._change(ordering.deadline(self._containers, seen) - waited)

    async def _start(self, container: ContainerPlan, start: Starter) -> None:
        member = await start(container)
        self._members[container.name] = member
        self._ends[container.name] = asyncio.create_task(self._watch_end(member))
        if container.health_check is not None:
            self._watches.append(
                asyncio.create_task(self._watch_health(member, container.health_check))
            )

    async def _watch_end(self, member: Member) -> ContainerEnd:
        try:
            end = await member.running.ended()
            await member.finish()
        except Exception:
            log.exception("the output of %s could not be kept; it was ended", member.plan.name)
            end = ContainerEnd(exit_code=_KILLED)
        if member.plan.is_essential and not self._stopping and self._essential is None:
            self._essential = member.plan.name
        self._changed.set()
        return end

    async def _watch_health(self, member: Member, check: HealthCheck) -> None:
        async def passed() -> bool:
            try:
                return await member.running.run(check.command, check.timeout_seconds) == 0
            except (CannotStart, TimeoutError):
                return False

        def changed(status: HealthStatus) -> None:
            self._health[member.plan.name] = status
            self._changed.set()
            self._on_health()

        await health.watch(check, passed, changed, clock=time.monotonic)

    # --- running and ending ---

    async def _follow(self) -> TaskEnd:
        while not self._is_ending():
            await self._change()
        await asyncio.gather(*map(self._end, self._members.values()))
        return await self._settle()

    def _is_ending(self) -> bool:
        all_ended = len(self._ends) == len(self._containers) and all(
            end.done() for end in self._ends.values()
        )
        return self._stopping or self._essential is not None or all_ended

    async def _end(self, member: Member) -> None:
        """Have a container end after those that depend on it, by force if it takes too long."""
        own = self._ends[member.plan.name]
        after = ordering.dependants(self._containers, member.plan.name)
        before = [self._ends[name] for name in after if name in self._ends]
        if before:
            await asyncio.wait(before)
        member.running.signal(member.stop_signal)
        await asyncio.wait([own], timeout=member.plan.stop_seconds)
        if not own.done():
            member.running.kill()
            await asyncio.wait([own])

    def _kill_members(self) -> None:
        for member in self._members.values():
            member.running.kill()

    async def _settle(self) -> TaskEnd:
        """Wait for the last, clear up behind them, and say how they ended."""
        ends = await asyncio.gather(*self._ends.values())
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        for member in self._members.values():
            await member.running.remove()
        await self._release()
        ended = dict(zip(self._ends, ends, strict=True))
        never = ContainerEnd(exit_code=None)
        return TaskEnd(
            containers={each.name: ended.get(each.name, never) for each in self._containers},
            essential=self._essential,
        )

    def _seen(self) -> dict[str, Seen]:
        return {
            name: Seen(
                health=self._health[name],
                exit_code=end.result().exit_code if end.done() else None,
            )
            for name, end in self._ends.items()
        }

    async def _change(self, seconds: float | None = None) -> None:
        """Wait until something has happened, for so long at most."""
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
