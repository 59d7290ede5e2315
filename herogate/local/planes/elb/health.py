"""When a target counts as healthy: its checks' findings in, its state out. Pure.

The states, reasons and their descriptions are those of the Elastic Load Balancing API reference
(TargetHealth). A new target is healthy with its first good check; afterwards the thresholds count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from herogate.local.planes.elb.table import HealthCheck, TargetState


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check found: nothing wrong, or the API's reason with its description."""

    reason: str | None = None
    description: str | None = None

    @property
    def is_good(self) -> bool:
        return self.reason is None


GOOD = Finding()
NO_ANSWER = Finding(reason="Target.FailedHealthChecks", description="Health checks failed")
TOO_LATE = Finding(reason="Target.Timeout", description="Request timed out")


@dataclass(frozen=True, kw_only=True)
class Health:
    """A target's state with the API's reason for it.

    Attributes:
        streak: how many of the latest checks in a row spoke against the state.
    """

    state: TargetState
    reason: str | None = None
    description: str | None = None
    streak: int = 0


REGISTERED = Health(
    state=TargetState.INITIAL,
    reason="Elb.RegistrationInProgress",
    description="Target registration is in progress",
)
DRAINING = Health(
    state=TargetState.DRAINING,
    reason="Target.DeregistrationInProgress",
    description="Target deregistration is in progress",
)
_HEALTHY = Health(state=TargetState.HEALTHY)


def judge(status: int, check: HealthCheck) -> Finding:
    """What an answer's status means to a check."""
    if any(first <= status <= last for first, last in _ranges(check.matcher)):
        return GOOD
    return Finding(
        reason="Target.ResponseCodeMismatch",
        description=f"Health checks failed with these codes: [{status}]",
    )


def after(health: Health, finding: Finding, check: HealthCheck) -> Health:
    """A target's health after one more check."""
    if finding.is_good:
        return _after_success(health, check)
    if health.state is TargetState.UNHEALTHY:
        return replace(health, reason=finding.reason, description=finding.description, streak=0)
    streak = health.streak + 1
    if streak >= check.unhealthy_threshold:
        return Health(
            state=TargetState.UNHEALTHY, reason=finding.reason, description=finding.description
        )
    if health.state is TargetState.HEALTHY:
        return replace(health, streak=streak)
    return Health(
        state=TargetState.INITIAL,
        reason="Elb.InitialHealthChecking",
        description="Initial health checks in progress",
        streak=streak,
    )


def _after_success(health: Health, check: HealthCheck) -> Health:
    if health.state is not TargetState.UNHEALTHY:
        return _HEALTHY
    streak = health.streak + 1
    return _HEALTHY if streak >= check.healthy_threshold else replace(health, streak=streak)


def _ranges(matcher: str) -> list[tuple[int, int]]:
    """``200,202`` and ``200-299`` as pairs of a first and a last status."""
    found = re.findall(r"(\d+)(?:-(\d+))?", matcher)
    return [(int(first), int(last or first)) for first, last in found]
