"""What a schedule is, and a run of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from herogate.models.size import Size


@dataclass(frozen=True, kw_only=True)
class ScheduledRun:
    """One run of a schedule, as far as it has come.

    Attributes:
        process: its name: ``scheduler.3f9a1c2e``.
        exit_code: None while it runs, and for one that never came to run.
        reason: why it ended, where its exit code does not say all.
    """

    process: str
    started_at: datetime
    ended_at: datetime | None = None
    exit_code: int | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A command that is run again and again in what is live of an app.

    Attributes:
        id: eight hexadecimal digits.
        expression: `rate(…)` or `cron(…)`, as AWS has it.
        timezone: whose local time `cron` means.
        written: when it runs, in its maker's words.
        next_run: None if it does not run any more.
        last_run: None if it did not run, or so long ago that nothing is known of it.
    """

    id: str
    expression: str
    timezone: str
    written: str
    command: str
    size: Size
    created_at: datetime
    next_run: datetime | None = None
    last_run: ScheduledRun | None = None
