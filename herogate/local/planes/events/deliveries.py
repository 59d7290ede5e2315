"""What is still to be told to a target, and what becomes of it when the target refuses.

EventBridge tries for 24 hours and up to 185 times, unless the target's retry policy says less; so does
this cloud, but it waits at most a minute between two attempts. Pure; the clock is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.planes.events.targets import Exhausted, next_attempt

KIND = "events.delivery"
"""Documents of deliveries by their id; gone once the target was told or was given up."""

_UNSUPPORTED = 501
_PASSING = frozenset(
    {
        "AccountLimitExceededException",
        "ConcurrentPipelineExecutionsLimitExceededException",
        "LimitExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Refusals that may not last."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One event for one target.

    Attributes:
        id: its own; a target that makes something names it so.
        taken_at: when the event was taken (seconds since the epoch).
        attempts: how often the target has refused.
        due_at: when to try next.
    """

    id: str
    region: str
    rule_arn: str
    target: Mapping[str, Any]
    event: Mapping[str, Any]
    taken_at: float
    attempts: int = 0
    due_at: float = 0.0

    @property
    def document(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def rule_name(self) -> str:
        return self.rule_arn.rpartition("/")[2]

    @property
    def owner(self) -> str:
        return f"rule {self.rule_name}"

    def after(self, refusal: AwsError, now: float) -> Delivery | Exhausted:
        """The delivery as it is tried again, or why it is given up."""
        if not _may_pass(refusal):
            return Exhausted.FINAL
        due = next_attempt(self.target, self.attempts, since=self.taken_at, now=now)
        if isinstance(due, Exhausted):
            return due
        return replace(self, attempts=self.attempts + 1, due_at=due)


def _may_pass(refusal: AwsError) -> bool:
    return refusal.code in _PASSING or (refusal.status >= 500 and refusal.status != _UNSUPPORTED)
