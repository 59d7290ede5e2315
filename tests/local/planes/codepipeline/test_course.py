"""What is due inside a stage."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.planes.codepipeline.course import Begin, End, due
from herogate.local.planes.codepipeline.status import ActionStatus, StageStatus

ACTIONS = [
    {"name": "a", "runOrder": 1},
    {"name": "c", "runOrder": 2},
    {"name": "b", "runOrder": 1},
]
AT_WORK, DONE = ActionStatus.IN_PROGRESS, ActionStatus.SUCCEEDED
FAILED, LEFT = ActionStatus.FAILED, ActionStatus.ABANDONED


@pytest.mark.parametrize(
    ("statuses", "is_stopping", "expected"),
    [
        ({}, False, Begin(actions=("a", "b"))),
        ({}, True, End(status=StageStatus.STOPPED)),
        ({"a": AT_WORK, "b": FAILED}, False, None),
        ({"a": DONE, "b": AT_WORK}, True, None),
        ({"a": DONE, "b": FAILED}, False, End(status=StageStatus.FAILED)),
        ({"a": DONE, "b": LEFT}, False, End(status=StageStatus.FAILED)),
        ({"a": DONE}, False, Begin(actions=("b",))),
        ({"a": DONE, "b": DONE}, False, Begin(actions=("c",))),
        ({"a": DONE, "b": DONE}, True, End(status=StageStatus.STOPPED)),
        ({"a": DONE, "b": DONE, "c": DONE}, False, End(status=StageStatus.SUCCEEDED)),
        ({"a": DONE, "b": DONE, "c": DONE}, True, End(status=StageStatus.SUCCEEDED)),
    ],
)
def test_what_is_due(statuses: dict[str, ActionStatus], is_stopping: bool, expected: Any) -> None:
    assert due(ACTIONS, statuses, is_stopping=is_stopping) == expected
