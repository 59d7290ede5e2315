"""What a service's scheduler does next: decided here, done by ``scheduler.py``.

Pure: a service as it is wanted, the copies of it that there are, and the time go in; actions come out,
with the moment at which to look again. A *copy* is a task as the scheduler sees it.

The rules are those of ECS's rolling update: the primary deployment is brought to the desired count
within `maximum_percent` (of tasks that run or start) and `minimum_healthy_percent` (of healthy ones).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from herogate.local.planes.ecs.breaker import Breaker

BACK_OFF_SECONDS = (0, 0, 1, 2, 4, 8, 16, 32, 60)
"""How long a deployment waits with the next copy, by the number of copies that failed in a row."""


class CopyState(StrEnum):
    """What the scheduler knows of a copy."""

    STARTING = "STARTING"
    """Not yet known to be healthy."""
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    STOPPING = "STOPPING"
    """Told to stop, and not gone yet."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A task of the service that has not stopped.

    Attributes:
        ailment: for an unhealthy one, what is wrong with it, in ECS's words.
        settles_at: when its state may change by the passing of time alone (seconds since the epoch).
    """

    id: str
    deployment: str
    state: CopyState
    created_at: float = 0
    ailment: str = ""
    settles_at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """The primary deployment.

    Attributes:
        in_progress: not completed, and not failed.
        launches: whether it may start copies; a failed one may not.
        failures: failed copies, as the circuit breaker counts them.
        failures_in_a_row: the same, as the back-off counts them.
        last_failure_at: when a copy failed last.
    """

    id: str
    in_progress: bool = True
    launches: bool = True
    failures: int = 0
    failures_in_a_row: int = 0
    last_failure_at: float = 0


@dataclass(frozen=True, kw_only=True)
class EarlySuccess:
    """When a deployment counts as successful before it is over.

    Attributes:
        deferred: the copies of other deployments need not be gone.
    """

    healthy_percent: int
    deferred: bool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A service as it is wanted.

    Attributes:
        others: the deployments that the primary one replaces.
        draining: the service has been deleted.
        steady: whether it has been said that the service is in a steady state.
    """

    primary: Rollout
    desired_count: int
    others: tuple[str, ...] = ()
    maximum_percent: int = 200
    minimum_healthy_percent: int = 100
    breaker: Breaker | None = None
    early_success: EarlySuccess | None = None
    draining: bool = False
    steady: bool = False


@dataclass(frozen=True, kw_only=True)
class Start:
    """Start so many copies of the primary deployment."""

    count: int


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Stop a copy.

    Attributes:
        ailment: why, if its health is the reason; otherwise it is one too many.
    """

    copy: str
    ailment: str = ""


@dataclass(frozen=True, kw_only=True)
class Retire:
    """A deployment of which nothing is left becomes inactive."""

    deployment: str


@dataclass(frozen=True, kw_only=True)
class Complete:
    """The primary deployment has succeeded."""


@dataclass(frozen=True, kw_only=True)
class Fail:
    """The circuit breaker ends the primary deployment."""


@dataclass(frozen=True, kw_only=True)
class Settle:
    """The service has reached a steady state."""


@dataclass(frozen=True, kw_only=True)
class Deactivate:
    """Nothing is left of a deleted service."""


Action = Start | Stop | Retire | Complete | Fail | Settle | Deactivate


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do now, and when to plan again if nothing happens (None: only when something does)."""

    actions: tuple[Action, ...] = ()
    again_at: float | None = None


def plan(wanted: Wanted, copies: Iterable[Copy], now: float) -> Plan:
    """The actions that bring a service nearer to what is wanted."""
    present = sorted(copies, key=lambda copy: (copy.created_at, copy.id))
    if wanted.draining:
        return Plan(actions=_drained(present))
    if _is_broken(wanted):
        return Plan(actions=(Fail(),))
    scene = _Scene(wanted, present)
    stops = [*_own_stops(scene), *_old_stops(scene)]
    starts, again_at = _starts(scene, stops, now)
    actions: tuple[Action, ...] = (*stops, *starts, *_retired(scene), *_completed(scene))
    if not actions and _is_steady(scene):
        actions = (Settle(),)
    waiting = [copy.settles_at for copy in present if copy.settles_at is not None]
    moments = [*waiting, *([] if again_at is None else [again_at])]
    return Plan(actions=actions, again_at=min(moments, default=None))


class _Scene:
    """A service's copies, told apart."""

    def __init__(self, wanted: Wanted, present: Sequence[Copy]) -> None:
        primary = wanted.primary.id
        self.wanted = wanted
        self.present = present
        self.live = [copy for copy in present if copy.state is not CopyState.STOPPING]
        self.own = [copy for copy in self.live if copy.deployment == primary]
        self.old = [copy for copy in self.live if copy.deployment != primary]
        self.healthy = sum(copy.state is CopyState.HEALTHY for copy in self.live)
        self.own_healthy = sum(copy.state is CopyState.HEALTHY for copy in self.own)
        self.maximum = wanted.desired_count * wanted.maximum_percent // 100
        self.minimum = share(wanted.desired_count, wanted.minimum_healthy_percent)


