"""What an applier does next: decided here, done by ``applier.py``.

Pure: a release, how far it has come, the release in effect, and how the crews of processes stand go in;
actions come out. One look, one plan: what must happen before something else is known to have happened
is planned at the next look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from herogate.aws.ecs import Crew, RolloutState
from herogate.engine.process_types import ONE_OFF, RELEASE_PROCESS, WEB
from herogate.engine.release_records import Begun, Record
from herogate.models import ProcessType, Release

BOOT_LIMIT = timedelta(seconds=240)
"""How long a rollout may take from its beginning until its processes are healthy."""

_BEYOND_GRACE = timedelta(seconds=180)
"""As much of the limit as is left to a web process whose grace is the usual minute."""

_ECHO = timedelta(seconds=5)
"""For so long ECS may answer with what was true before a rollout was begun."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """All that is known when a plan is made.

    Attributes:
        current: the release in effect; None before a first one.
        crews: by process type; a type without one was never born.
    """

    record: Record
    current: Record | None = None
    crews: Mapping[str, Crew] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Define:
    """Tell AWS what a process of each of these types is."""

    process_types: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Prepare:
    """Run the Procfile's ``release`` and wait for its end."""


@dataclass(frozen=True, kw_only=True)
class Bear:
    """Give each of these types a crew, of nobody yet."""

    process_types: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Begin:
    """Begin the rollout of a type; `count` None: with as many processes as there are."""

    process_type: str
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Nothing is to be done now."""


@dataclass(frozen=True, kw_only=True)
class Open:
    """Let the web in: the page in front of the app goes."""


@dataclass(frozen=True, kw_only=True)
class Succeed:
    """The release is live; types that it has no more end."""

    retired: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fail:
    """The release is taken back.

    Attributes:
        process_type: whose processes did not come up.
        overdue: they did not fail, but were too slow.
    """

    process_type: str
    overdue: bool = False


Action = Define | Prepare | Bear | Begin | Wait | Open | Succeed | Fail


@dataclass(frozen=True, kw_only=True)
class Restore:
    """Bring a type back to what the release in effect says."""

    process_type: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class Empty:
    """Let no process of a type run: nothing of it was ever live."""

    process_type: str


def plan(look: Look, now: datetime) -> list[Action]:
    """What to do next for a release."""
    release, progress = look.record.release, look.record.progress
    if release.slug is None:
        return [Succeed()]
    undefined = tuple(name for name in _defined(look) if name not in progress.definitions)
    if undefined:
        return [Define(process_types=undefined)]
    if RELEASE_PROCESS in release.slug.process_types and not progress.is_prepared:
        return [Prepare()]
    unborn = tuple(name for name in release.formation if name not in look.crews)
    if unborn:
        return [Bear(process_types=unborn)]
    waiting = [name for name in release.formation if name not in progress.begun]
    if waiting:
        return [Begin(process_type=name, count=_count(name, look)) for name in waiting]
    return _followed(look, now)


def taking_back(look: Look) -> Iterator[Restore | Empty]:
    """What brings back the release in effect, whatever this release, or one it superseded, has begun."""
    current = look.current
    definitions = {} if current is None else current.progress.definitions
    formation = {} if current is None else current.release.formation
    for name, crew in look.crews.items():
        if name not in formation:
            if crew.desired:
                yield Empty(process_type=name)
        elif crew.newest is None or crew.newest.definition != definitions[name]:
            yield Restore(process_type=name, definition=definitions[name])


def is_asked_otherwise(look: Look) -> bool:
    """Whether web processes may be asked for something else than the load balancer asks for now.

    What was begun between the release in effect and this one may have changed it, too.
    """
    release = look.record.release
    current = None if look.current is None else look.current.release
    if current is None or WEB not in current.formation or release.base != current.number:
        return True
    return _health_check_path(release) != _health_check_path(current)


def _health_check_path(release: Release) -> str | None:
    return None if release.slug is None else release.slug.health_check_path


def _defined(look: Look) -> Iterator[str]:
    slug = look.record.release.slug
    yield from look.record.release.formation
    yield ONE_OFF
    if slug is not None and RELEASE_PROCESS in slug.process_types:
        yield RELEASE_PROCESS


def _is_new(process_type: str, look: Look) -> bool:
    return look.current is None or process_type not in look.current.release.formation


def _count(process_type: str, look: Look) -> int | None:
    """A web that comes anew starts with one process; quantities are otherwise not a release's."""
    return 1 if process_type == WEB and _is_new(WEB, look) else None


def _followed(look: Look, now: datetime) -> list[Action]:
    formation = look.record.release.formation
    begun = look.record.progress.begun
    states = {name: _state(look.crews[name], begun[name], now) for name in formation}
    for name, state in states.items():
        if state is RolloutState.FAILED:
            return [Fail(process_type=name)]
    under_way = [name for name, state in states.items() if not state.is_over]
    for name in under_way:
        if now - begun[name].at > boot_limit(formation[name]):
            return [Fail(process_type=name, overdue=True)]
    if under_way:
        return [Wait()]
    retired = tuple(n for n, crew in look.crews.items() if n not in formation and crew.desired)
    opening: list[Action] = [Open()] if WEB in formation and _is_new(WEB, look) else []
    return [*opening, Succeed(retired=retired)]


def boot_limit(kind: ProcessType) -> timedelta:
    """How long the rollout of a type may take: a longer grace makes it longer."""
    return max(BOOT_LIMIT, timedelta(seconds=kind.grace_seconds) + _BEYOND_GRACE)


def _state(crew: Crew, begun: Begun, now: datetime) -> RolloutState:
    """How a rollout that was begun goes.

    One that another took the place of has failed: that is how ECS itself goes back.
    """
    ours = crew.rollout(begun.rollout)
    if ours is None and now - begun.at < _ECHO:
        return RolloutState.IN_PROGRESS
    return ours.state if ours is not None and ours.is_newest else RolloutState.FAILED
