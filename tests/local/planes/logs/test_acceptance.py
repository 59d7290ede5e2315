"""Which events of a batch are kept."""

from __future__ import annotations

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.logs.acceptance import Accepted, accepted
from herogate.local.planes.logs.events import DAY, Group

NOW = 100 * DAY
HOUR = DAY // 24
GROUP = Group(region="us-east-1", name="/demo", created=0)
KEPT_A_WEEK = Group(region="us-east-1", name="/demo", created=0, retention_days=7)


@pytest.mark.parametrize(
    ("group", "ages", "kept", "rejected"),
    [
        (GROUP, [], [], {}),
        (GROUP, [HOUR, 0], [HOUR, 0], {}),
        (GROUP, [14 * DAY], [14 * DAY], {}),
        (GROUP, [15 * DAY, 14 * DAY + 1, 0], [0], {"tooOldLogEventEndIndex": 2}),
        (GROUP, [0, -2 * HOUR], [0, -2 * HOUR], {}),
        (GROUP, [0, -2 * HOUR - 1], [0], {"tooNewLogEventStartIndex": 1}),
        (GROUP, [-3 * HOUR], [], {"tooNewLogEventStartIndex": 0}),
        (KEPT_A_WEEK, [8 * DAY, 7 * DAY], [7 * DAY], {"expiredLogEventEndIndex": 1}),
        (
            KEPT_A_WEEK,
            [15 * DAY, 8 * DAY, 0, -3 * HOUR],
            [0],
            {
                "tooOldLogEventEndIndex": 1,
                "expiredLogEventEndIndex": 2,
                "tooNewLogEventStartIndex": 3,
            },
        ),
    ],
)
def test_events_out_of_time_are_left_out(
    group: Group, ages: list[int], kept: list[int], rejected: dict[str, int]
) -> None:
    events = [(NOW - age, "line") for age in ages]
    assert accepted(events, group, NOW) == Accepted(
        events=[(NOW - age, "line") for age in kept], rejected=rejected
    )


def test_only_the_events_that_are_kept_must_be_within_a_day() -> None:
    assert accepted([(0, "ancient"), (NOW, "now")], GROUP, NOW).events == [(NOW, "now")]
    with pytest.raises(AwsError, match="cannot span more than 24 hours"):
        accepted([(NOW - DAY - 1, "yesterday"), (NOW, "now")], GROUP, NOW)


def test_a_batchs_size_counts_bytes_and_26_for_each_event() -> None:
    half = (1 << 19) - 26
    assert len(accepted([(NOW, "x" * half)] * 2, GROUP, NOW).events) == 2
    with pytest.raises(AwsError, match="Upload too large: 1048577 bytes exceeds limit of 1048576"):
        accepted([(NOW, "x" * half), (NOW, "x" * (half - 1) + "é")], GROUP, NOW)
