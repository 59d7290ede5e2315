"""Takes events, finds the rules that ask for them, and tells those rules' targets.

An event is matched and its deliveries are recorded in the step in which it happened: a kill loses
neither. Each delivery goes its own way, so that a target that refuses holds up no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import logging
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.events import inputs, targets
from herogate.local.planes.events.deliveries import KIND, Delivery, Exhausted
from herogate.local.planes.events.pattern import EventPattern, InvalidPattern
from herogate.local.planes.events.rules import Rule, Rules

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

log = logging.getLogger("herogate.local.events")

DEFAULT_BUS = "default"

_SERVICE = "events.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What is to be made an event."""

    source: str
    detail_type: str
    resources: Sequence[str] = ()
    detail: Mapping[str, Any]
    happened_at: float | None = None


class EventsPlane:
    """EventBridge: rules that act."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._rules = Rules(cloud)
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Go on with the deliveries that are still to be made."""
        for _, document in self._cloud.store.all(KIND):
            self._take_up(Delivery.of(document))

    async def stop(self) -> None:
        """Leave off; an attempt that has begun is finished, what is left is made after a start."""
        self._stopping.set()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def publish(
        self,
        region: str,
        *,
        source: str,
        detail_type: str,
        resources: Sequence[str],
        detail: Mapping[str, Any],
    ) -> str:
        """Let an AWS service tell what has happened, on the region's default bus; the event's id.

        Call it in the step in which it happened (`Cloud.whole`): both are kept, or neither.
        """
        announcement = Announcement(
            source=source, detail_type=detail_type, resources=resources, detail=detail
        )
        return await self.take(region, DEFAULT_BUS, announcement)

    async def take(self, region: str, bus: str, announcement: Announcement) -> str:
        """Take an event and record what it leads to; its id. A bus that is not there has no rules."""
        now = time.time()
        event = _envelope(self._cloud.account_id, region, announcement, now)
        async with self._cloud.whole():
            for rule in await self._rules.of(region, bus):
                if _asks(rule, event):
                    await self._record(rule, event, now)
        return str(event["id"])

    async def _record(self, rule: Rule, event: Mapping[str, Any], now: float) -> None:
        for target in await self._rules.targets(rule):
            delivery = Delivery(
                id=str(uuid.uuid4()),
                region=rule.region,
                rule_arn=rule.arn,
                target=target,
                event=event,
                taken_at=now,
            )
            self._cloud.store.put(KIND, delivery.id, delivery.document)
            self._take_up(delivery)

    def _take_up(self, delivery: Delivery) -> None:
        # An empty context: a delivery is no part of the step in which its event happened.
        task = asyncio.get_running_loop().create_task(
            self._deliver(delivery), context=contextvars.Context()
        )
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        pending: Delivery | None = delivery
        await self._cloud.started()
        while pending is not None and not await self._stopped_before(pending.due_at):
            pending = await self._attempt(pending)
            with contextlib.suppress(OSError, sqlite3.Error):  # told by the checkpoint; tried again
                await self._cloud.kept()

    async def _stopped_before(self, moment: float) -> bool:
        """Wait for a moment; whether the cloud stops first."""
        try:
            async with asyncio.timeout(max(moment - time.time(), 0)):
                await self._stopping.wait()
        except TimeoutError:
            pass
        return self._stopping.is_set() or self._cloud.stopping.is_set()

    async def _attempt(self, delivery: Delivery) -> Delivery | None:
        """Tell the target; the delivery as it is to be tried again, None when it is over."""
        try:
            async with self._cloud.whole():
                await self._tell(delivery)
                self._cloud.store.delete(KIND, delivery.id)
        except AwsError as refusal:
            return await self._refused(delivery, refusal)
        except Exception as bug:
            log.exception("rule %s could not tell %s", delivery.rule_name, delivery.target["Arn"])
            return await self._refused(
                delivery, AwsError("InternalException", str(bug), status=500)
            )
        return None

    async def _tell(self, delivery: Delivery) -> None:
        match = inputs.Match(
            event=delivery.event,
            rule_arn=delivery.rule_arn,
            ingestion_time=_written(delivery.taken_at),
        )
        delivered = targets.Delivered(
            target=delivery.target,
            text=inputs.text(delivery.target, match),
            rule_name=delivery.rule_name,
            id=delivery.id,
            taken_at=delivery.taken_at,
        )
        requests = targets.requests(delivered)
        caller = await self._caller(delivery)
        for request in requests:
            answer = await self._cloud.ask(
                request.service,
                request.operation,
                request.parameters,
                region=targets.region(delivery.target),
                caller=caller,
            )
            if reason := request.refused(answer):
                raise AwsError("FailedInvocation", reason)

    async def _caller(self, delivery: Delivery) -> Caller:
        """In whose name the target is told: the target's role, else EventBridge itself."""
        role = delivery.target.get("RoleArn")
        if role is None:
            return self._itself(delivery)
        assumed = await self._cloud.assume(
            role,
            service=_SERVICE,
            source_arn=delivery.rule_arn,
            session=delivery.id.replace("-", ""),
            region=delivery.region,
        )
        return replace(assumed, source_arn=delivery.rule_arn)

    def _itself(self, delivery: Delivery) -> Caller:
        return replace(self._cloud.root, arn=_SERVICE, source_arn=delivery.rule_arn)

    async def _refused(self, delivery: Delivery, refusal: AwsError) -> Delivery | None:
        what = delivery.after(refusal, time.time())
        log.warning(
            "rule %s: %s refuses (%s: %s); %s",
            delivery.rule_name,
            delivery.target["Arn"],
            refusal.code,
            refusal.message,
            "given up" if isinstance(what, Exhausted) else "tried again",
        )
        async with self._cloud.whole():
            if isinstance(what, Delivery):
                self._cloud.store.put(KIND, what.id, what.document)
                return what
            self._cloud.store.delete(KIND, delivery.id)
            await self._bury(delivery, refusal, what)
        return None

    async def _bury(self, delivery: Delivery, refusal: AwsError, reason: Exhausted) -> None:
        """Send what was given up to the target's dead-letter queue, if it has one."""
        request = targets.burial(
            delivery.target, delivery.event, delivery.rule_arn, refusal, reason
        )
        if request is None:
            return
        try:
            await self._cloud.ask(
                request.service,
                request.operation,
                request.parameters,
                region=delivery.region,
                caller=self._itself(delivery),
            )
        except AwsError as error:
            log.warning("rule %s: its dead-letter queue refuses: %s", delivery.rule_name, error)


def _asks(rule: Rule, event: Mapping[str, Any]) -> bool:
    """Whether a rule asks for an event; one that an earlier version let in may not be readable."""
    try:
        return EventPattern.parse(rule.pattern).matches(event)
    except InvalidPattern as invalid:
        log.warning("rule %s does not act, since its pattern is not valid: %s", rule.name, invalid)
        return False


def _envelope(
    account: str, region: str, announcement: Announcement, now: float
) -> Mapping[str, Any]:
    """The event, of plain JSON values whatever it was told with."""
    happened_at = now if announcement.happened_at is None else announcement.happened_at
    event: dict[str, Any] = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": announcement.detail_type,
        "source": announcement.source,
        "account": account,
        "time": _written(happened_at),
        "region": region,
        "resources": list(announcement.resources),
        "detail": announcement.detail,
    }
    plain: dict[str, Any] = json.loads(json.dumps(event))
    return plain


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
