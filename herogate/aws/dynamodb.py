"""DynamoDB: a table of items under ``pk`` (partition) and ``sk`` (sort), written on conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from herogate.aws.session import Session
from herogate.errors import AwsRefused

Item = Mapping[str, Any]

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize
_CONFLICT_ATTEMPTS = 10  # of a transaction that met another one on the same item


@dataclass(frozen=True, kw_only=True)
class Put:
    """Write an item, on the condition that none of its keys exists.

    Attributes:
        over: attributes of an existing item that may be overwritten; None if no item may exist.
    """

    item: Item
    over: Item | None = None


@dataclass(frozen=True, kw_only=True)
class Remove:
    """Delete an item, on the condition that these attributes of it are so."""

    pk: str
    sk: str
    where: Item


class Table:
    """One table."""

    def __init__(self, session: Session, name: str) -> None:
        self._service = session.service("dynamodb")
        self._name = name

    def partition(self, pk: str) -> list[Item]:
        """All items of a partition in the order of their sort keys, as they are at this moment."""
        return [
            {key: _plain(_deserialize(value)) for key, value in item.items()}
            for item in self._service.items(
                "query",
                "Items",
                TableName=self._name,
                ConsistentRead=True,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": _serialize(pk)},
            )
        ]

    def write(self, changes: Sequence[Put | Remove]) -> bool:
        """Make all changes or none; False if somebody else's write broke a condition."""
        items = [self._put(c) if isinstance(c, Put) else self._remove(c) for c in changes]
        for attempt in range(1, _CONFLICT_ATTEMPTS + 1):
            try:
                self._service.call("transact_write_items", TransactItems=items)
            except AwsRefused as refusal:
                if "ConditionalCheckFailed" in refusal.reason:
                    return False
                if "TransactionConflict" not in refusal.reason or attempt == _CONFLICT_ATTEMPTS:
                    raise
            else:
                break
        return True

    def _put(self, change: Put) -> dict[str, Any]:
        matching, names, values = _equal(change.over or {})
        condition = "attribute_not_exists(pk)" + (f" OR ({matching})" if matching else "")
        return {
            "Put": {
                "TableName": self._name,
                "Item": {key: _serialize(value) for key, value in change.item.items()},
                "ConditionExpression": condition,
            }
            | _placeholders(names, values)
        }

    def _remove(self, change: Remove) -> dict[str, Any]:
        condition, names, values = _equal(change.where)
        return {
            "Delete": {
                "TableName": self._name,
                "Key": {"pk": _serialize(change.pk), "sk": _serialize(change.sk)},
                "ConditionExpression": condition,
            }
            | _placeholders(names, values)
        }


def _equal(attributes: Item) -> tuple[str, dict[str, str], dict[str, Any]]:
    names = {f"#{number}": name for number, name in enumerate(attributes)}
    values = {f":{number}": _serialize(value) for number, value in enumerate(attributes.values())}
    condition = " AND ".join(f"#{number} = :{number}" for number in range(len(attributes)))
    return condition, names, values


def _placeholders(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    if not names:
        return {}
    return {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}


def _plain(value: Any) -> Any:
    """DynamoDB's numbers come as Decimal; ours are whole."""
    return int(value) if hasattr(value, "as_integer_ratio") else value
