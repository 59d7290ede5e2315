"""What is written down of the upkeep of releases: how far they were pruned, and which schedules run."""

from __future__ import annotations

from herogate.aws.dynamodb import Put, Table
from herogate.engine.lease import Lease, LeaseLost
from stacks import names

_PRUNED = "pruned"
_VALUES_PRUNED = "pruned/values"
_SCHEDULED = "scheduled"


class UpkeepNotes:
    """The notes on the upkeep of one app."""

    def __init__(self, table: Table, app: str) -> None:
        self._table = table
        self._pk = names.ledger_partition(app)

    def pruned(self) -> int:
        """The number up to which nothing is left of releases but the record, and values maybe."""
        return self._number(_PRUNED)

    def note_pruned(self, number: int, lease: Lease) -> None:
        """Say up to which release all is pruned. Raises `LeaseLost`."""
        item = {"pk": self._pk, "sk": _PRUNED, "number": number}
        if not self._table.write([Put(item=item, over={"pk": self._pk}), lease.check]):
            raise LeaseLost

    def values_pruned(self) -> int:
        """The number up to which no value of a config var is left that no newer release has too."""
        return self._number(_VALUES_PRUNED)

    def note_values_pruned(self, number: int) -> None:
        """Say up to which release values are pruned; of two who say it at once either may be last."""
        item = {"pk": self._pk, "sk": _VALUES_PRUNED, "number": number}
        self._table.write([Put(item=item, over={"pk": self._pk})])

    def scheduled(self) -> tuple[int, str] | None:
        """Which release the schedules run, by number, and what AWS calls its definition for them."""
        item = self._table.item(self._pk, _SCHEDULED)
        return None if item is None else (int(item["number"]), str(item["definition"]))

    def note_scheduled(self, number: int, definition: str, lease: Lease) -> None:
        """Say which release the schedules run. Raises `LeaseLost`."""
        key = {"pk": self._pk, "sk": _SCHEDULED}
        item = {**key, "number": number, "definition": definition}
        if not self._table.write([Put(item=item, over={"pk": self._pk}), lease.check]):
            raise LeaseLost

    def _number(self, sk: str) -> int:
        """A number that is noted under a key; 0 if none is."""
        item = self._table.item(self._pk, sk)
        return 0 if item is None else int(item["number"])
