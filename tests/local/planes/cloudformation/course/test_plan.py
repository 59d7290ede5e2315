"""What a phase does next, as a table."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from herogate.local.planes.cloudformation.course.plan import (
    Action,
    AfterFailure,
    Verb,
    next_actions,
)
from herogate.local.planes.cloudformation.records.status import Stage

STOP, AROUND, ON = AfterFailure.STOP, AfterFailure.AROUND, AfterFailure.ON
PENDING, STARTED, APPLIED = Stage.PENDING, Stage.STARTED, Stage.APPLIED
SETTLED, FAILED = Stage.SETTLED, Stage.FAILED
ON_A = {"b": ["a"]}


@pytest.mark.parametrize(
    ("stages", "waits_for", "after_failure", "expected"),
    [
        pytest.param({}, {}, STOP, [], id="nothing to do"),
        pytest.param(
            {"a": PENDING, "b": PENDING},
            {},
            STOP,
            [Action(Verb.START, "a"), Action(Verb.START, "b")],
            id="all whose time has come are announced at once",
        ),
        pytest.param(
            {"a": PENDING, "b": PENDING}, ON_A, STOP, [Action(Verb.START, "a")], id="b waits for a"
        ),
        pytest.param(
            {"b": PENDING}, ON_A, STOP, [Action(Verb.START, "b")], id="a is not of this phase"
        ),
        pytest.param(
            {"a": STARTED, "b": STARTED}, {}, STOP, [Action(Verb.APPLY, "a")], id="one call a time"
        ),
        pytest.param(
            {"a": APPLIED, "b": STARTED}, {}, STOP, [Action(Verb.APPLY, "b")], id="calls come first"
        ),
        pytest.param(
            {"a": APPLIED, "b": APPLIED},
            {},
            STOP,
            [Action(Verb.AWAIT, "a"), Action(Verb.AWAIT, "b")],
            id="all are awaited together",
        ),
        pytest.param(
            {"a": SETTLED, "b": PENDING}, ON_A, STOP, [Action(Verb.START, "b")], id="a is settled"
        ),
        pytest.param(
            {"a": FAILED, "b": STARTED, "c": APPLIED, "d": PENDING},
            {},
            STOP,
            [Action(Verb.CANCEL, "b"), Action(Verb.CANCEL, "c")],
            id="a failure cancels what is under way, and nothing new begins",
        ),
        pytest.param({"a": FAILED, "b": PENDING}, {}, STOP, [], id="over after a failure"),
        pytest.param(
            {"a": FAILED, "b": PENDING, "c": PENDING},
            ON_A,
            AROUND,
            [Action(Verb.START, "c")],
            id="what waits for the failed one is left",
        ),
        pytest.param({"a": FAILED, "b": PENDING}, ON_A, AROUND, [], id="and then it is over"),
        pytest.param(
            {"a": FAILED, "b": PENDING},
            ON_A,
            ON,
            [Action(Verb.START, "b")],
            id="a rollback goes on",
        ),
    ],
)
def test_the_next_actions_of_a_phase(
    stages: Mapping[str, Stage],
    waits_for: Mapping[str, list[str]],
    after_failure: AfterFailure,
    expected: list[Action],
) -> None:
    assert next_actions(stages, waits_for, after_failure) == expected
