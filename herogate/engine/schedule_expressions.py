"""When something is to run: what people write, made into an expression of EventBridge Scheduler. Pure.

Taken are AWS's own `rate(…)` and `cron(…)`, cron's five fields and its `@daily`, and words in the manner
of the Ruby gem whenever (`every day at 4:30 am`). What AWS cannot express is refused, with what comes
near.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from herogate.engine import cron, schedule_words
from herogate.engine.cron import DAYS, DAYS_OF_WEEK, HOURS, MINUTES, MONTHS_OF_YEAR, Field
from herogate.errors import InvalidRequest

_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)", re.IGNORECASE)
_CRON = re.compile(r"cron\((.*)\)", re.IGNORECASE)
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_LONGEST = timedelta(days=3650)
_LIMIT = 256
"""Characters of an expression: as many as EventBridge Scheduler takes."""

_NICKNAMES = {
    "@yearly": "cron(0 0 1 1 ? *)",
    "@annually": "cron(0 0 1 1 ? *)",
    "@monthly": "cron(0 0 1 * ? *)",
    "@weekly": "cron(0 0 ? * SUN *)",
    "@daily": "cron(0 0 * * ? *)",
    "@midnight": "cron(0 0 * * ? *)",
    "@hourly": "cron(0 * * * ? *)",
}
_WEEK = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""By cron's numbers, in which 0 and 7 are Sunday."""

_REBOOT = ("@reboot", "every :reboot", "every reboot")
_QUOTED = re.compile(r"every (['\"])([\d*]\S*(?: \S+){4}) ?\1(?: do)?", re.IGNORECASE)
"""How whenever takes cron's five fields: `every '0 0 27-31 * *'`."""

_FIELD = re.compile(r"[\w*?,/#-]+")
_LEADING_ZEROS = re.compile(r"\b0+(?=\d)")
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


def translate(text: str) -> str:
    """The expression of AWS's for what somebody wrote.

    Raises:
        InvalidRequest: it is none, or AWS cannot express it: says why, and what is near.
    """
    told = " ".join(text.split())
    if len(told) > _LIMIT or not told.isascii():
        raise schedule_words.not_understood(told)
    if found := _QUOTED.fullmatch(told):
        told = found[2]
    if told.lower() in _NICKNAMES:
        return _NICKNAMES[told.lower()]
    if found := _RATE.fullmatch(told):
        return _rate(int(found[1]), found[2].lower())
    if found := _CRON.fullmatch(told):
        return _aws_cron(found[1])
    if told.lower().startswith(("at(", *_REBOOT, "tz=", "cron_tz=", "rate(")):
        raise _refused(told)
    fields = told.split(" ")
    if all(_FIELD.fullmatch(field) for field in fields) and not schedule_words.begins(told):
        return _of_fields(told, fields)
    return _of_words(told)


