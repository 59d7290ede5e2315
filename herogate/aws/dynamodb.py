"""DynamoDB: a table of items under ``pk`` (partition) and ``sk`` (sort), written on conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from herogate.aws.session import Session
from herogate.errors import AwsRefused

Item = Mapping[str, Any]

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize
_PAGE = 50  # items asked for at a time; who reads as far as needed needs few
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


@dataclass(frozen=True, kw_only=True)
class Check:
    """Change nothing, on the condition that these attributes of an item are so."""

    pk: str
    sk: str
    where: Item


Change = Put | Remove | Check


class Table:
    """One table."""

    def __init__(self, session: Session, name: str) -> None:
        self._service = session.service("dynamodb")
        self._name = name

    def partition(self, pk: str) -> list[Item]:
        """All items of a partition in the order of their sort keys, as they are at this moment."""
        return list(self.items(pk))

    def items(self, pk: str, *, prefix: str = "", newest_first: bool = False) -> Iterator[Item]:
        """The items of a partition whose sort key begins so, in its order; read as far as asked for."""
        condition, values = "pk = :pk", {":pk": _serialize(pk)}
        if prefix:
            condition += " AND begins_with(sk, :prefix)"
            values[":prefix"] = _serialize(prefix)
        for item in self._service.items(
            "query",
            "Items",
            TableName=self._name,
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
            PaginationConfig={"PageSize": _PAGE},
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
        ):
            yield {key: _plain(_deserialize(value)) for key, value in item.items()}

    def item(self, pk: str, sk: str) -> Item | None:
        """One item as it is at this moment."""
        key = {"pk": _serialize(pk), "sk": _serialize(sk)}
        answer = self._service.call("get_item", TableName=self._name, Key=key, ConsistentRead=True)
        found = answer.get("Item")
        return found and {name: _plain(_deserialize(value)) for name, value in found.items()}

    def write(self, changes: Sequence[Change]) -> bool:
        """Make all changes or none; False if somebody else's write broke a condition."""
        items = [self._request(change) for change in changes]
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

    def _request(self, change: Change) -> dict[str, Any]:
        match change:
            case Put():
                return self._put(change)
            case Remove():
                return {"Delete": self._conditional(change)}
            case Check():
                return {"ConditionCheck": self._conditional(change)}

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

    def _conditional(self, change: Remove | Check) -> dict[str, Any]:
        condition, names, values = _equal(change.where)
        return {
            "TableName": self._name,
            "Key": {"pk": _serialize(change.pk), "sk": _serialize(change.sk)},
            "ConditionExpression": condition,
        } | _placeholders(names, values)


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
    match value:
        case Decimal():
            return int(value)
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value
