"""Tells targets what they are owed until they take it, or it is given up; on disk in between.

Each goes its own way, so that a target that refuses holds up no other. What a target is told, in whose
name, and when it is given up is said by who owes: EventBridge's rules and its Scheduler.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from herogate.local.errors import AwsError
from herogate.local.planes.events import targets
from herogate.local.planes.events.targets import Exhausted, Request

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

log = logging.getLogger("herogate.local.events")


class Owed(Protocol):
    """What a target is still to be told."""

    @property
    def id(self) -> str: ...

    @property
    def target(self) -> Mapping[str, Any]: ...

    @property
    def due_at(self) -> float:
        """When to try next (seconds since the epoch)."""

    @property
    def document(self) -> dict[str, Any]: ...

    @property
    def owner(self) -> str:
        """Who owes it, as the log calls it."""

    def after(self, refusal: AwsError, now: float) -> Self | Exhausted:
        """It, as it is tried again, or why it is given up."""


T = TypeVar("T", bound=Owed)
T_contra = TypeVar("T_contra", bound=Owed, contravariant=True)


class Owner(Protocol[T_contra]):
    """What a courier asks of who owes."""

    def requests(self, owed: T_contra) -> Sequence[Request]:
        """The calls that tell the target, in order. Raises `AwsError` where it cannot be told."""

    async def caller(self, owed: T_contra) -> Caller:
        """In whose name the target is told."""

    def burial(self, owed: T_contra, refusal: AwsError, reason: Exhausted) -> Request | None:
        """What the dead-letter queue is told of what was given up; None without one."""

    async def undertaker(self, owed: T_contra) -> Caller:
        """In whose name the dead-letter queue is told."""

    def region(self, owed: T_contra) -> str:
        """Where the dead-letter queue is."""


class Courier(Generic[T]):
    """Brings what is owed.

    Args:
        kind: the documents of what is owed, by its id; gone once the target was told, or given up.
        now: the clock (seconds since the epoch).
    """

    def __init__(
        self, cloud: Cloud, owner: Owner[T], kind: str, *, now: Callable[[], float] = time.time
    ) -> None:
        self._cloud = cloud
        self._owner = owner
        self._kind = kind
        self._now = now
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def owe(self, owed: T) -> None:
        """Note what is owed and be on the way. Call it in the step in which it came to be owed."""
        self._cloud.store.put(self._kind, owed.id, owed.document)
        self.take_up(owed)

    def take_up(self, owed: T) -> None:
        """Go on with what was noted before."""
        # An empty context: bringing it is no part of the step in which it came to be owed.
        task = asyncio.get_running_loop().create_task(
            self._deliver(owed), context=contextvars.Context()
        )
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Leave off; an attempt that has begun is finished, what is left is for after a start."""
        self._stopping.set()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _deliver(self, owed: T) -> None:
        pending: T | None = owed
        await self._cloud.started()
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

    async def _attempt(self, owed: T) -> T | None:
        """Tell the target; what is owed as it is to be tried again, None when it is over."""
        try:
            async with self._cloud.whole():
                await self._tell(owed)
                self._cloud.store.delete(self._kind, owed.id)
        except AwsError as refusal:
            return await self._refused(owed, refusal)
        except Exception as bug:
            log.exception("%s could not tell %s", owed.owner, owed.target["Arn"])
            return await self._refused(owed, AwsError("InternalException", str(bug), status=500))
        return None

    async def _tell(self, owed: T) -> None:
        requests = self._owner.requests(owed)
        caller = await self._owner.caller(owed)
        for request in requests:
            answer = await self._ask(request, targets.region(owed.target), caller)
            if reason := request.refused(answer):
                raise AwsError("FailedInvocation", reason)

    async def _ask(self, request: Request, region: str, caller: Caller) -> Mapping[str, Any]:
        return await self._cloud.calls.ask(
            request.service, request.operation, request.parameters, region=region, caller=caller
        )

    async def _refused(self, owed: T, refusal: AwsError) -> T | None:
        what = owed.after(refusal, self._now())
        log.warning(
            "%s: %s refuses (%s: %s); %s",
            owed.owner,
            owed.target["Arn"],
            refusal.code,
            refusal.message,
            "given up" if isinstance(what, Exhausted) else "tried again",
        )
        async with self._cloud.whole():
            if not isinstance(what, Exhausted):
                self._cloud.store.put(self._kind, what.id, what.document)
                return what
            self._cloud.store.delete(self._kind, owed.id)
            await self._bury(owed, refusal, what)
        return None

    async def _bury(self, owed: T, refusal: AwsError, reason: Exhausted) -> None:
        """Send what was given up to the dead-letter queue, if there is one."""
        request = self._owner.burial(owed, refusal, reason)
        if request is None:
            return
        try:
            caller = await self._owner.undertaker(owed)
            await self._ask(request, self._owner.region(owed), caller)
        except AwsError as error:
            log.warning("%s: its dead-letter queue refuses: %s", owed.owner, error)
