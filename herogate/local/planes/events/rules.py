"""The rules and targets that are declared, read where they are kept: behind the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Rule:
    """An enabled rule that matches events."""

    name: str
    arn: str
    region: str
    bus: str
    pattern: str


class Rules:
    """All rules of all buses."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def of(self, region: str, bus: str) -> Sequence[Rule]:
        """The enabled rules of a bus that match events; none where there is no such bus."""
        try:
            listed = await self._pages("ListRules", "Rules", region, EventBusName=bus)
        except AwsError as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise
            return []
        return [
            Rule(
                name=rule["Name"],
                arn=rule["Arn"],
                region=region,
                bus=bus,
                pattern=rule["EventPattern"],
            )
            for rule in listed
            if rule["State"] != "DISABLED" and "EventPattern" in rule
        ]

    async def targets(self, rule: Rule) -> Sequence[Mapping[str, Any]]:
        """What a rule tells of an event."""
        return await self._pages(
            "ListTargetsByRule", "Targets", rule.region, Rule=rule.name, EventBusName=rule.bus
        )

    async def _pages(
        self, operation: str, field: str, region: str, **parameters: str
    ) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        position: dict[str, str] = {}
        while True:
            page = await self._cloud.calls.ask(
                "events",
                operation,
                {**parameters, **position},
                region=region,
                caller=self._cloud.root,
            )
            found += page[field]
            if "NextToken" not in page:
                return found
            position = {"NextToken": page["NextToken"]}
