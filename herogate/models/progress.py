"""How far the work on a stack has come, and what stood in its way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StackProgress:
    """How far a stack's creation or deletion has come.

    Attributes:
        done: resources made (or removed) so far.
        waiting_for: names of the resources under way, longest waited for first.
    """

    stack: str
    done: int
    total: int
    waiting_for: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Setback:
    """Something stood in the way, and what is done about it: an attempt failed, was cleaned up, and is
    made once more; or there is no room, and it is made.
    """

    reason: str
    next_step: str


Event = StackProgress | Setback
