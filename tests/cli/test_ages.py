"""How long ago, and how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from herogate.cli.ages import aged, lasted

TIME = datetime(2026, 11, 22, 0, 16, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(seconds=-3), " (~ 0s ago)"),
        (timedelta(seconds=59.9), " (~ 59s ago)"),
        (timedelta(minutes=1), " (~ 1m ago)"),
        (timedelta(minutes=59, seconds=59), " (~ 59m ago)"),
        (timedelta(hours=1), " (~ 1h ago)"),
        (timedelta(hours=24, minutes=59), " (~ 24h ago)"),
        (timedelta(hours=25), ""),
    ],
)
def test_an_age_is_rough_and_left_out_after_a_day(age: timedelta, shown: str) -> None:
    assert aged(TIME, TIME + age) == f"2026/11/22 00:16:37 +0000{shown}"


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (timedelta(seconds=5.9), "5s"),
        (timedelta(seconds=60), "1m 0s"),
        (timedelta(hours=1), "60m 0s"),
    ],
)
def test_a_duration_is_minutes_and_seconds(duration: timedelta, shown: str) -> None:
    assert lasted(duration) == shown