def next_run(
    expression: str, after: datetime, zone: ZoneInfo, *, since: datetime
) -> datetime | None:
    """When an expression of AWS's next calls for a run; None if it does not any more.

    Args:
        since: when the schedule was made, from when on a rate runs.
    """
    if found := _RATE.fullmatch(expression):
        every = int(found[1]) * _UNITS[found[2].lower()]
        return since + every * max((after - since) // every + 1, 0)
    if found := _CRON.fullmatch(expression):
        run = cron.parse(found[1]).next(after, zone)
        return None if run is None else run.astimezone(UTC)
    return None


def _rate(count: int, unit: str) -> str:
    if count == 0 or count > _LONGEST // _UNITS[unit]:
        raise InvalidRequest(
            f"Nothing runs every {count} {unit}s.",
            f"The shortest interval is rate(1 minute), the longest {_LONGEST.days} days.",
        )
    return f"rate({count} {unit}{'' if count == 1 else 's'})"


def _aws_cron(inside: str) -> str:
    fields = inside.upper().split()
    if len(fields) == 5:
        return _of_fields(inside, fields)
    if len(fields) == 6 and (fields[2], fields[4]) == ("*", "*"):
        fields[4] = "?"  # of two fields that let every day pass, AWS wants one to say nothing
    cron.parse(" ".join(fields))
    return f"cron({' '.join(fields)})"


def _of_fields(told: str, fields: list[str]) -> str:
    """What cron's five fields say."""
    if len(fields) != 5:
        raise InvalidRequest(
            f"{told!r} has {len(fields)} fields; cron's are five.",
            "They are minutes, hours, day of month, month, day of week. AWS's six, the last of them the "
            'year, are written as "cron(0 3 * * ? *)".',
        )
    plain = (_LEADING_ZEROS.sub("", field) for field in fields)
    minutes, hours, of_month, month, of_week = (field.upper() for field in plain)
    anyday = {"*", "?"}
    if of_month not in anyday and of_week not in anyday:
        raise _two_days(minutes, hours, of_month, month, of_week)
    days = "?" if of_week not in anyday else _expanded(of_month, DAYS) if of_month != "?" else "*"
    weekdays = "?" if of_week in anyday else _weekdays(of_week)
    made = " ".join(
        (
            _expanded(minutes, MINUTES),
            _expanded(hours, HOURS),
            days,
            _expanded(month, MONTHS_OF_YEAR),
            weekdays,
            "*",
        )
    )
    cron.parse(made)
    return f"cron({made})"


def _expanded(text: str, field: Field) -> str:
    """The field with every range that AWS might read otherwise written out."""
    first, last = field.allowed[0], field.allowed[-1]
    parts = []
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None or found["last"] is None or found["first"] == "*":
            parts.append(part)
            continue
        begin, end = (_number(found[name], field) for name in ("first", "last"))
        if begin <= end:
            parts.append(part)
        else:  # over the end: 22-2 are 22, 23, 0, 1, 2
            around = [*range(begin, last + 1), *range(first, end + 1)]
            parts += [str(number) for number in around[:: int(found["step"] or 1)]]
    return ",".join(parts)


def _number(text: str, field: Field) -> int:
    return cron.numbers(text, field)[0]


def _weekdays(text: str) -> str:
    """Days of the week by their names, since AWS counts them otherwise than cron does."""
    named: list[str] = []
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise InvalidRequest(
                f"{part} is no day of the week in cron's five fields.",
                f'AWS knows L and #, in its six fields: "cron(0 3 ? * {part} *)".',
            )
        named += _days_of_part(found)
    days = sorted(set(named), key=_WEEK.index)
    return "*" if len(days) == 7 else _listed_days(days)


def _listed_days(named: list[str]) -> str:
    """Days in the week's order; three or more in a row as a range."""
    first, last = _WEEK.index(named[0]), _WEEK.index(named[-1])
    if len(named) > 2 and last - first == len(named) - 1:
        return f"{named[0]}-{named[-1]}"
    return ",".join(named)


def _days_of_part(found: re.Match[str]) -> list[str]:
    step = int(found["step"] or 1)
    if step == 0:
        raise InvalidRequest(f"{found[0]} is no day of the week.", "A step is 1 or more.")
    if found["first"] == "*":
        return list(_WEEK[:7:step])
    begin = _weekday(found["first"])
    end = _weekday(found["last"]) if found["last"] else 6 if found["step"] else begin
    end += 7 if end < begin else 0
    return [_WEEK[number % 7] for number in range(begin, end + 1, step)]


def _weekday(text: str) -> int:
    if text in _WEEK:
        return _WEEK.index(text)
    if text.isdecimal() and int(text) < len(_WEEK):
        return int(text)
    raise InvalidRequest(
        f"{text} is no day of the week.",
        f"In cron's five fields it is 0 to 7 (0 and 7 are Sunday) or {', '.join(_WEEK[:7])}; "
        f"AWS's other forms are written in its six, as in {DAYS_OF_WEEK.name} of "
        '"cron(0 3 ? * FRI#1 *)".',
    )


def _of_words(told: str) -> str:
    made = schedule_words.translate(told)
    if found := _RATE.fullmatch(made):
        return _rate(int(found[1]), found[2])
    return made


def _two_days(minutes: str, hours: str, of_month: str, month: str, of_week: str) -> InvalidRequest:
    return InvalidRequest(
        "AWS cannot choose by the day of the month and by the day of the week at once.",
        "Make two schedules, of which each chooses by one:\n"
        f'"{minutes} {hours} {of_month} {month} *" and "{minutes} {hours} * {month} {of_week}".',
    )


def _refused(told: str) -> InvalidRequest:
    beginning = told.lower()
    if beginning.startswith("at("):
        return InvalidRequest(
            "at(…) runs only once, and a schedule again and again.",
            "`herogate run:detached` runs something once, now.",
        )
    if beginning.startswith(_REBOOT):
        return InvalidRequest(
            "Nothing is ever rebooted here, so @reboot never comes.",
            "What is to run with every release is the Procfile's `release`.",
        )
    if beginning.startswith("rate("):
        return InvalidRequest(
            f"{told} is no rate.",
            "A rate is of the form rate(10 minutes), in minutes, hours or days.",
        )
    return InvalidRequest(
        "A time zone is no part of the expression.", "Name it with --timezone Europe/Berlin."
    )
