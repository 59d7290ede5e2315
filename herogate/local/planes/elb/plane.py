"""Keeps the router in step with what is declared, and alive.

Operations wrap every change of load balancing in `ElbPlane.change`, so that a client that has its
answer sees the effect. What a change may be is not decided here, and no traffic passes here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.elb import encoding
from herogate.local.planes.elb.process import RouterEndedError, RouterProcess
from herogate.local.planes.elb.reading import Document, read_table
from herogate.local.planes.elb.roster import Roster
from herogate.local.planes.elb.table import Listener, Protocol, Table
from herogate.local.planes.elb.targets import Registration

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.elb")

_REGION = "elb-region"
"""Documents naming the regions that have or had a load balancer."""

_PREDECESSOR_SECONDS = 0.5
_RETRY_SECONDS = 1
_POLL_SECONDS = 0.05
_RESTART_SECONDS = 15
_STABLE_SECONDS = 1


class PortTakenError(Exception):
    """A port of this machine cannot be opened; the message is the system's reason."""


class ElbPlane:
    """Load balancers made true: their listeners' ports answer on this machine."""

    def __init__(self, cloud: Cloud) -> None:
        self.roster = Roster(cloud.store, self._moved)
        self.whereabouts = self.roster.whereabouts
        self._cloud = cloud
        self._tables: dict[str, Table] = {}
        self._failed: dict[int, str] = {}
        self._told: dict[str, Any] = {}
        self._router: RouterProcess | None = None
        self._router_changed = asyncio.Condition()
        self._turn = asyncio.Lock()
        self._turn_of: asyncio.Task[Any] | None = None
        self._duties: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()
        self._on_health: list[Callable[[], None]] = []

    async def start(self) -> None:
        """Serve what is declared; return when the ports are open, or known to be taken."""
        for region, _ in self._cloud.store.all(_REGION):
            self._tables[region] = await self._read(region)
        self._duties.append(asyncio.create_task(self._supervise()))
        await self._serve()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PREDECESSOR_SECONDS):
                while self._failed:
                    await asyncio.sleep(_POLL_SECONDS)
                    await self._serve()
        for port, reason in self._failed.items():
            log.warning("port %d cannot be opened: %s; tried again until it can", port, reason)
        self._duties.append(asyncio.create_task(self._retry()))
        for group_arn in self.roster.registrations.groups_with_draining():
            self.drain(group_arn, [], delay_seconds=0)

    async def stop(self) -> None:
        """End the router; its ports are free when this returns."""
        work = [*self._duties, *self._errands]
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        if self._router is not None:
            await self._router.stop()

    def status(self) -> dict[str, Any]:
        """For `herogate local status`: the router's process, its open ports, and those it lacks."""
        wanted = set(self._table.listeners) if self._router else set()
        return {
            "pid": self._router.pid if self._router else None,
            "ports": sorted(wanted - set(self._failed)),
            "failed": {str(port): reason for port, reason in sorted(self._failed.items())},
        }

    def declared(self, region: str) -> Table:
        """What a region declares, as the router serves it."""
        return self._tables.get(region, Table())

    @contextlib.asynccontextmanager
    async def change(self, region: str, *, listener: str | None = None) -> AsyncIterator[None]:
        """One change of what is declared at a time; the router has followed when it is over.

        A change may be made of further ones by the same task; the router follows the outermost.

        Args:
            listener: the ARN of the one listener that exists already and may change.
        """
        task = asyncio.current_task()
        if self._turn_of is task:
            yield
            return
        async with self._turn:
            self._turn_of = task
            try:
                yield
                present = self.declared(region).declared
                unchanged = {each.arn: each for each in present if each.arn != listener}
                await self.refresh(region, unchanged=unchanged)
            finally:
                self._turn_of = None

    async def refresh(
        self, region: str, *, unchanged: Mapping[str, Listener] | None = None
    ) -> None:
        """Read a region anew, but for `unchanged` listeners, and have the router serve it."""
        if region not in self._tables:
            self._cloud.store.put(_REGION, region, {})
        self._tables[region] = self._retargeted(await self._read(region, unchanged))
        await self._serve()

    def on_health(self, callback: Callable[[], None]) -> None:
        """Have a function called whenever some target's state has changed."""
        self._on_health.append(callback)

    def drain(
        self, group_arn: str, targets: Iterable[Registration], *, delay_seconds: float
    ) -> None:
        """Let targets finish their requests, for so long at most, and take them away then."""
        registrations = self.roster.registrations
        registrations.drain(group_arn, targets, until=time.time() + delay_seconds)
        for target, until in registrations.draining(group_arn).items():
            self._run(self._end_draining(group_arn, target, until))

    def shares(self, protocol: Protocol, port: int) -> bool:
        """Whether a port that listeners have here takes another one for its hosts."""
        held = self._table.listeners.get(port)
        return held is not None and held.can_share(protocol, port)

    def is_shared(self, port: int) -> bool:
        """Whether listeners of several load balancers have a port here."""
        held = self._table.listeners.get(port)
        return held is not None and bool(held.beside)

    async def reserve(self, port: int) -> None:
        """Take a port of this machine for a listener about to be declared.

        Raises:
            PortTakenError: somebody has it, or may not be had.
        """
        failed = await self._command({"do": "reserve", "port": port})
        if failed:
            raise PortTakenError(failed[port])

    async def release(self, port: int) -> None:
        """Give a reserved port back: its listener was not declared."""
        await self._command({"do": "release", "port": port})

    @property
    def _table(self) -> Table:
        return reduce(add, self._tables.values(), Table())

    async def _read(self, region: str, unchanged: Mapping[str, Listener] | None = None) -> Table:
        async def ask(service: str, operation: str, parameters: Document) -> Document:
            return await self._cloud.calls.ask(
                service, operation, parameters, region=region, caller=self._cloud.root
            )

        return await read_table(ask, self.roster.targets, unchanged=unchanged)

    def _moved(self) -> None:
        self._run(self._retarget())

    async def _retarget(self) -> None:
        """Have the router serve the same with the targets as they are on the roster now."""
        self._tables = {region: self._retargeted(told) for region, told in self._tables.items()}
        await self._serve()

    def _retargeted(self, told: Table) -> Table:
        groups = (
            replace(group, targets=tuple(self.roster.targets(group.arn, group.health_check)))
            for group in told.target_groups
        )
        return replace(told, target_groups=tuple(groups))

    async def _end_draining(self, group_arn: str, target: Registration, until: float) -> None:
        await asyncio.sleep(until - time.time())
        await self._drained(group_arn, target)

    async def _drained(self, group_arn: str, target: Registration) -> None:
        """Take a target away that has finished, unless it was registered again meanwhile."""
        if target not in self.roster.registrations.draining(group_arn):
            return
        async with self._cloud.whole():
            self.roster.registrations.remove(group_arn, [target])
        await self._retarget()
        self._tell_health()

    def _reported(self, report: Mapping[str, Any]) -> None:
        """Act on what the router says of itself."""
        if "health" in report:
            self.roster.note(report["health"])
            self._tell_health()
            return
        idle = report["idle"]
        for target in self.roster.registrations.draining(idle["group"]):
            if target.name == idle["target"]:
                self._run(self._drained(idle["group"], target))

    def _tell_health(self) -> None:
        for callback in self._on_health:
            callback()

    def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _serve(self) -> None:
        for group in self._table.target_groups:
            self.roster.forget(group)
        command = {"do": "serve", "table": encoding.to_json(self._table)}
        self._note(await self._command(command))

    def _note(self, failed: dict[int, str]) -> None:
        self._failed = failed
        self._tell()

    def _tell(self) -> None:
        """Publish the status if it has changed."""
        if self.status() != self._told:
            self._told = self.status()
            self._cloud.publish()

    async def _command(self, command: Mapping[str, Any]) -> dict[int, str]:
        """The router's answer; if it ends meanwhile, its successor's."""
        ended: RouterProcess | None = None
        while True:
            router = await self._running(ended)
            try:
                return await router.ask(command)
            except RouterEndedError:
                ended = router

    async def _running(self, ended: RouterProcess | None) -> RouterProcess:
        """The router, waited for while it is being started; not the one known to have ended."""
        try:
            async with asyncio.timeout(_RESTART_SECONDS), self._router_changed:
                while self._router is None or self._router is ended:
                    await self._router_changed.wait()
                return self._router
        except TimeoutError as error:
            raise AwsError("ServiceUnavailable", "The router does not run", status=503) from error

    async def _supervise(self) -> None:
        """Start the router, and again whenever it has ended, with the whole table."""
        clock = asyncio.get_running_loop().time
        while True:
            router = await RouterProcess.start([self._cloud.lock], self._reported)
            began = clock()
            await self._announce(router)
            with contextlib.suppress(RouterEndedError):
                command = {"do": "serve", "table": encoding.to_json(self._table)}
                self._note(await router.ask(command))
            status = await router.ended()
            await self._announce(None)
            log.warning("the router (process %d) ended with status %d", router.pid, status)
            if clock() - began < _STABLE_SECONDS:
                await asyncio.sleep(_RETRY_SECONDS)

    async def _announce(self, router: RouterProcess | None) -> None:
        async with self._router_changed:
            self._router = router
            self._router_changed.notify_all()
        self._tell()

    async def _retry(self) -> None:
        """Try the ports that could not be opened again and again."""
        while True:
            await asyncio.sleep(_RETRY_SECONDS)
            if self._failed:
                await self._serve()
