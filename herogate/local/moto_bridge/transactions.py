"""DynamoDB's transactions: what moto keeps aside of a table in case one fails.

That is a copy of the whole table, every attribute of every item, for each transaction. A put or delete
changes no item, though: it takes one out and puts another one in, so a copy of which items there are
is enough.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from functools import partial
from typing import Any

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.dynamodb.models import DynamoDBBackend

_moto_transacts = DynamoDBBackend.transact_write_items


def install() -> None:
    """Make moto keep aside no more than a transaction can change."""
    DynamoDBBackend.transact_write_items = _transact


def _transact(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    names = {change["TableName"] for item in items for change in item.values()}
    tables: list[Any] = [backend.tables[name] for name in names & backend.tables.keys()]
    if any("Update" in item for item in items) or any(table.stream_shard for table in tables):
        _moto_transacts(backend, items)
        return
    for table in tables:
        table.__deepcopy__ = partial(aside, table)
    try:
        _moto_transacts(backend, items)
    finally:
        for table in tables:
            del table.__deepcopy__


def aside(table: Any, _: dict[int, Any]) -> Any:
    """A table of its own that holds the same items."""
    kept = copy.copy(table)
    del kept.__deepcopy__
    kept.items = defaultdict(dict)
    for key, held in table.items.items():
        kept.items[key] = dict(held) if isinstance(held, dict) else held
    return kept
