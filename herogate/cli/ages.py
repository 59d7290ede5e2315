"""Times with how long ago they are, as Heroku prints them."""

from __future__ import annotations

from datetime import datetime, timedelta

from herogate.cli import output

_DAY_AND_A_BIT = timedelta(hours=25)


def aged(time: datetime, now: datetime) -> str:
    """``2026/11/22 00:16:37 +0000 (~ 5m ago)``; without the age if that is more than a day."""
    age = max(now - time, timedelta())
    if age >= _DAY_AND_A_BIT:
        return output.moment(time)
    return f"{output.moment(time)} (~ {_rough(age)} ago)"


def lasted(duration: timedelta) -> str:
    """``1m 5s``: how long something took."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    return f"{minutes}m {seconds}s" if minutes else f"{seconds}s"


def _rough(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < 60:
        return f"{seconds}s"
    return f"{seconds // 60}m" if seconds < 3600 else f"{seconds // 3600}h"
