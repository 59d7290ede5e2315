"""Takes events, finds the rules that ask for them, and tells those rules' targets.

An event is matched and its deliveries are recorded in the step in which it happened: a kill loses
neither. Bringing them is ``courier.py``'s.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.events import inputs, targets
from herogate.local.planes.events.courier import Courier
from herogate.local.planes.events.deliveries import KIND, Delivery
from herogate.local.planes.events.pattern import EventPattern, InvalidPattern
from herogate.local.planes.events.rules import Rule, Rules
from herogate.local.planes.events.targets import Exhausted, Request

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
        self._courier = Courier(cloud, _EventBridge(cloud), KIND)

    async def start(self) -> None:
        """Go on with the deliveries that are still to be made."""
        for _, document in self._cloud.store.all(KIND):
            self._courier.take_up(Delivery(**document))

    async def stop(self) -> None:
        """Leave off; an attempt that has begun is finished, what is left is made after a start."""
        await self._courier.stop()

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
            self._courier.owe(
                Delivery(
                    id=str(uuid.uuid4()),
                    region=rule.region,
                    rule_arn=rule.arn,
                    target=target,
                    event=event,
                    taken_at=now,
                )
            )


class _EventBridge:
    """What targets are told for rules, and in whose name."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def requests(self, owed: Delivery) -> Sequence[Request]:
        match = inputs.Match(
            event=owed.event,
            rule_arn=owed.rule_arn,
            ingestion_time=_written(owed.taken_at),
        )
        return targets.requests(
            targets.Delivered(
                target=owed.target,
                text=inputs.text(owed.target, match),
                rule_name=owed.rule_name,
                id=owed.id,
                taken_at=owed.taken_at,
            )
        )

    async def caller(self, owed: Delivery) -> Caller:
        """The target's role, else EventBridge itself."""
        role = owed.target.get("RoleArn")
        if role is None:
            return await self.undertaker(owed)
        assumed = await self._cloud.calls.assume(
            role,
            service=_SERVICE,
            source_arn=owed.rule_arn,
            session=owed.id.replace("-", ""),
            region=owed.region,
        )
        return replace(assumed, source_arn=owed.rule_arn)

    def burial(self, owed: Delivery, refusal: AwsError, reason: Exhausted) -> Request | None:
        return targets.burial(owed.target, owed.event, owed.rule_arn, refusal, reason)

    async def undertaker(self, owed: Delivery) -> Caller:
        return replace(self._cloud.root, arn=_SERVICE, source_arn=owed.rule_arn)

    def region(self, owed: Delivery) -> str:
        return owed.region


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
