"""`every day at 4:30 am`: when something is to run, in words, made into AWS's expressions. Pure.

The words are those of the Ruby gem whenever, with or without its colons, quotes, brackets and dots
(`every :monday, at: '9:30 am'`, `every 1.day, at: ['6 am', '6 pm']`, `every 3.hours`).
"""

from __future__ import annotations

import re

from herogate.errors import InvalidRequest

_FIRST = ("every", "hourly", "daily", "weekly", "monthly", "yearly", "each")
_PERIODS = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
}
_WEEKDAYS = {
    "sunday": "SUN",
    "monday": "MON",
    "tuesday": "TUE",
    "wednesday": "WED",
    "thursday": "THU",
    "friday": "FRI",
    "saturday": "SAT",
    "weekday": "MON-FRI",
    "weekend": "SAT,SUN",
}
_DAYS = {
    "day": "* * ?",
    "month": "1 * ?",
    "year": "1 1 ?",
    "week": "? * SUN",
    **{word: f"? * {days}" for word, days in _WEEKDAYS.items()},
}
"""Day of month, month and day of week, by what follows `every`."""

_INTERVAL = re.compile(r"(\d+) (second|minute|hour|day|week|month|year)s?")
_TIME = re.compile(r"(\d{1,2})(?::(\d\d))? ?(am|pm)?")
_BETWEEN_TIMES = re.compile(r" and | (?=\d|noon|midnight)")
_NAMED_TIMES = {"noon": (12, 0), "midnight": (0, 0)}
_EXAMPLES = (
    'Write for instance "rate(10 minutes)", "cron(0 3 * * ? *)", "30 4 * * *", "@daily", '
    '"every 10 minutes" or "every monday at 9:30 am".'
)


def begins(told: str) -> bool:
    """Whether something begins as a time in words does."""
    return told.lower().split(" ")[0] in _FIRST


def translate(told: str) -> str:
    """An expression of AWS's.

    Raises:
        InvalidRequest: it is not understood, or AWS cannot express it.
    """
    plain = _plain(told)
    period, _, time = plain.partition(" at ")
    period = period.strip()
    if found := _INTERVAL.fullmatch(period):
        count, unit = int(found[1]), found[2]
        if count != 1 or unit in ("second", "minute"):
            return _interval(count, unit, time)
        period = unit
    if period == "minute" and not time:
        return "rate(1 minute)"
    if period == "hour":
        return _hourly(time, told)
    days = _days(period)
    if days is None:
        raise not_understood(told)
    return _at(time, days, told)


def _plain(told: str) -> str:
    """Lower case, without whenever's punctuation and the word `every`."""
    text = told.lower().replace("at:", " at ")
    text = re.sub(r"[\"',;\[\]]|=>|(?<!\d):(?=[a-z])| do$", " ", text)
    text = re.sub(r"(\d)\.([a-z])", r"\1 \2", text)
    text = " ".join(text.split())
    first, _, rest = text.partition(" ")
    if first in _PERIODS:
        return f"{_PERIODS[first]} {rest}".strip()
    if first not in ("every", "each"):
        raise not_understood(told)
    return rest


def _interval(count: int, unit: str, time: str) -> str:
    if unit == "second":
        raise InvalidRequest(
            "AWS runs nothing more often than once a minute.",
            '"every minute" is near; a worker process can do the rest.',
        )
    if unit in ("month", "year"):
        near = f'"cron(0 0 1 */{count} ? *)"' if unit == "month" else '"every year"'
        raise InvalidRequest(f"AWS has no interval of {count} {unit}s.", f"{near} is near.")
    if unit == "week":
        count, unit = count * 7, "day"
    if time:
        raise InvalidRequest(
            f"AWS cannot run something every {count} {unit}s at a time of day.",
            f'Near are "rate({count} {unit}s)", which counts from now, and "every day at {time}".',
        )
    return f"rate({count} {unit})"


def _hourly(time: str, told: str) -> str:
    """`every hour at 15` means the minute."""
    if not time:
        return "rate(1 hour)"
    found = re.fullmatch(r":?(\d{1,2})", time)
    if found is None or int(found[1]) > 59:
        raise not_understood(told)
    return f"cron({int(found[1])} * * * ? *)"


def _days(period: str) -> str | None:
    words = [word.removesuffix("s") for word in re.split(r" and | ", period) if word]
    if len(words) == 1:
        return _DAYS.get(words[0])
    if words and all(word in _WEEKDAYS for word in words):
        return f"? * {','.join(_WEEKDAYS[word] for word in words)}"
    return None


def _at(time: str, days: str, told: str) -> str:
    moments = [_moment(part, told) for part in _BETWEEN_TIMES.split(time)] if time else [(0, 0)]
    minutes = {minute for _, minute in moments}
    if len(minutes) > 1:
        raise InvalidRequest(
            "AWS cannot run one schedule at times that differ in their minutes.",
            "Make a schedule of each.",
        )
    hours = ",".join(str(hour) for hour in sorted({hour for hour, _ in moments}))
    return f"cron({minutes.pop()} {hours} {days} *)"


def _moment(text: str, told: str) -> tuple[int, int]:
    """Hour and minute."""
    if text.strip() in _NAMED_TIMES:
        return _NAMED_TIMES[text.strip()]
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise not_understood(told)
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if (half and not 1 <= hour <= 12) or hour > 23 or minute > 59:
        raise not_understood(told)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour, minute


def not_understood(told: str) -> InvalidRequest:
    """What is said of a time that is none; a very long one is not repeated whole."""
    return InvalidRequest(f"{told[:80]!r} is no time at which something can run.", _EXAMPLES)
