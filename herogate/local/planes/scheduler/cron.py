"""The six fields of EventBridge Scheduler's cron expressions, and the moments they name. Pure.

Minutes, hours, day of month, month, day of week, year; weeks begin on Sunday, which is 1. What the
documentation does not name (ranges that wrap around, `LW`) is no expression.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = dict(zip(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), range(1, 8), strict=True))
_SATURDAY = 7
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")

Days = Callable[[int, int], frozenset[int]]
"""The days of a month (of a year, by number) on which something is to run."""


class InvalidCron(ValueError):
    """Six fields that are no cron expression."""


@dataclass(frozen=True, kw_only=True)
class Cron:
    """When something runs again and again, in some zone's local time."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Days
    months: tuple[int, ...]
    years: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read six fields. Raises `InvalidCron`."""
        fields = text.upper().split()
        if len(fields) != 6:
            raise InvalidCron(text)
        minutes, hours, of_month, months, of_week, years = fields
        if (of_month == "?") == (of_week == "?"):
            raise InvalidCron(text)
        return cls(
            minutes=_numbers(minutes, range(60)),
            hours=_numbers(hours, range(24)),
            days=_days_of_month(of_month) if of_week == "?" else _days_of_week(of_week),
            months=_numbers(months, range(1, 13), _MONTHS),
            years=_numbers(years, range(1970, 2200)),
        )

    def next(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment later than `after`; None if there is none.

        A time that a zone skips in spring does not come; one that it repeats in autumn comes once.
        """
        for day in self._dates(after.astimezone(zone).date()):
            for moment in self._moments(day, zone):
                if moment > after:
                    return moment
        return None

    def _dates(self, since: date) -> Iterator[date]:
        for year in self.years:
            for month in self.months:
                if (year, month) < (since.year, since.month):
                    continue
                for day in sorted(self.days(year, month)):
                    if date(year, month, day) >= since:
                        yield date(year, month, day)

    def _moments(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                if exists(local):
                    yield local


def exists(local: datetime) -> bool:
    """Whether a zone's clocks ever show this time."""
    zone = local.tzinfo
    offset = local.utcoffset() or timedelta()
    shown = (local.replace(tzinfo=None) - offset).replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
    return shown.replace(tzinfo=None) == local.replace(tzinfo=None)


def _numbers(field: str, allowed: range, names: dict[str, int] | None = None) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise InvalidCron(field)
        found.update(_range(match, allowed, names or {}))
    return tuple(sorted(found))


def _range(match: re.Match[str], allowed: range, names: dict[str, int]) -> range:
    first, last, step = match["first"], match["last"], match["step"]
    if first == "*":
        begin, end = allowed[0], allowed[-1]
        if last is not None:
            raise InvalidCron(match[0])
    else:
        begin = _number(first, allowed, names)
        end = _number(last, allowed, names) if last else allowed[-1] if step else begin
    if begin > end or step == "0":
        raise InvalidCron(match[0])
    return range(begin, end + 1, int(step or 1))


def _number(text: str, allowed: range, names: dict[str, int]) -> int:
    number = names.get(text, int(text) if text.isdecimal() else -1)
    if number not in allowed:
        raise InvalidCron(text)
    return number


def _days_of_month(field: str) -> Days:
    if field == "L":
        return lambda year, month: frozenset({_length(year, month)})
    if found := re.fullmatch(r"(\d+)W", field):
        wanted = _number(found[1], range(1, 32), {})
        return lambda year, month: _nearest_weekday(year, month, wanted)
    numbers = frozenset(_numbers(field, range(1, 32)))
    return lambda year, month: numbers & frozenset(range(1, _length(year, month) + 1))


def _days_of_week(field: str) -> Days:
    allowed = range(1, 8)
    if field == "L":
        return _weekdays((_SATURDAY,))
    if found := re.fullmatch(r"(\w+)L", field):
        last = _number(found[1], allowed, _WEEKDAYS)
        return lambda year, month: frozenset({max(_weekdays((last,))(year, month))})
    if found := re.fullmatch(r"(\w+)#([1-5])", field):
        weekday, nth = _number(found[1], allowed, _WEEKDAYS), int(found[2])
        return lambda year, month: frozenset(
            sorted(_weekdays((weekday,))(year, month))[nth - 1 : nth]
        )
    return _weekdays(_numbers(field, allowed, _WEEKDAYS))


def _weekdays(wanted: tuple[int, ...]) -> Days:
    return lambda year, month: frozenset(
        day
        for day in range(1, _length(year, month) + 1)
        if date(year, month, day).isoweekday() % 7 + 1 in wanted
    )


def _nearest_weekday(year: int, month: int, wanted: int) -> frozenset[int]:
    """The weekday nearest to a day, within the month; none in a month without that day."""
    length = _length(year, month)
    if wanted > length:
        return frozenset()
    weekday = date(year, month, wanted).isoweekday()
    if weekday == 6:
        return frozenset({wanted - 1 if wanted > 1 else wanted + 2})
    if weekday == 7:
        return frozenset({wanted + 1 if wanted < length else wanted - 2})
    return frozenset({wanted})


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
