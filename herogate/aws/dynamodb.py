"""DynamoDB: a table of items under ``pk`` (partition) and ``sk`` (sort), written on conditions."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from herogate.aws.dynamodb_values import read, told
from herogate.aws.session import Session
from herogate.errors import AwsRefused, HerogateError

Item = Mapping[str, Any]

FIRST_PAGE = 2
"""Items asked for at first: who reads as far as needed mostly needs one or two."""

_PAGE_GROWTH = 4
LARGEST_PAGE = 50
_BATCH_LIMIT = 100  # items that one request asks for by their keys
_CONFLICT_ATTEMPTS = 10  # of a transaction that met another one on the same item
_CONFLICT_DELAY_SECONDS = 0.05  # at most, before the second one; then twice as long each time
_LONGEST_CONFLICT_DELAY_SECONDS = 2.0


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


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Change nothing, on the condition that there is no such item."""

    pk: str
    sk: str


Change = Put | Remove | Check | Absent


class Table:
    """One table.

    Args:
        missing: what is raised where there is no such table, in place of AWS's refusal.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        *,
        missing: Callable[[], HerogateError] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service = session.service("dynamodb")
        self._name = name
        self._missing = missing
        self._sleep = sleep

    def partition(self, pk: str) -> list[Item]:
        """All items of a partition in the order of their sort keys, as they are at this moment."""
        return list(self.items(pk, page=LARGEST_PAGE))

    def items(
        self, pk: str, *, prefix: str = "", newest_first: bool = False, page: int = FIRST_PAGE
    ) -> Iterator[Item]:
        """The items of a partition whose sort key begins so, in its order; read as far as asked for.

        Args:
            page: how many are asked for at first.
        """
        condition, values = "pk = :pk", {":pk": told(pk)}
        if prefix:
            condition += " AND begins_with(sk, :prefix)"
            values[":prefix"] = told(prefix)
        asked = {
            "TableName": self._name,
            "ConsistentRead": True,
            "ScanIndexForward": not newest_first,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        for item in self._paged(asked, page):
            yield {key: read(value) for key, value in item.items()}

    def item(self, pk: str, sk: str) -> Item | None:
        """One item as it is at this moment."""
        key = {"pk": told(pk), "sk": told(sk)}
        answer = self._call("get_item", TableName=self._name, Key=key, ConsistentRead=True)
        found = answer.get("Item")
        return found and {name: read(value) for name, value in found.items()}

    def among(self, keys: Sequence[tuple[str, str]]) -> list[Item]:
        """Those of some items that are there, in no order, as they are at this moment.

        Args:
            keys: partition and sort key of each.
        """
        wanted = [{"pk": told(pk), "sk": told(sk)} for pk, sk in keys]
        found: list[Item] = []
        while wanted:
            some, wanted = wanted[:_BATCH_LIMIT], wanted[_BATCH_LIMIT:]
            asked = {self._name: {"Keys": some, "ConsistentRead": True}}
            answer = self._call("batch_get_item", RequestItems=asked)
            found += [
                {name: read(value) for name, value in item.items()}
                for item in answer["Responses"].get(self._name, [])
            ]
            wanted += answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
        return found

    def write(self, changes: Sequence[Change]) -> bool:
        """Make all changes or none; False if somebody else's write broke a condition."""
        items = [self._request(change) for change in changes]
        delay = _CONFLICT_DELAY_SECONDS
        for attempt in range(1, _CONFLICT_ATTEMPTS + 1):
            try:
                self._call("transact_write_items", TransactItems=items)
            except AwsRefused as refusal:
                if "ConditionalCheckFailed" in refusal.reason:
                    return False
                if "TransactionConflict" not in refusal.reason or attempt == _CONFLICT_ATTEMPTS:
                    raise
                self._sleep(random.uniform(0, delay))  # noqa: S311 - no secret
                delay = min(delay * 2, _LONGEST_CONFLICT_DELAY_SECONDS)
            else:
                break
        return True

    def _paged(self, asked: Mapping[str, Any], page: int) -> Iterator[Item]:
        """What a query finds, page by page, each larger than the one before."""
        start: dict[str, Any] = {}
        while True:
            answer = self._call("query", Limit=page, **asked, **start)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
            page = min(page * _PAGE_GROWTH, LARGEST_PAGE)

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            return self._service.call(operation, **parameters)
        except AwsRefused as refusal:
            if refusal.code == "ResourceNotFoundException" and self._missing is not None:
                raise self._missing() from refusal
            raise

    def _request(self, change: Change) -> dict[str, Any]:
        match change:
            case Put():
                return self._put(change)
            case Remove():
                return {"Delete": self._conditional(change)}
            case Check():
                return {"ConditionCheck": self._conditional(change)}
            case Absent():
                return {"ConditionCheck": self._absent(change)}

    def _put(self, change: Put) -> dict[str, Any]:
        matching, names, values = _equal(change.over or {})
        condition = "attribute_not_exists(pk)" + (f" OR ({matching})" if matching else "")
        return {
            "Put": {
                "TableName": self._name,
                "Item": {key: told(value) for key, value in change.item.items()},
                "ConditionExpression": condition,
            }
            | _placeholders(names, values)
        }

    def _absent(self, change: Absent) -> dict[str, Any]:
        return {
            "TableName": self._name,
            "Key": {"pk": told(change.pk), "sk": told(change.sk)},
            "ConditionExpression": "attribute_not_exists(pk)",
        }

    def _conditional(self, change: Remove | Check) -> dict[str, Any]:
        condition, names, values = _equal(change.where)
        return {
            "TableName": self._name,
            "Key": {"pk": told(change.pk), "sk": told(change.sk)},
            "ConditionExpression": condition,
        } | _placeholders(names, values)


def _equal(attributes: Item) -> tuple[str, dict[str, str], dict[str, Any]]:
    names = {f"#{number}": name for number, name in enumerate(attributes)}
    values = {f":{number}": told(value) for number, value in enumerate(attributes.values())}
    condition = " AND ".join(f"#{number} = :{number}" for number in range(len(attributes)))
    return condition, names, values


def _placeholders(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    if not names:
        return {}
    return {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
