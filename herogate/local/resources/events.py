"""EventBridge rules and what they set off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import (
    absence_is_fine,
    already_exists,
    exists,
    undone_on_failure,
)
from herogate.local.resources.requests import send
from herogate.local.resources.tags import retag, with_tags

_MOST_TARGETS = 10
"""PutTargets takes at most so many."""


@resource(
    "AWS::Events::Rule",
    "Description",
    "EventBusName",
    "EventPattern",
    "Name",
    "RoleArn",
    "ScheduleExpression",
    "State",
    "Tags",
    "Targets",
)
class Rule(Handler):
    """A rule. Its physical id is its name, on another bus than the default ``<bus>|<name>``."""

    def create(self, context: Context, properties: Properties) -> str:
        events = context.client("events")
        name = str(properties.get("Name") or context.physical_name(64))
        bus = properties.get("EventBusName", "default")
        if exists(events.describe_rule, Name=name, EventBusName=bus):
            raise already_exists(self, name)  # PutRule would overwrite it
        physical_id = name if bus == "default" else f"{bus}|{name}"
        send(events, "put_rule", {**with_tags(context, properties), "Name": name})
        with undone_on_failure(self, context, physical_id, properties):
            self._aim(events, physical_id, properties, {})
        return physical_id

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        events = context.client("events")
        rule = {"State": "ENABLED", **properties, "Name": self._place(physical_id)["Name"]}
        rule.pop("Tags", None)  # PutRule does not change an existing rule's tags
        send(events, "put_rule", rule)
        self._aim(events, physical_id, properties, previous)
        retag(events, self._arn(context, physical_id), context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        events = context.client("events")
        with absence_is_fine():
            self._aim(events, physical_id, {}, properties)
            events.delete_rule(**self._place(physical_id))

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        name = self._place(physical_id)["Name"]
        return {"Arn": self._arn(context, physical_id), "RuleName": name}

    def _aim(
        self, events: Any, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        place = self._place(physical_id)
        rule = {"Rule": place["Name"], "EventBusName": place["EventBusName"]}
        targets = properties.get("Targets") or []
        keep = {target["Id"] for target in targets}
        before = [target["Id"] for target in previous.get("Targets") or []]
        if stale := [target_id for target_id in before if target_id not in keep]:
            events.remove_targets(**rule, Ids=stale)
        for start in range(0, len(targets), _MOST_TARGETS):
            some = targets[start : start + _MOST_TARGETS]
            answer = send(events, "put_targets", {**rule, "Targets": some})
            for failed in answer.get("FailedEntries", []):
                raise AwsError(failed["ErrorCode"], failed["ErrorMessage"])

    def _place(self, physical_id: str) -> dict[str, str]:
        bus, separator, name = physical_id.rpartition("|")
        return {"Name": name, "EventBusName": bus if separator else "default"}

    def _arn(self, context: Context, physical_id: str) -> str:
        return str(context.client("events").describe_rule(**self._place(physical_id))["Arn"])