def share(count: int, percent: int) -> int:
    """A percentage of a count, rounded up."""
    return -(-count * percent // 100)


def _drained(present: Sequence[Copy]) -> tuple[Action, ...]:
    if not present:
        return (Deactivate(),)
    return tuple(Stop(copy=copy.id) for copy in present if copy.state is not CopyState.STOPPING)


def _is_broken(wanted: Wanted) -> bool:
    breaker, primary = wanted.breaker, wanted.primary
    if breaker is None or not primary.in_progress:
        return False
    return primary.failures >= breaker.threshold(wanted.desired_count)


def _own_stops(scene: _Scene) -> list[Stop]:
    """Copies of the primary deployment that are too many or ill, the least useful first.

    While it rolls out, an ill copy goes at once and counts as a failure. Later it goes on answering, as
    well as it can, until its replacement is healthy, unless there is no room for one.
    """
    desired = scene.wanted.desired_count
    ill = [copy for copy in scene.own if copy.state is CopyState.UNHEALTHY]
    well = [copy for copy in scene.own if copy.state is not CopyState.UNHEALTHY]
    youngest_first = well[::-1]
    surplus = sorted(youngest_first, key=lambda copy: copy.state is CopyState.HEALTHY)
    excess = surplus[: max(0, len(well) - desired)]
    stops = [Stop(copy=copy.id) for copy in excess]
    replaced = scene.own_healthy >= desired
    if scene.wanted.primary.in_progress or replaced:
        return [Stop(copy=copy.id, ailment=copy.ailment) for copy in ill] + stops
    if ill and len(scene.live) >= scene.maximum and len(well) < desired:
        stops.insert(0, Stop(copy=ill[0].id, ailment=ill[0].ailment))
    return stops


def _old_stops(scene: _Scene) -> list[Stop]:
    """Copies of other deployments that the primary's healthy ones have replaced.

    More of them go only where there is no room for new ones otherwise. Healthy copies never become fewer
    than the minimum.
    """
    wanted = scene.wanted
    if not wanted.primary.launches:
        return []
    missing = max(0, wanted.desired_count - len(scene.own))
    room = max(0, scene.maximum - len(scene.live))
    replaced = len(scene.old) - max(0, wanted.desired_count - scene.own_healthy)
    surplus = max(0, replaced, min(missing - room, len(scene.old)))
    spare = scene.healthy - scene.minimum
    stops: list[Stop] = []
    for copy in sorted(scene.old, key=lambda copy: copy.state is CopyState.HEALTHY):
        if copy.state is CopyState.HEALTHY:
            if len(stops) >= surplus or spare <= 0:
                break
            spare -= 1
        stops.append(Stop(copy=copy.id, ailment=copy.ailment))
    return stops


def _starts(scene: _Scene, stops: Sequence[Stop], now: float) -> tuple[list[Start], float | None]:
    """New copies, as many as are missing and as there is room for, after the back-off.

    None while a copy is being given up: that counts as a failure first.
    """
    primary = scene.wanted.primary
    if not primary.launches or any(stop.ailment for stop in stops):
        return [], None
    gone = {stop.copy for stop in stops}
    live = [copy for copy in scene.live if copy.id not in gone]
    well = [
        copy
        for copy in live
        if copy.deployment == primary.id and copy.state is not CopyState.UNHEALTHY
    ]
    missing = scene.wanted.desired_count - len(well)
    count = min(missing, scene.maximum - len(live))
    if count <= 0:
        return [], None
    row = min(primary.failures_in_a_row, len(BACK_OFF_SECONDS) - 1)
    begins = primary.last_failure_at + BACK_OFF_SECONDS[row]
    return ([Start(count=count)], None) if begins <= now else ([], begins)


def _retired(scene: _Scene) -> list[Retire]:
    occupied = {copy.deployment for copy in scene.present}
    return [Retire(deployment=other) for other in scene.wanted.others if other not in occupied]


def _completed(scene: _Scene) -> list[Complete]:
    wanted = scene.wanted
    if not wanted.primary.in_progress:
        return []
    old_gone = all(copy.deployment == wanted.primary.id for copy in scene.present)
    early = wanted.early_success
    if early is not None:
        enough = scene.own_healthy >= share(wanted.desired_count, early.healthy_percent)
        return [Complete()] if enough and (early.deferred or old_gone) else []
    whole = scene.own_healthy >= wanted.desired_count
    return [Complete()] if whole and old_gone else []


def _is_steady(scene: _Scene) -> bool:
    wanted = scene.wanted
    return (
        not wanted.steady
        and not wanted.primary.in_progress
        and wanted.primary.launches
        and not wanted.others
        and len(scene.present) == scene.own_healthy == wanted.desired_count
    )
