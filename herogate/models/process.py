"""What a process is, and what it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from herogate.models.size import Size


class ProcessState(StrEnum):
    """What a process is doing."""

    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    CRASHED = "crashed"


@dataclass(frozen=True, kw_only=True)
class Process:
    """One running copy of a process type, or a one-off.

    Attributes:
        type: ``web``, ``worker``; ``run`` or ``release`` for a one-off.
        name: ``web.3f9a1c2e``.
        since: when it came into its state, as far as AWS tells.
        command: None for the image's own.
        release: number of the release it runs.
    """

    type: str
    name: str
    state: ProcessState
    since: datetime
    size: Size | None = None
    command: str | None = None
    release: int | None = None
