"""What is to be done next in a phase of a stack operation. Decides only; ``executor.py`` does.

A phase brings a set of resources, each waiting for some of the others, from PENDING to SETTLED. As on
AWS, everything whose time has come is announced at once; the calls are then made one after the other,
in an order that is always the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from herogate.local.planes.cloudformation.records.status import Stage


class Verb(StrEnum):
    """What is done to one resource."""

    START = "START"
    APPLY = "APPLY"
    AWAIT = "AWAIT"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Action:
    """One thing to do."""

    verb: Verb
    key: str


class AfterFailure(StrEnum):
    """How a phase goes on when one of its resources has failed."""

    STOP = "STOP"
    """The others are cancelled (creating, updating)."""
    AROUND = "AROUND"
    """What waits for the failed one is left, the rest is done (deleting)."""
    ON = "ON"
    """All the rest is done (rolling an update back)."""


def next_actions(
    stages: Mapping[str, Stage],
    waits_for: Mapping[str, Collection[str]],
    after_failure: AfterFailure,
) -> list[Action]:
    """The next actions of a phase; none when the phase is over.

    Args:
        stages: how far each resource has come.
        waits_for: what must be settled before each; keys that are not in `stages` do not count.
    """
    failed = {key for key, stage in stages.items() if stage is Stage.FAILED}
    under_way = [key for key, stage in stages.items() if stage.is_under_way]
    if failed and after_failure is AfterFailure.STOP:
        return [Action(Verb.CANCEL, key) for key in under_way]
    passed = {key for key, stage in stages.items() if stage is Stage.SETTLED}
    if after_failure is AfterFailure.ON:
        passed |= failed
    due = [
        key
        for key, stage in stages.items()
        if stage is Stage.PENDING
        and all(other in passed or other not in stages for other in waits_for.get(key, ()))
    ]
    if due:
        return [Action(Verb.START, key) for key in due]
    started = [key for key in under_way if stages[key] is Stage.STARTED]
    if started:
        return [Action(Verb.APPLY, started[0])]
    return [Action(Verb.AWAIT, key) for key in under_way]
