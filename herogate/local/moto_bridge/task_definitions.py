"""Numbers of task definitions. Moto gives the number of a deleted one again; ECS never does.

So an ARN names one definition for ever, and what is known of it may be kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.ecs.models import EC2ContainerServiceBackend

_moto_deletes = EC2ContainerServiceBackend.delete_task_definitions

_LAST = "herogate_last_revisions"
"""The attribute of moto's backend that holds the last number given, by family."""


def install() -> None:
    """Make moto remember the numbers it has given, and forget families without definitions."""
    EC2ContainerServiceBackend._get_last_task_definition_revision_id = _last
    EC2ContainerServiceBackend.delete_task_definitions = _delete
    EC2ContainerServiceBackend.list_task_definition_families = _families


def _delete(backend: Any, task_definitions: list[str]) -> Any:
    for named in task_definitions:
        _last(backend, named.split("/")[-1].split(":")[0])
    return _moto_deletes(backend, task_definitions)


def _last(backend: Any, family: str) -> int | None:
    """The last number of a family that moto may count on from."""
    given: dict[str, int] = vars(backend).setdefault(_LAST, {})
    there = max(backend.task_definitions.get(family, {}), default=0)
    given[family] = max(given.get(family, 0), there)
    return given[family] or None


def _families(backend: Any, family_prefix: str | None = None) -> Iterator[str]:
    for family, definitions in backend.task_definitions.items():
        if definitions and family.startswith(family_prefix or ""):
            yield family
