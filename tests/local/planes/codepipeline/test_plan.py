"""Which execution enters which stage, and which is superseded."""

from __future__ import annotations

import pytest

from herogate.local.planes.codepipeline.plan import Enter, Move, Position, Supersede, plan
from herogate.local.planes.codepipeline.status import Mode


def waits(number: int, stage: int) -> Position:
    return Position(number=number, stage=stage, is_inside=False)


def inside(number: int, stage: int) -> Position:
    return Position(number=number, stage=stage, is_inside=True)


@pytest.mark.parametrize(
    ("mode", "positions", "closed", "moves"),
    [
        (Mode.SUPERSEDED, [], set(), []),
        (Mode.SUPERSEDED, [waits(1, 0)], set(), [Enter(number=1)]),
        (Mode.SUPERSEDED, [waits(1, 1)], {1}, []),
        (Mode.SUPERSEDED, [inside(1, 1), waits(2, 1)], set(), []),
        (
            Mode.SUPERSEDED,
            [inside(1, 1), waits(2, 1), waits(3, 1)],
            set(),
            [Supersede(number=2, by=3)],
        ),
        (
            Mode.SUPERSEDED,
            [waits(2, 1), waits(4, 1), waits(3, 1)],
            set(),
            [Supersede(number=2, by=4), Supersede(number=3, by=4), Enter(number=4)],
        ),
        (
            Mode.SUPERSEDED,
            [waits(2, 1), waits(3, 1)],
            {1},
            [Supersede(number=2, by=3)],
        ),
        (
            Mode.SUPERSEDED,
            [inside(1, 2), waits(2, 2), inside(3, 1), waits(4, 0)],
            set(),
            [Enter(number=4)],
        ),
        (Mode.QUEUED, [waits(3, 0), waits(2, 0)], set(), [Enter(number=2)]),
        (Mode.QUEUED, [inside(1, 0), waits(2, 0), waits(3, 0)], set(), []),
        (
            Mode.PARALLEL,
            [inside(1, 0), waits(2, 0), waits(3, 0)],
            set(),
            [Enter(number=2), Enter(number=3)],
        ),
    ],
)
def test_what_moves_on_follows_from_the_mode_and_the_positions(
    mode: Mode, positions: list[Position], closed: set[int], moves: list[Move]
) -> None:
    assert plan(mode, positions, closed) == moves
