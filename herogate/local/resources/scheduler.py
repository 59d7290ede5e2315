"""EventBridge Scheduler's groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine
from herogate.local.resources.requests import send
from herogate.local.resources.tags import retag, with_tags


@resource("AWS::Scheduler::ScheduleGroup", "Name", "Tags")
class ScheduleGroup(Handler):
    """A group of schedules, which go with it. Its physical id is its name."""

    def create(self, context: Context, properties: Properties) -> str:
        named = {"Name": context.physical_name(64)} | with_tags(context, properties)
        send(context.client("scheduler"), "create_schedule_group", named)
        return str(named["Name"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        arn = str(self.attributes(context, physical_id)["Arn"])
        retag(context.client("scheduler"), arn, context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("scheduler").delete_schedule_group(Name=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        group = context.client("scheduler").get_schedule_group(Name=physical_id)
        return {
            "Arn": group["Arn"],
            "State": group["State"],
            "CreationDate": group["CreationDate"].isoformat(),
            "LastModificationDate": group["LastModificationDate"].isoformat(),
        }
