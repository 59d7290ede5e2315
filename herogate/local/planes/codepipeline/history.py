"""The executions of each codepipeline, in the store: the newest 200 (AWS keeps those of 12 months)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from herogate.local.planes.codepipeline.records import Execution
from herogate.local.store import Store

PIPELINES = "codepipeline.pipeline"
"""Documents of codepipelines by ``<region>/<name>``: declaration, tags, moments, transitions."""

_OPEN = "codepipeline.execution.open"
_OVER = "codepipeline.execution.over"
_MOST = 200


class History:
    """Executions by region and codepipeline; those that are not over lie apart, to be found fast.

    Args:
        most: how many that are over are kept of each codepipeline.
    """

    def __init__(self, store: Store, *, most: int = _MOST) -> None:
        self._store = store
        self._most = most

    def pipeline(self, region: str, name: str) -> Mapping[str, Any] | None:
        """A codepipeline's document."""
        return self._store.get(PIPELINES, f"{region}/{name}")

    def put(self, execution: Execution) -> None:
        """Write an execution, new or changed."""
        kind, other = (_OVER, _OPEN) if execution.status.is_over else (_OPEN, _OVER)
        self._store.put(kind, _key(execution), execution.document)
        self._store.delete(other, _key(execution))

    def all(self, region: str, name: str) -> list[Execution]:
        """Those of a codepipeline, oldest first."""
        both = [*self._read(_OVER, f"{region}/{name}/"), *self.unfinished(region, name)]
        return sorted(both, key=lambda execution: execution.number)

    def get(self, region: str, name: str, execution_id: str) -> Execution | None:
        """The execution with this id."""
        for execution in self.unfinished(region, name):
            if execution.id == execution_id:
                return execution
        over = self._read(_OVER, f"{region}/{name}/")
        return next((each for each in over if each.id == execution_id), None)

    def unfinished(self, region: str, name: str) -> list[Execution]:
        """Those of a codepipeline that are not over, oldest first."""
        return list(self._read(_OPEN, f"{region}/{name}/"))

    def all_unfinished(self) -> list[Execution]:
        """Those of all codepipelines that are not over."""
        return list(self._read(_OPEN, ""))

    def forget(self, region: str, name: str) -> None:
        """Drop a codepipeline's executions."""
        for execution in self.all(region, name):
            self._store.delete(_OPEN, _key(execution))
            self._store.delete(_OVER, _key(execution))

    def prune(self, region: str, name: str) -> None:
        """Drop the oldest that are over, beyond what is kept."""
        over = list(self._read(_OVER, f"{region}/{name}/"))
        for execution in over[: max(len(over) - self._most, 0)]:
            self._store.delete(_OVER, _key(execution))

    def _read(self, kind: str, prefix: str) -> Iterator[Execution]:
        for _, document in self._store.all(kind, prefix):
            yield Execution.of(document)


def _key(execution: Execution) -> str:
    return f"{execution.region}/{execution.pipeline}/{execution.number:08d}"
