"""The deployment circuit breaker: how many failed tasks end a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_FEWEST = 3
_MOST = 200


class ThresholdType(StrEnum):
    """How a threshold's value is to be read."""

    COUNT = "COUNT"
    BOUNDED_PERCENT = "BOUNDED_PERCENT"
    UNBOUNDED_PERCENT = "UNBOUNDED_PERCENT"


@dataclass(frozen=True, kw_only=True)
class Breaker:
    """A circuit breaker that is switched on.

    Attributes:
        rolls_back: whether a failed deployment is followed by the last completed one.
        resets: whether a healthy task makes earlier failures forgotten.
    """

    type: ThresholdType = ThresholdType.BOUNDED_PERCENT
    value: int = 50
    rolls_back: bool = False
    resets: bool = True

    def threshold(self, desired_count: int) -> int:
        """The number of failed tasks at which a deployment fails."""
        if self.type is ThresholdType.COUNT:
            return self.value
        shared = -(-self.value * desired_count // 100)
        if self.type is ThresholdType.UNBOUNDED_PERCENT:
            return max(1, shared)
        return min(max(_FEWEST, shared), _MOST)


def breaker_of(configuration: Mapping[str, Any]) -> Breaker | None:
    """The breaker of a deployment configuration (the API's shape); None where it is off."""
    asked = configuration.get("deploymentCircuitBreaker", {})
    if not asked.get("enable"):
        return None
    threshold = asked.get("thresholdConfiguration", {})
    return Breaker(
        type=ThresholdType(threshold.get("type", ThresholdType.BOUNDED_PERCENT)),
        value=threshold.get("value", 50),
        rolls_back=asked["rollback"],
        resets=asked.get("resetOnHealthyTask", True),
    )
