"""When a refused delivery is tried again, and when it is given up."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.events.deliveries import Delivery
from herogate.local.planes.events.targets import Exhausted

BUSY = AwsError("ThrottlingException", "Rate exceeded")
DOWN = AwsError("ServiceUnavailable", "Later.", status=503)


def delivery(**changes: Any) -> Delivery:
    given = {"id": "d", "region": "us-east-1", "rule_arn": "r", "target": {}, "event": {}}
    return Delivery(**{**given, "taken_at": 100.0, **changes})


def test_the_pauses_grow_to_a_minute() -> None:
    pending, pauses, now = delivery(), [], 100.0
    for _ in range(9):
        after = pending.after(DOWN, now)
        assert isinstance(after, Delivery)
        pauses.append(after.due_at - now)
        pending, now = after, after.due_at

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert pending.attempts == 9


@pytest.mark.parametrize(
    ("refusal", "changes", "expected"),
    [
        (AwsError("AccessDenied", "No.", status=403), {}, Exhausted.FINAL),
        (not_supported("it"), {}, Exhausted.FINAL),
        (BUSY, {"attempts": 185}, Exhausted.ATTEMPTS),
        (BUSY, {"target": {"RetryPolicy": {"MaximumRetryAttempts": 0}}}, Exhausted.ATTEMPTS),
        (
            BUSY,
            {"taken_at": 30.0, "target": {"RetryPolicy": {"MaximumEventAgeInSeconds": 60}}},
            Exhausted.AGE,
        ),
    ],
)
def test_what_is_given_up(refusal: AwsError, changes: dict[str, Any], expected: Exhausted) -> None:
    assert delivery(**changes).after(refusal, 100.0) is expected


def test_a_delivery_outlives_a_restart() -> None:
    pending = delivery(attempts=3, due_at=7.0)

    assert Delivery(**pending.document) == pending
