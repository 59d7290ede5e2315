"""AWS's cron expressions: read, refused with the reason, and when they next call for a run. Pure.

Six fields: minutes, hours, day of month, month, day of week (Sunday is 1), year; one of the two day
fields is ``?``. The words of people are made into these in ``schedule_expressions.py``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from herogate.errors import InvalidRequest

MONTHS: Mapping[str, int] = {
    name.upper(): number for number, name in enumerate(calendar.month_abbr) if name
}
WEEKDAYS: Mapping[str, int] = {
    name: number
    for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)
}

_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


@dataclass(frozen=True, kw_only=True)
class Field:
    """What one field may hold.

    Attributes:
        name: as an error calls it.
        names: words for some of the numbers.
    """

    name: str
    allowed: range
    names: Mapping[str, int]


MINUTES = Field(name="minutes", allowed=range(60), names={})
HOURS = Field(name="hours", allowed=range(24), names={})
DAYS = Field(name="day of month", allowed=range(1, 32), names={})
MONTHS_OF_YEAR = Field(name="month", allowed=range(1, 13), names=MONTHS)
DAYS_OF_WEEK = Field(name="day of week", allowed=range(1, 8), names=WEEKDAYS)
YEARS = Field(name="year", allowed=range(1970, 2200), names={})


@dataclass(frozen=True, kw_only=True)
class Cron:
    """Six fields that AWS takes."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    day_of_month: str
    months: tuple[int, ...]
    day_of_week: str
    years: tuple[int, ...]

    def next(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The first run later than `after`; None if there is none.

        AWS passes over a time that a zone's clocks skip, and runs once at one they show twice.
        """
        after = after.astimezone(UTC)
        first = after.astimezone(zone).date()
        for day in self._days(first):
            for hour in self.hours:
                for minute in self.minutes:
                    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                    if local > after and _is_shown(local):
                        return local
        return None

    def _days(self, first: date) -> Iterator[date]:
        for year in self.years:
            for month in self.months:
                if (year, month) < (first.year, first.month):
                    continue
                for number in range(1, calendar.monthrange(year, month)[1] + 1):
                    day = date(year, month, number)
                    if day >= first and self._runs_on(day):
                        yield day

    def _runs_on(self, day: date) -> bool:
        if self.day_of_week == "?":
            return _is_day_of_month(self.day_of_month, day)
        return _is_day_of_week(self.day_of_week, day)


def parse(text: str) -> Cron:
    """Read six fields. Raises `InvalidRequest`: says which field is wrong and why."""
    fields = text.upper().split()
    if len(fields) != 6:
        raise InvalidRequest(
            f"cron({text}) has {len(fields)} fields.",
            "AWS's have six: minutes, hours, day of month, month, day of week, year.",
        )
    minutes, hours, of_month, months, of_week, years = fields
    if (of_month == "?") == (of_week == "?"):
        raise InvalidRequest(
            f"cron({text}) cannot be: AWS wants ? in one of the two day fields.",
            "They cannot both choose the day: make two schedules of it.",
        )
    if of_week == "?":
        _is_day_of_month(of_month, date(2028, 1, 1))
    else:
        _is_day_of_week(of_week, date(2028, 1, 1))
    return Cron(
        minutes=numbers(minutes, MINUTES),
        hours=numbers(hours, HOURS),
        day_of_month=of_month,
        months=numbers(months, MONTHS_OF_YEAR),
        day_of_week=of_week,
        years=numbers(years, YEARS),
    )


def numbers(text: str, field: Field) -> tuple[int, ...]:
    """The numbers that a field names. Raises `InvalidRequest`."""
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise _wrong(text, field)
        found.update(_range(match, field))
    return tuple(sorted(found))


def _range(match: re.Match[str], field: Field) -> range:
    first, last, step = match["first"], match["last"], match["step"]
    if (first == "*" and last is not None) or (step is not None and int(step) == 0):
        raise _wrong(match[0], field)
    if first == "*":
        begin, end = field.allowed[0], field.allowed[-1]
    else:
        begin = _number(first, field)
        end = _number(last, field) if last else field.allowed[-1] if step else begin
    if begin > end:
        raise _wrong(match[0], field)
    return range(begin, end + 1, int(step or 1))


def _number(text: str, field: Field) -> int:
    number = field.names.get(text, int(text) if text.isdecimal() else -1)
    if number not in field.allowed:
        raise _wrong(text, field)
    return number


def _is_day_of_month(text: str, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    if text == "L":
        return day.day == length
    if found := re.fullmatch(r"(\d+)W", text):
        return day.day == _nearest_weekday(day.year, day.month, _number(found[1], DAYS))
    return day.day in numbers(text, DAYS)


def _nearest_weekday(year: int, month: int, wanted: int) -> int | None:
    """The weekday nearest to a day, in the same month; None in a month without that day."""
    length = calendar.monthrange(year, month)[1]
    if wanted > length:
        return None
    match date(year, month, wanted).isoweekday():
        case 6:
            return wanted - 1 if wanted > 1 else wanted + 2
        case 7:
            return wanted + 1 if wanted < length else wanted - 2
    return wanted


def _is_day_of_week(text: str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1
    if text == "L":
        return weekday == WEEKDAYS["SAT"]
    if found := re.fullmatch(r"(\w+)L", text):
        is_last = (day + timedelta(days=7)).month != day.month
        return weekday == _number(found[1], DAYS_OF_WEEK) and is_last
    if found := re.fullmatch(r"(\w+)#([1-5])", text):
        nth = (day.day - 1) // 7 + 1
        return weekday == _number(found[1], DAYS_OF_WEEK) and nth == int(found[2])
    return weekday in numbers(text, DAYS_OF_WEEK)


def _is_shown(local: datetime) -> bool:
    """Whether a zone's clocks ever show this time."""
    shown = local.astimezone(UTC).astimezone(local.tzinfo)
    return shown.replace(tzinfo=None) == local.replace(tzinfo=None)


def _wrong(text: str, field: Field) -> InvalidRequest:
    first, last = field.allowed[0], field.allowed[-1]
    words = f" or {', '.join(field.names)}" if field.names else ""
    return InvalidRequest(
        f"{text} is no {field.name}.", f"It is made of {first} to {last}{words}, with , - * and /."
    )
