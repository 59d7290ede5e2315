"""The scheduler's decisions, as tables: a service and its copies in, actions out."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from herogate.local.planes.ecs.breaker import Breaker, ThresholdType
from herogate.local.planes.ecs.plan import (
    BACK_OFF_SECONDS,
    Action,
    Complete,
    Copy,
    CopyState,
    Deactivate,
    EarlySuccess,
    Fail,
    Plan,
    Retire,
    Rollout,
    Settle,
    Start,
    Stop,
    Wanted,
    plan,
)

NOW = 1000.0
ROLLING = Rollout(id="new")
DONE = Rollout(id="new", in_progress=False)
FAILED = Rollout(id="new", in_progress=False, launches=False)
STARTING, HEALTHY, UNHEALTHY, STOPPING = CopyState
LATE = EarlySuccess(healthy_percent=100, deferred=False)
EARLY = EarlySuccess(healthy_percent=100, deferred=True)
NUMBERS = count(100)


def rolling(desired: int, **wanted: object) -> Wanted:
    """A service whose new deployment replaces an old one."""
    return Wanted(primary=ROLLING, desired_count=desired, others=("old",), **wanted)  # type: ignore[arg-type]


def kept(desired: int, **wanted: object) -> Wanted:
    """A service whose only deployment has completed."""
    return Wanted(**{"primary": DONE, "desired_count": desired, "steady": True, **wanted})  # type: ignore[arg-type]


def copies(deployment: str, *states: CopyState) -> list[Copy]:
    """Copies of a deployment, the oldest first: ``new0``, ``new1`` …"""
    return [
        Copy(
            id=f"{deployment}{number}",
            deployment=deployment,
            state=state,
            created_at=number,
            ailment="ill" if state is UNHEALTHY else "",
        )
        for number, state in enumerate(states)
    ]


def old(*states: CopyState) -> list[Copy]:
    return copies("old", *states)


def new(*states: CopyState) -> list[Copy]:
    return copies("new", *states)


@pytest.mark.parametrize(
    ("wanted", "present", "expected"),
    [
        pytest.param(
            Wanted(primary=ROLLING, desired_count=2), [], [Start(count=2)], id="a first deployment"
        ),
        pytest.param(
            rolling(2), old(HEALTHY, HEALTHY), [Start(count=2)], id="all new beside all old"
        ),
        pytest.param(
            rolling(2), [*old(HEALTHY, HEALTHY), *new(STARTING, STARTING)], [], id="waiting"
        ),
        pytest.param(
            rolling(2),
            [*old(HEALTHY, HEALTHY), *new(HEALTHY, STARTING)],
            [Stop(copy="old0")],
            id="an old one goes for each new one that is healthy",
        ),
        pytest.param(
            rolling(2),
            [*old(STOPPING, HEALTHY), *new(HEALTHY, HEALTHY)],
            [Stop(copy="old1")],
            id="the last old one goes",
        ),
        pytest.param(
            rolling(1),
            [*old(STOPPING), *new(HEALTHY)],
            [],
            id="not complete while an old one drains",
        ),
        pytest.param(
            rolling(1), new(HEALTHY), [Retire(deployment="old"), Complete()], id="complete"
        ),
        pytest.param(
            rolling(4, maximum_percent=100, minimum_healthy_percent=50),
            old(*[HEALTHY] * 4),
            [Stop(copy="old0"), Stop(copy="old1"), Start(count=2)],
            id="no room above: half of the old ones make room",
        ),
        pytest.param(
            rolling(4, maximum_percent=150),
            old(*[HEALTHY] * 4),
            [Start(count=2)],
            id="room for half as many",
        ),
        pytest.param(
            rolling(4, maximum_percent=150),
            [*old(*[HEALTHY] * 4), *new(HEALTHY, HEALTHY)],
            [Stop(copy="old0"), Stop(copy="old1"), Start(count=2)],
            id="the second half follows",
        ),
        pytest.param(
            rolling(1, maximum_percent=150),
            old(HEALTHY),
            [],
            id="one copy and room for less than one more: nothing can be done",
        ),
        pytest.param(
            rolling(1, maximum_percent=100, minimum_healthy_percent=0),
            old(HEALTHY),
            [Stop(copy="old0"), Start(count=1)],
            id="down first, where nothing need stay up",
        ),
        pytest.param(
            rolling(2),
            [*old(UNHEALTHY, HEALTHY), *new(STARTING, STARTING)],
            [Stop(copy="old0", ailment="ill")],
            id="an unhealthy old one goes at once",
        ),
        pytest.param(
            rolling(1),
            [*old(HEALTHY), *copies("middle", STARTING), *new(STARTING)],
            [Stop(copy="middle0")],
            id="a deployment overtaken before it was healthy goes at once",
        ),
        pytest.param(
            rolling(1),
            [*old(HEALTHY), *new(UNHEALTHY)],
            [Stop(copy="new0", ailment="ill")],
            id="an unhealthy new one goes, and its replacement waits until it is counted",
        ),
        pytest.param(
            rolling(0),
            old(HEALTHY),
            [Stop(copy="old0")],
            id="a deployment of none",
        ),
        pytest.param(
            rolling(0, early_success=EARLY),
            old(HEALTHY),
            [Stop(copy="old0"), Complete()],
            id="a deployment of none succeeds early",
        ),
        pytest.param(
            rolling(1, early_success=EARLY),
            [*old(HEALTHY), *new(HEALTHY)],
            [Stop(copy="old0"), Complete()],
            id="early success does not wait for the old ones",
        ),
        pytest.param(
            rolling(2, early_success=replace(EARLY, healthy_percent=50)),
            [*old(HEALTHY), *new(HEALTHY, STARTING)],
            [Complete()],
            id="early success with half of them",
        ),
        pytest.param(
            rolling(1, early_success=LATE),
            [*old(STOPPING), *new(HEALTHY)],
            [],
            id="blocking clean-up waits for the old ones",
        ),
    ],
)
def test_a_deployment_rolls(wanted: Wanted, present: list[Copy], expected: list[Action]) -> None:
    assert plan(wanted, present, NOW) == Plan(actions=tuple(expected))


@pytest.mark.parametrize(
    ("wanted", "present", "expected"),
    [
        pytest.param(kept(1), new(HEALTHY), [], id="all is well"),
        pytest.param(kept(1, steady=False), new(HEALTHY), [Settle()], id="well again"),
        pytest.param(
            kept(1, steady=False), new(HEALTHY, STOPPING), [], id="not steady while one stops"
        ),
        pytest.param(kept(0, steady=False), [], [Settle()], id="none, and none wanted"),
        pytest.param(kept(2), new(HEALTHY), [Start(count=1)], id="a dead one is replaced"),
        pytest.param(kept(3), new(HEALTHY), [Start(count=2)], id="scaled up"),
        pytest.param(
            kept(1), new(HEALTHY, HEALTHY), [Stop(copy="new1")], id="scaled down: the youngest goes"
        ),
        pytest.param(
            kept(1),
            new(HEALTHY, UNHEALTHY, STARTING),
            [Stop(copy="new1", ailment="ill"), Stop(copy="new2")],
            id="scaled down: the unhealthy and the starting go first",
        ),
        pytest.param(
            kept(1), new(UNHEALTHY), [Start(count=1)], id="an unhealthy one answers until replaced"
        ),
        pytest.param(kept(1), new(UNHEALTHY, STARTING), [], id="its replacement starts"),
        pytest.param(
            kept(1),
            new(UNHEALTHY, HEALTHY),
            [Stop(copy="new0", ailment="ill")],
            id="its replacement is healthy",
        ),
        pytest.param(
            kept(1),
            new(UNHEALTHY, UNHEALTHY),
            [Stop(copy="new0", ailment="ill")],
            id="no room for a third: the oldest goes",
        ),
        pytest.param(
            kept(1, others=("old",)),
            [*old(HEALTHY), *new(HEALTHY)],
            [Stop(copy="old0")],
            id="after early success the old ones go in the background",
        ),
        pytest.param(
            kept(1, others=("old",), steady=False),
            [*old(STOPPING), *new(HEALTHY)],
            [],
            id="not steady while an old one drains",
        ),
        pytest.param(
            kept(1, primary=FAILED, others=("old",)),
            old(HEALTHY),
            [],
            id="a failed deployment starts nothing and stops nothing",
        ),
        pytest.param(
            kept(0, primary=FAILED),
            new(HEALTHY, UNHEALTHY),
            [Stop(copy="new1", ailment="ill"), Stop(copy="new0")],
            id="a failed deployment can be scaled to none",
        ),
        pytest.param(
            kept(0, draining=True),
            [*old(STOPPING), *new(HEALTHY, STARTING)],
            [Stop(copy="new0"), Stop(copy="new1")],
            id="a deleted service lets all go",
        ),
        pytest.param(kept(0, draining=True), [], [Deactivate()], id="nothing is left of it"),
    ],
)
def test_a_service_is_kept(wanted: Wanted, present: list[Copy], expected: list[Action]) -> None:
    assert plan(wanted, present, NOW) == Plan(actions=tuple(expected))


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (1, 0), (2, 1), (3, 2), (7, 32), (8, 60), (500, 60)]
)
def test_a_copy_that_keeps_failing_is_started_ever_later(failures: int, seconds: int) -> None:
    primary = replace(DONE, failures_in_a_row=failures, last_failure_at=NOW)
    started = Plan(actions=(Start(count=1),))
    waiting = Plan(again_at=NOW + seconds)

    assert plan(kept(1, primary=primary), [], NOW) == (waiting if seconds else started)
    assert plan(kept(1, primary=primary), [], NOW + seconds) == started
    assert BACK_OFF_SECONDS[-1] == 60


def test_the_next_look_is_when_time_alone_may_change_something() -> None:
    young, old_one = new(STARTING, STARTING)
    settling = [replace(young, settles_at=NOW + 5), replace(old_one, settles_at=NOW + 3)]

    assert plan(kept(2), settling, NOW) == Plan(again_at=NOW + 3)


@pytest.mark.parametrize(
    ("breaker", "desired", "threshold"),
    [
        (Breaker(), 1, 3),
        (Breaker(), 7, 4),
        (Breaker(), 1000, 200),
        (Breaker(type=ThresholdType.COUNT, value=2), 1000, 2),
        (Breaker(type=ThresholdType.UNBOUNDED_PERCENT, value=50), 1, 1),
        (Breaker(type=ThresholdType.UNBOUNDED_PERCENT, value=50), 1000, 500),
        (Breaker(type=ThresholdType.UNBOUNDED_PERCENT, value=50), 0, 1),
    ],
)
def test_the_circuit_breaker_ends_a_deployment_at_its_threshold(
    breaker: Breaker, desired: int, threshold: int
) -> None:
    def planned(failures: int) -> Plan:
        primary = replace(ROLLING, failures=failures)
        return plan(Wanted(primary=primary, desired_count=desired, breaker=breaker), [], NOW)

    assert breaker.threshold(desired) == threshold
    assert planned(threshold) == Plan(actions=(Fail(),))
    assert Fail() not in planned(threshold - 1).actions


def test_the_circuit_breaker_leaves_a_completed_deployment_alone() -> None:
    primary = replace(DONE, failures=9)

    assert plan(kept(1, primary=primary, breaker=Breaker()), new(HEALTHY), NOW) == Plan()


@pytest.mark.parametrize("desired", range(6))
@pytest.mark.parametrize("maximum_percent", [100, 125, 150, 200])
@pytest.mark.parametrize("minimum_percent", [0, 50, 100])
@pytest.mark.parametrize("early_success", [None, LATE, EARLY])
def test_every_rollout_ends_within_its_limits(
    desired: int, maximum_percent: int, minimum_percent: int, early_success: EarlySuccess | None
) -> None:
    maximum = desired * maximum_percent // 100
    minimum = -(-desired * minimum_percent // 100)
    wanted = rolling(
        desired,
        maximum_percent=maximum_percent,
        minimum_healthy_percent=minimum_percent,
        early_success=early_success,
    )
    present = old(*[HEALTHY] * desired)
    if maximum == minimum and desired > 0:
        assert plan(wanted, present, NOW) == Plan()  # there is no room to move, as on AWS
        return
    for _ in range(40):
        planned = plan(wanted, present, NOW)
        if Settle() in planned.actions:
            break
        wanted, present = after(planned, wanted, present)
        live = [copy for copy in present if copy.state is not STOPPING]
        assert len(live) <= max(maximum, desired)
        assert sum(copy.state is HEALTHY for copy in live) >= minimum
        present = later(present)
    assert [copy.deployment for copy in present] == ["new"] * desired
    assert (wanted.primary, wanted.others) == (DONE, ())


def after(planned: Plan, wanted: Wanted, present: list[Copy]) -> tuple[Wanted, list[Copy]]:
    """What a plan's actions make of a service."""
    copies = {copy.id: copy for copy in present}
    for action in planned.actions:
        match action:
            case Start(count=missing):
                for _ in range(missing):
                    number = next(NUMBERS)
                    fresh = Copy(
                        id=f"new{number}", deployment="new", state=STARTING, created_at=number
                    )
                    copies[fresh.id] = fresh
            case Stop(copy=stopped):
                copies[stopped] = replace(copies[stopped], state=STOPPING)
            case Retire():
                wanted = replace(wanted, others=())
            case Complete():
                wanted = replace(wanted, primary=DONE)
            case _:
                raise AssertionError(action)
    return wanted, list(copies.values())


def later(present: list[Copy]) -> list[Copy]:
    """The copies a while after: what stopped is gone, what started is healthy."""
    kept = [copy for copy in present if copy.state is not STOPPING]
    return [replace(copy, state=HEALTHY) for copy in kept]
