"""What is due inside a stage: which actions begin, and when the stage is over. Pure.

Actions of one run order go side by side; the next order begins when all of them have succeeded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from herogate.local.planes.codepipeline.status import ActionStatus, StageStatus


@dataclass(frozen=True, kw_only=True)
class Begin:
    """These actions begin together."""

    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class End:
    """The stage is over."""

    status: StageStatus


def due(
    actions: Sequence[Mapping[str, Any]],
    statuses: Mapping[str, ActionStatus],
    *,
    is_stopping: bool,
) -> Begin | End | None:
    """What is due; None while actions are still at work.

    Args:
        actions: the stage's, as declared.
        statuses: of the last attempt at each action that was tried.
        is_stopping: nothing new is to begin.
    """
    for order in sorted({action["runOrder"] for action in actions}):
        group = [action["name"] for action in actions if action["runOrder"] == order]
        tried = [statuses[name] for name in group if name in statuses]
        if any(not status.is_over for status in tried):
            return None
        if any(status is not ActionStatus.SUCCEEDED for status in tried):
            return End(status=StageStatus.FAILED)
        untried = tuple(name for name in group if name not in statuses)
        if untried:
            return End(status=StageStatus.STOPPED) if is_stopping else Begin(actions=untried)
    return End(status=StageStatus.SUCCEEDED)
