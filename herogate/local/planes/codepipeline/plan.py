"""Which execution enters which stage, and which gives way to a newer one. Pure.

In mode SUPERSEDED and QUEUED a stage holds one execution at a time. Of those that wait before a stage,
SUPERSEDED keeps only the newest; one that is inside a stage is never superseded. In QUEUED the oldest
goes first. In PARALLEL executions do not meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from herogate.local.planes.codepipeline.status import Mode


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where an execution that is not over stands.

    Attributes:
        number: executions are numbered in the order of their starts.
        stage: the index of the stage it is in, or waits for.
    """

    number: int
    stage: int
    is_inside: bool


@dataclass(frozen=True, kw_only=True)
class Enter:
    """An execution enters the stage for which it waits."""

    number: int


@dataclass(frozen=True, kw_only=True)
class Supersede:
    """An execution gives way to a newer one."""

    number: int
    by: int


Move = Enter | Supersede


def plan(mode: Mode, positions: Sequence[Position], closed: Set[int]) -> list[Move]:
    """The moves that are due now.

    Args:
        closed: the indexes of stages whose inbound transition is disabled.
    """
    stages = sorted({position.stage for position in positions})
    return [move for stage in stages for move in _moves(mode, stage, positions, stage in closed)]


def _moves(
    mode: Mode, stage: int, positions: Sequence[Position], is_closed: bool
) -> Iterator[Move]:
    here = [position for position in positions if position.stage == stage]
    waiting = sorted(each.number for each in here if not each.is_inside)
    if not waiting:
        return
    if mode is Mode.SUPERSEDED:
        *older, newest = waiting
        yield from (Supersede(number=number, by=newest) for number in older)
        waiting = [newest]
    if is_closed:
        return
    if mode is Mode.PARALLEL:
        yield from (Enter(number=number) for number in waiting)
    elif all(not each.is_inside for each in here):
        yield Enter(number=waiting[0])
