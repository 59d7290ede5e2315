"""When a schedule runs next, and what is to be done about it now. Pure: the moment is the caller's.

AWS never stops; a machine does. What a schedule missed meanwhile is not made up for, since nobody wants
a night's runs in the morning: it goes on with its next run. A schedule that runs only once is run late,
as long as AWS would still have been trying.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from herogate.local.planes.scheduler.expressions import (
    Expression,
    Once,
    next_run,
    parse,
    zone_of,
)
from herogate.local.planes.scheduler.records import Schedule

PRECISION_SECONDS = 60
"""EventBridge Scheduler runs a schedule within so many seconds of its moment."""

AGE_SECONDS = 86_400
"""How long it tries, unless the retry policy says less."""

_AN_INSTANT = 1e-3


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What to do about a schedule.

    Attributes:
        run_for: the moment for which it is to run now; None for no run.
        then: the schedule as it goes on; None if it is to be deleted.
    """

    run_for: float | None
    then: Schedule | None


def begun(schedule: Schedule) -> Schedule:
    """A schedule as it was created or changed, with its first run from then on.

    A rate without a start date begins at once, and keeps its rhythm when the schedule is changed.
    """
    begin = max(schedule.changed_at, schedule.settings.get("StartDate", 0.0))
    if isinstance(_expression(schedule), Once):
        begin = schedule.changed_at - PRECISION_SECONDS
    return replace(schedule, due_at=_next(schedule, begin - _AN_INSTANT))


def turn(schedule: Schedule, now: float) -> Turn | None:
    """What to do about a schedule at a moment; None while it is not due."""
    due = schedule.due_at
    if due is None or due > now:
        return None
    once = isinstance(_expression(schedule), Once)
    is_missed = now - due > (_age_limit(schedule) if once else PRECISION_SECONDS)
    following = None if once else _next(schedule, now if is_missed else due)
    is_done = following is None and schedule.goes_when_done
    then = None if is_done else replace(schedule, due_at=following)
    return Turn(run_for=None if is_missed else due, then=then)


def _next(schedule: Schedule, after: float) -> float | None:
    if not schedule.is_enabled:
        return None
    found = next_run(
        _expression(schedule),
        datetime.fromtimestamp(after, UTC),
        zone_of(_zone(schedule)),
        since=datetime.fromtimestamp(_rhythm(schedule), UTC),
    )
    if found is None:
        return None
    moment = found.timestamp()
    end = schedule.settings.get("EndDate")
    return None if end is not None and moment > end else moment


def _expression(schedule: Schedule) -> Expression:
    return parse(schedule.settings["ScheduleExpression"], zone_of(_zone(schedule)))


def _zone(schedule: Schedule) -> str:
    return str(schedule.settings.get("ScheduleExpressionTimezone", "UTC"))


def _rhythm(schedule: Schedule) -> float:
    """The first run of a rate."""
    return float(schedule.settings.get("StartDate", schedule.created_at))


def _age_limit(schedule: Schedule) -> float:
    policy = schedule.settings["Target"].get("RetryPolicy", {})
    return float(policy.get("MaximumEventAgeInSeconds", AGE_SECONDS))
