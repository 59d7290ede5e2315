"""What is kept of repositories beside git's own data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from herogate.local.store import Store

REPOSITORIES = "codecommit.repository"
"""Documents of repositories, by ``<region>/<name>``; `defaultBranch` is there after the first push."""

TOLD = "git.told"
"""The references of which EventBridge was told, by repository id."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a repository stands: names change, the id stays."""

    region: str
    name: str
    id: str


def repository(store: Store, region: str, name: str) -> dict[str, Any] | None:
    """The document of a repository, or None."""
    return store.get(REPOSITORIES, f"{region}/{name}")


def places(store: Store) -> Iterator[Place]:
    """Every repository."""
    for key, document in store.all(REPOSITORIES):
        region, _, name = key.partition("/")
        yield Place(region=region, name=name, id=document["repositoryId"])


def place(store: Store, repository_id: str) -> Place | None:
    """Where the repository of this id stands now; None when it is gone."""
    return next((found for found in places(store) if found.id == repository_id), None)
