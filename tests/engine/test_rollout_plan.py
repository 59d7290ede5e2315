"""What an applier does next, case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from releases_cases import NOON, release, slug

from herogate.aws.ecs import Crew, Rollout, RolloutState
from herogate.engine.release_records import Begun, Progress, Record
from herogate.engine.rollout_plan import (
    BOOT_LIMIT,
    Action,
    Bear,
    Begin,
    Define,
    Empty,
    Fail,
    Look,
    Open,
    Prepare,
    Restore,
    Succeed,
    Wait,
    is_asked_otherwise,
    plan,
    taking_back,
)
from herogate.models import ProcessType, Release

LATER = NOON + timedelta(seconds=10)
DEFINED = {"web": "web:2", "run": "run:2"}
GOOD = Record(
    release=release(1),
    progress=Progress(definitions={"web": "web:1", "run": "run:1"}, is_prepared=True),
)


def rollout(number: int, state: RolloutState = RolloutState.IN_PROGRESS, **more: object) -> Rollout:
    known: dict[str, object] = {
        "id": f"ecs-svc/{number}",
        "definition": f"web:{number}",
        "state": state,
        "created_at": NOON + timedelta(seconds=number),
        "is_newest": True,
    }
    return Rollout(**{**known, **more})  # type: ignore[arg-type]


def crew(*rollouts: Rollout, desired: int = 1, name: str = "web") -> Crew:
    return Crew(name=f"my-shop--{name}", desired=desired, rollouts=rollouts)


def look(
    crews: Mapping[str, Crew] | None = None,
    *,
    of: Release | None = None,
    current: Record | None = GOOD,
    **progress: object,
) -> Look:
    known: dict[str, object] = {
        "definitions": DEFINED,
        "begun": {"web": Begun(rollout="ecs-svc/2", at=NOON + timedelta(seconds=2))},
    }
    return Look(
        record=Record(
            release=release(2) if of is None else of,
            progress=Progress(**{**known, **progress}),  # type: ignore[arg-type]
        ),
        current=current,
        crews={"web": crew(rollout(2))} if crews is None else crews,
    )


WITH_RELEASE = release(2, slug=slug(process_types={"web": "serve", "release": "migrate"}))
WITH_WORKER = release(
    2, formation={"web": ProcessType(command="serve"), "worker": ProcessType(command="work")}
)
OLD = rollout(1, RolloutState.COMPLETED)
BOTH_DEFINED = {**DEFINED, "worker": "worker:2"}
BOTH_BEGUN = {
    "web": Begun(rollout="ecs-svc/2", at=NOON),
    "worker": Begun(rollout="ecs-svc/2", at=NOON),
}
DONE = rollout(2, RolloutState.COMPLETED)

CASES: dict[str, tuple[Look, list[Action]]] = {
    "a release without a slug has nothing to run": (
        look({}, of=release(2, slug=None, formation={}), current=None),
        [Succeed()],
    ),
    "first AWS is told what a process is": (
        look(definitions={}, begun={}),
        [Define(process_types=("web", "run"))],
    ),
    "what AWS was told before a restart it is not told again": (
        look(definitions={"web": "web:2"}, begun={}),
        [Define(process_types=("run",))],
    ),
    "the release process is defined too": (
        look(of=WITH_RELEASE, definitions={}, begun={}),
        [Define(process_types=("web", "run", "release"))],
    ),
    "the release process runs before anything changes": (
        look(of=WITH_RELEASE, definitions={**DEFINED, "release": "release:2"}, begun={}),
        [Prepare()],
    ),
    "when it has ended well, the rollouts begin": (
        look(
            of=WITH_RELEASE,
            definitions={**DEFINED, "release": "release:2"},
            begun={},
            is_prepared=True,
        ),
        [Begin(process_type="web")],
    ),
    "a type that never was is born": (look({}, begun={}), [Bear(process_types=("web",))]),
    "a first web starts with one process": (
        look({"web": crew(OLD, desired=0)}, current=None, begun={}),
        [Begin(process_type="web", count=1)],
    ),
    "other types start with none": (
        look(
            {"web": crew(OLD, desired=0), "worker": crew(OLD, desired=0)},
            of=WITH_WORKER,
            current=None,
            definitions=BOTH_DEFINED,
            begun={},
        ),
        [Begin(process_type="web", count=1), Begin(process_type="worker")],
    ),
    "only what has not begun begins": (
        look(
            {"web": crew(rollout(2)), "worker": crew(OLD)},
            of=WITH_WORKER,
            definitions=BOTH_DEFINED,
        ),
        [Begin(process_type="worker")],
    ),
    "a rollout under way is waited for": (look(), [Wait()]),
    "a completed rollout makes the release live": (look({"web": crew(DONE)}), [Succeed()]),
    "the first web that is live is let in": (
        look({"web": crew(DONE)}, current=None),
        [Open(), Succeed()],
    ),
    "types that are gone end when the release is live, not before": (
        look({"web": crew(DONE), "clock": crew(OLD, desired=2), "old": crew(OLD, desired=0)}),
        [Succeed(retired=("clock",))],
    ),
    "all types must be live": (
        look(
            {"web": crew(DONE), "worker": crew(rollout(2))},
            of=WITH_WORKER,
            definitions=BOTH_DEFINED,
            begun=BOTH_BEGUN,
        ),
        [Wait()],
    ),
    "one type that fails takes the others along": (
        look(
            {"web": crew(DONE), "worker": crew(rollout(2, RolloutState.FAILED))},
            of=WITH_WORKER,
            definitions=BOTH_DEFINED,
            begun=BOTH_BEGUN,
        ),
        [Fail(process_type="worker")],
    ),
    "a rollout that ECS has gone back from has failed": (
        look({"web": crew(rollout(3, definition="web:1"), rollout(2, is_newest=False))}),
        [Fail(process_type="web")],
    ),
    "a rollout of which ECS tells nothing more has failed": (
        look({"web": crew(OLD)}),
        [Fail(process_type="web")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_there_is_to_do_follows_from_what_is_seen(case: str) -> None:
    given, actions = CASES[case]
    assert plan(given, LATER) == actions


def test_a_rollout_that_is_too_slow_has_failed() -> None:
    begun = look().record.progress.begun["web"].at
    assert plan(look(), begun + BOOT_LIMIT) == [Wait()]
    assert plan(look(), begun + BOOT_LIMIT + timedelta(seconds=1)) == [
        Fail(process_type="web", overdue=True)
    ]


def test_a_longer_grace_gives_a_rollout_longer() -> None:
    patient = ProcessType(command="serve", grace_seconds=600)
    begun = look().record.progress.begun["web"].at
    slow = look(of=replace(look().record.release, formation={"web": patient}))
    assert plan(slow, begun + timedelta(seconds=780)) == [Wait()]
    assert plan(slow, begun + timedelta(seconds=781)) == [Fail(process_type="web", overdue=True)]


def test_an_answer_from_before_the_rollout_is_waited_out() -> None:
    begun = look().record.progress.begun["web"].at
    assert plan(look({"web": crew(OLD)}), begun + timedelta(seconds=4)) == [Wait()]


def test_a_first_release_that_fails_leaves_nobody_running() -> None:
    assert list(taking_back(look(current=None))) == [Empty(process_type="web")]


def test_what_was_begun_goes_back_to_the_release_in_effect() -> None:
    given = look(
        {"web": crew(DONE), "worker": crew(rollout(2, RolloutState.FAILED))},
        of=WITH_WORKER,
        definitions=BOTH_DEFINED,
        begun=BOTH_BEGUN,
    )
    assert list(taking_back(given)) == [
        Restore(process_type="web", definition="web:1"),
        Empty(process_type="worker"),
    ]


def test_what_ecs_has_brought_back_itself_is_left_alone() -> None:
    assert list(taking_back(look({"web": crew(rollout(3, definition="web:1"))}))) == []


def test_what_never_began_is_left_alone() -> None:
    failed = replace(look(begun={}).record)
    assert list(taking_back(Look(record=failed, current=GOOD, crews={"web": crew(OLD)}))) == []


ASKING = release(2, base=1, slug=slug(health_check_path="/up"))


@pytest.mark.parametrize(
    ("of", "current", "expected"),
    [
        (release(2, base=1), GOOD, False),
        (ASKING, GOOD, True),
        (ASKING, replace(GOOD, release=replace(ASKING, number=1)), False),
        (release(2, base=1), replace(GOOD, release=replace(ASKING, number=1)), True),
        (release(1), None, True),
        (release(3, base=2), GOOD, True),
        (
            release(2, base=1),
            replace(GOOD, release=release(1, formation={"worker": ProcessType(command="work")})),
            True,
        ),
    ],
    ids=["same", "named", "kept", "unnamed", "first", "another-was-begun", "web-comes-again"],
)
def test_what_web_is_asked_for_is_said_where_it_may_be_something_else(
    of: Release, current: Record | None, expected: bool
) -> None:
    assert is_asked_otherwise(look(of=of, current=current)) is expected
