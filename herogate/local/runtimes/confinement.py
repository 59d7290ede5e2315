"""What a container may have of the machine that it runs on. Pure.

Fargate gives a task a size; a container has all of it, or what its own definition says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Definition = Mapping[str, Any]
"""A container definition, a task definition or overrides, in the API's shape."""


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """A container's limits.

    Attributes:
        user: None for the image's own.
        read_only_root: its file system cannot be written to.
        has_init: its first process collects orphans and passes signals on.
        cpu_units: 1024 are one processor; None: not limited.
        cpu_shares: its weight among the containers of its task.
        memory_mib: beyond it the container is killed; None: not limited.
        dropped, added: kernel capabilities, by docker's names.
        ulimits: soft and hard, by name.
    """

    user: str | None = None
    read_only_root: bool = False
    has_init: bool = False
    cpu_units: int | None = None
    cpu_shares: int | None = None
    memory_mib: int | None = None
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    ulimits: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def confinement(
    task: Definition, container: Definition, overrides: Definition, override: Definition
) -> Confinement:
    """What a container's and its task's definition come to, with RunTask's overrides of both."""
    linux = container.get("linuxParameters", {})
    capabilities = linux.get("capabilities", {})
    own_memory = override.get("memory") or container.get("memory")
    sizes = [size for size in (own_memory, _size(task, overrides, "memory")) if size]
    return Confinement(
        user=container.get("user"),
        read_only_root=container.get("readonlyRootFilesystem", False),
        has_init=linux.get("initProcessEnabled", False),
        cpu_units=_size(task, overrides, "cpu"),
        cpu_shares=override.get("cpu") or container.get("cpu") or None,
        memory_mib=min(sizes, default=None),
        dropped=tuple(capabilities.get("drop", ())),
        added=tuple(capabilities.get("add", ())),
        ulimits={
            limit["name"]: (limit["softLimit"], limit["hardLimit"])
            for limit in container.get("ulimits", [])
        },
    )


def _size(task: Definition, overrides: Definition, name: str) -> int | None:
    size = overrides.get(name) or task.get(name)
    return None if size is None else int(size)
