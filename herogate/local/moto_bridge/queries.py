"""DynamoDB's queries: which items moto looks at.

That is every item of the table, sorted, before those of the partition are picked. A partition's own
are at hand, so what a query takes does not grow with what else is in the table.
"""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.dynamodb.models.table import Table

_moto_queries = Table.query

_INDEX_NAME = 6  # where moto's own caller gives it, behind the hash key


def install() -> None:
    """Make moto look at the partition that is asked for."""
    Table.query = _query


def _query(table: Any, hash_key: Any, *asked: Any, **more: Any) -> Any:
    if asked[_INDEX_NAME] is not None:
        return _moto_queries(table, hash_key, *asked, **more)
    part = copy.copy(table)
    part.all_items = partial(_items, table, hash_key)
    return _moto_queries(part, hash_key, *asked, **more)


def _items(table: Any, hash_key: Any) -> list[Any]:
    held = table.items.get(hash_key, {})
    return list(held.values()) if isinstance(held, dict) else [held]
