"""What checks' findings make of a target's state."""

from __future__ import annotations

import pytest

from herogate.local.planes.elb import health
from herogate.local.planes.elb.health import GOOD, NO_ANSWER, REGISTERED, TOO_LATE, Finding, Health
from herogate.local.planes.elb.table import HealthCheck, TargetState

CHECK = HealthCheck(healthy_threshold=3, unhealthy_threshold=2, matcher="200-299,404")


def course(*findings: Finding, begun: Health = REGISTERED) -> list[str]:
    """The states that a target goes through."""
    states, known = [], begun
    for finding in findings:
        known = health.after(known, finding, CHECK)
        states.append(known.state.value)
    return states


def test_a_new_target_is_healthy_with_its_first_good_check() -> None:
    assert course(NO_ANSWER, GOOD) == ["initial", "healthy"]


def test_a_new_target_that_fails_as_often_as_the_threshold_says_is_unhealthy() -> None:
    assert course(NO_ANSWER, TOO_LATE) == ["initial", "unhealthy"]


def test_a_healthy_target_is_unhealthy_only_after_failures_in_a_row() -> None:
    assert course(GOOD, NO_ANSWER, GOOD, NO_ANSWER, NO_ANSWER) == [
        "healthy", "healthy", "healthy", "healthy", "unhealthy",
    ]  # fmt: skip


def test_an_unhealthy_target_recovers_after_successes_in_a_row() -> None:
    sick = Health(state=TargetState.UNHEALTHY)
    assert course(GOOD, GOOD, TOO_LATE, GOOD, GOOD, GOOD, begun=sick) == [
        "unhealthy", "unhealthy", "unhealthy", "unhealthy", "unhealthy", "healthy",
    ]  # fmt: skip


def test_the_reason_of_an_unhealthy_target_is_that_of_its_latest_failure() -> None:
    known = REGISTERED
    reasons = []
    for finding in (NO_ANSWER, NO_ANSWER, health.judge(503, CHECK), TOO_LATE):
        known = health.after(known, finding, CHECK)
        reasons.append((known.reason, known.description))
    assert reasons == [
        ("Elb.InitialHealthChecking", "Initial health checks in progress"),
        ("Target.FailedHealthChecks", "Health checks failed"),
        ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
        ("Target.Timeout", "Request timed out"),
    ]


@pytest.mark.parametrize(
    ("status", "is_good"), [(200, True), (250, True), (299, True), (300, False), (404, True)]
)
def test_the_matcher_tells_which_statuses_are_good(status: int, is_good: bool) -> None:
    assert health.judge(status, CHECK).is_good is is_good
