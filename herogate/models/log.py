"""What an app's log is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LogSource(StrEnum):
    """Who wrote a line.

    The app: its processes, and `api`, what was done with it. Herogate: what became of processes, and the
    builds and releases that were made.
    """

    APP = "app"
    HEROGATE = "herogate"


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of an app's log.

    Attributes:
        time: to the millisecond, as CloudWatch Logs keeps it.
        process: who wrote it or, from Herogate, whom it is about: ``web.3f9a1c2e``, ``build.12``,
            ``release.3f9a1c2e``, ``api``.
        message: as it was written, without the line's end; may hold control characters.
    """

    time: datetime
    source: LogSource
    process: str
    message: str
