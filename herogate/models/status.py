"""Where an app or a space is in its life."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where an app or a space is in its life."""

    CREATING = "creating"
    READY = "ready"
    UPDATING = "updating"
    DESTROYING = "destroying"
    BROKEN = "broken"
    """A creation or destruction that stopped half-way; `destroy` removes what is left."""

    @property
    def is_ready(self) -> bool:
        """Whether it can be used: there, whole, and not about to go."""
        return self in (Status.READY, Status.UPDATING)
