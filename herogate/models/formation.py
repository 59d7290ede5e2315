"""Which process types there are, and how they are scaled."""

from __future__ import annotations

from dataclasses import dataclass

from herogate.models.size import Size
from herogate.models.slug import Architecture


@dataclass(frozen=True, kw_only=True)
class ProcessType:
    """One line of a formation. How many run of it is no part of a release.

    Attributes:
        command: as in the Procfile; None for the image's own.
        spot: whether it runs on what AWS has left over: for a third, and may end at two minutes' notice.
        grace_seconds: how long a web process may take before its answers to health checks count.
        stop_seconds: how long a process may take to end when it is asked to.
    """

    command: str | None
    size: Size = Size.STANDARD_1X
    spot: bool = False
    grace_seconds: int = 60
    stop_seconds: int = 30


@dataclass(frozen=True, kw_only=True)
class FormationEntry:
    """One process type of an app as it is scaled.

    Attributes:
        quantity: how many processes there are to be.
        command: None for the image's own.
        architecture: of the machines they run on.
        spot, grace_seconds, stop_seconds: as of a `ProcessType`.
    """

    type: str
    quantity: int
    size: Size
    command: str | None = None
    architecture: Architecture = Architecture.X86_64
    spot: bool = False
    grace_seconds: int = 60
    stop_seconds: int = 30
