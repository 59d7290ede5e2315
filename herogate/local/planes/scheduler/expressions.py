"""Schedule expressions, `at(…)`, `rate(…)` and `cron(…)`, and when they next call for a run. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from herogate.local.errors import AwsError
from herogate.local.planes.scheduler.cron import Cron, InvalidCron, exists

_FORM = re.compile(r"(?P<kind>at|rate|cron)\((?P<inside>[^()]*)\)")
_RATE = re.compile(r"(?P<value>[1-9]\d*) (?P<unit>minute|hour|day)s?")
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


@dataclass(frozen=True, kw_only=True)
class Once:
    """One moment; None for one that a zone's clocks skip."""

    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A regular interval, which no daylight saving time shifts."""

    every: timedelta


Expression = Once | Rate | Cron


def parse(text: str, zone: ZoneInfo) -> Expression:
    """Read an expression.

    Args:
        zone: whose local time `at` and `cron` mean.

    Raises:
        AwsError: ``ValidationException``.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise _invalid(text)
    try:
        match found["kind"]:
            case "at":
                return _once(found["inside"], zone)
            case "rate":
                return _rate(found["inside"])
            case _:
                return Cron.parse(found["inside"])
    except (InvalidCron, ValueError, OverflowError):
        raise _invalid(text) from None


def next_run(
    expression: Expression, after: datetime, zone: ZoneInfo, *, since: datetime
) -> datetime | None:
    """The first run later than `after`; None if there is none.

    Args:
        since: the first run of a rate, to whose rhythm it keeps.
    """
    match expression:
        case Once(at=at):
            return at if at is not None and at > after else None
        case Rate(every=every):
            passed = (after - since) // every
            return since + every * max(passed + 1, 0)
        case Cron():
            return expression.next(after, zone)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name. Raises `AwsError`: ``ValidationException``."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise AwsError(
            "ValidationException", f"Invalid ScheduleExpressionTimezone {name}."
        ) from None


def _once(inside: str, zone: ZoneInfo) -> Once:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inside):
        raise ValueError(inside)
    local = datetime.fromisoformat(inside).replace(tzinfo=zone)
    return Once(at=local.astimezone(UTC) if exists(local) else None)


def _rate(inside: str) -> Rate:
    found = _RATE.fullmatch(inside)
    if found is None:
        raise ValueError(inside)
    return Rate(every=int(found["value"]) * _UNITS[found["unit"]])


def _invalid(text: str) -> AwsError:
    return AwsError("ValidationException", f"Invalid Schedule Expression {text}.")
