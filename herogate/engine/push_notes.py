"""What is written down of pushes beside the releases they make: which changed nothing, which are forced.

A push whose image is the one that is live makes no release; its commit is live all the same. Whoever
pushes with ``--force`` has it released, and says so here before the codepipeline begins.
"""

from __future__ import annotations

from herogate.aws.dynamodb import Put, Remove, Table
from stacks import names

_SAME = "same"
_FORCED = "forced"
_CONTAINER = "container"


class PushNotes:
    """The notes on the pushes of one app."""

    def __init__(self, table: Table, app: str) -> None:
        self._table = table
        self._pk = names.ledger_partition(app)

    def same_as(self, number: int) -> str | None:
        """The commit pushed last of which the release of this number is the image; None if none was."""
        item = self._table.item(self._pk, _SAME)
        return str(item["commit"]) if item is not None and item["number"] == number else None

    def note_same(self, number: int, commit: str) -> None:
        """Note that a release is the image of one more commit."""
        item = {"pk": self._pk, "sk": _SAME, "number": number, "commit": commit}
        self._table.write([Put(item=item, over={"pk": self._pk})])

    def container(self) -> str | None:
        """What is known of the image that was pushed last without a build, as a build hands it over."""
        item = self._table.item(self._pk, _CONTAINER)
        return None if item is None else str(item["document"])

    def note_container(self, document: str) -> None:
        """Note what is known of an image that was pushed without a build."""
        item = {"pk": self._pk, "sk": _CONTAINER, "document": document}
        self._table.write([Put(item=item, over={"pk": self._pk})])

    def force(self, commit: str) -> None:
        """Have a commit released even if its image is live already."""
        item = {"pk": self._pk, "sk": _FORCED, "commit": commit}
        self._table.write([Put(item=item, over={"pk": self._pk})])

    def take_force(self, commit: str) -> bool:
        """Whether a commit is to be released whatever is live; it is asked for once."""
        item = self._table.item(self._pk, _FORCED)
        if item is None or item["commit"] != commit:
            return False
        return self._table.write([Remove(pk=self._pk, sk=_FORCED, where={"commit": commit})])
