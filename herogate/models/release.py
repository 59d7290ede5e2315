"""What a release is, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from herogate.models.formation import ProcessType
from herogate.models.slug import Slug


class ReleaseStatus(StrEnum):
    """What became of a release."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    """A newer one came before this one was live, and holds what it changed."""

    @property
    def is_settled(self) -> bool:
        return self is not ReleaseStatus.PENDING

    @property
    def is_live(self) -> bool:
        return self is ReleaseStatus.SUCCEEDED

    @property
    def has_failed(self) -> bool:
        return self is ReleaseStatus.FAILED


@dataclass(frozen=True, kw_only=True)
class Release:
    """A slug, config vars and a formation: numbered, and never changed.

    Attributes:
        slug: None until a first build was released.
        commit: what the slug was built from.
        config: config var → name of the parameter that holds its value; never a value. No name stands
            for the empty value, which no parameter can hold.
        description: ``Deploy 1a2b3c4d``, ``Set FOO config vars``.
        base: number of the release that this one changes; None for a first one.
        reason: why it failed.
        superseded_by: number of the newer release that took this one's place.
    """

    number: int
    description: str
    user: str
    created_at: datetime
    status: ReleaseStatus = ReleaseStatus.PENDING
    slug: Slug | None = None
    commit: str | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    formation: Mapping[str, ProcessType] = field(default_factory=dict)
    base: int | None = None
    reason: str | None = None
    superseded_by: int | None = None

    @property
    def version(self) -> str:
        """Its number as people write it: ``v12``."""
        return f"v{self.number}"
