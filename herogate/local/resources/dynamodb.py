"""DynamoDB tables: keys, indexes, and the protections around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, exists, undone_on_failure
from herogate.local.resources.requests import boolean, changed, only, send
from herogate.local.resources.tags import retag, with_tags

_NO_RECOVERY: Properties = {"PointInTimeRecoveryEnabled": False}


def _spelled(properties: Properties) -> dict[str, Any]:
    """The properties as CreateTable and UpdateTable spell them."""
    result = dict(properties)
    if encryption := properties.get("SSESpecification"):
        result["SSESpecification"] = {
            "Enabled" if name == "SSEEnabled" else name: value for name, value in encryption.items()
        }
    if stream := properties.get("StreamSpecification"):
        result["StreamSpecification"] = {"StreamEnabled": True, **stream}
    return result


@resource(
    "AWS::DynamoDB::Table",
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "ProvisionedThroughput",
    "SSESpecification",
    "StreamSpecification",
    "TableClass",
    "TableName",
    "Tags",
    "TimeToLiveSpecification",
)
class Table(Handler):
    """A table. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        dynamodb = context.client("dynamodb")
        name = str(properties.get("TableName") or context.physical_name(255))
        named = {**_spelled(with_tags(context, properties)), "TableName": name}
        send(dynamodb, "create_table", named)
        with undone_on_failure(self, context, name, properties):
            self._protect(dynamodb, name, properties, {})
        return name

    def is_ready(self, context: Context, physical_id: str) -> bool:
        table = self._find(context, physical_id)
        indexes = table.get("GlobalSecondaryIndexes", [])
        states = [table["TableStatus"], *(index["IndexStatus"] for index in indexes)]
        return all(state == "ACTIVE" for state in states)

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        dynamodb = context.client("dynamodb")
        indexes = self._find(context, physical_id).get("GlobalSecondaryIndexes", [])
        for change in _table_changes(properties, previous, indexes):
            send(dynamodb, "update_table", {"TableName": physical_id, **change})
        self._protect(dynamodb, physical_id, properties, previous)
        retag(dynamodb, self._find(context, physical_id)["TableArn"], context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("dynamodb").delete_table(TableName=physical_id)

    def is_gone(self, context: Context, physical_id: str) -> bool:
        return not exists(context.client("dynamodb").describe_table, TableName=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        table = self._find(context, physical_id)
        stream = table.get("LatestStreamArn")
        enabled = table.get("StreamSpecification", {}).get("StreamEnabled")
        return {"Arn": table["TableArn"]} | ({"StreamArn": stream} if stream and enabled else {})

    def _find(self, context: Context, name: str) -> dict[str, Any]:
        return dict(context.client("dynamodb").describe_table(TableName=name)["Table"])

    def _protect(
        self, dynamodb: Any, name: str, properties: Properties, previous: Properties
    ) -> None:
        """Bring what has calls of its own up to date: recovery and expiry."""
        place = {"TableName": name}
        if changed("PointInTimeRecoverySpecification", properties, previous):
            recovery = properties.get("PointInTimeRecoverySpecification", _NO_RECOVERY)
            change = {**place, "PointInTimeRecoverySpecification": recovery}
            send(dynamodb, "update_continuous_backups", change)
        if changed("TimeToLiveSpecification", properties, previous):
            self._expire(dynamodb, name, properties.get("TimeToLiveSpecification", {}))

    def _expire(self, dynamodb: Any, name: str, specification: Properties) -> None:
        """Let the items expire by one attribute, or not at all."""
        found = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        now = found["AttributeName"] if found["TimeToLiveStatus"] == "ENABLED" else None
        on = boolean(specification.get("Enabled", False))
        wanted = specification.get("AttributeName") if on else None
        for attribute, enabled in ((now, False), (wanted, True)):
            if attribute is not None and now != wanted:
                change = {"AttributeName": attribute, "Enabled": enabled}
                place = {"TableName": name, "TimeToLiveSpecification": change}
                send(dynamodb, "update_time_to_live", place)


def _table_changes(
    properties: Properties, previous: Properties, indexes: Sequence[Properties]
) -> list[dict[str, Any]]:
    """The UpdateTable calls that bring a table from `previous` to `properties`, in order.

    Args:
        indexes: those that the table has.
    """
    after, before = _spelled(properties), _spelled(previous)
    defaults: dict[str, Any] = {
        "DeletionProtectionEnabled": False,
        "SSESpecification": {"Enabled": False},
        "StreamSpecification": {"StreamEnabled": False},
        "TableClass": "STANDARD",
    }
    changes = [
        {name: after.get(name, default)}
        for name, default in defaults.items()
        if changed(name, after, before)
    ]
    capacity = ("BillingMode", "ProvisionedThroughput", "OnDemandThroughput")
    if any(changed(name, after, before) for name in capacity):
        changes.append({"BillingMode": "PROVISIONED", **only(after, capacity)})
    streams = [each.get("StreamSpecification") for each in (before, after)]
    if all(streams) and streams[0] != streams[1]:
        # A stream's view type cannot be changed while it is on.
        changes.insert(0, {"StreamSpecification": {"StreamEnabled": False}})
    return changes + _index_changes(after, before, indexes)


def _index_changes(
    after: Properties, before: Properties, indexes: Sequence[Properties]
) -> list[dict[str, Any]]:
    wanted, declared = (
        {index["IndexName"]: index for index in each.get("GlobalSecondaryIndexes") or []}
        for each in (after, before)
    )
    existing = {index["IndexName"]: declared.get(index["IndexName"], index) for index in indexes}
    capacity = ("ProvisionedThroughput", "OnDemandThroughput")
    remade = {
        name
        for name in wanted.keys() & existing.keys()
        if any(changed(key, wanted[name], existing[name]) for key in ("KeySchema", "Projection"))
    }
    deleted = existing.keys() - wanted.keys() | remade
    created = wanted.keys() - existing.keys() | remade
    if len(deleted) + len(created) > 1:
        raise AwsError(
            "ValidationError",
            "Cannot perform more than one GSI creation or deletion in a single update",
        )
    updates = [
        {"Update": {"IndexName": name, **only(wanted[name], capacity)}}
        for name in sorted(wanted.keys() & existing.keys() - remade)
        if any(changed(key, wanted[name], existing[name]) for key in capacity)
    ]
    updates += [{"Delete": {"IndexName": name}} for name in sorted(deleted)]
    updates += [{"Create": wanted[name]} for name in sorted(created)]
    definitions = only(after, ["AttributeDefinitions"])
    return [{**definitions, "GlobalSecondaryIndexUpdates": [each]} for each in updates]
