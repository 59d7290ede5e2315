"""Formations: how many processes of each type an app runs, and of what size.

A quantity is ECS's to keep, and is changed there at once; a size is part of a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypedDict, Unpack

from herogate.aws.ecs import Crews
from herogate.aws.session import Session
from herogate.aws.sts import identity
from herogate.engine import release_changes, scaling
from herogate.engine.clock import Now, Sleep, utc_now
from herogate.engine.lease import Task, turn
from herogate.engine.release_changes import Draft
from herogate.engine.rollouts import Rollouts
from herogate.engine.scaling import Change
from herogate.engine.site import Site, Sites
from herogate.errors import InvalidRequest
from herogate.models import FormationEntry, Release, Size
from stacks import names


class Adjustment(TypedDict, total=False):
    """How processes are paid, started and stopped; what is not said stays as it is."""

    spot: bool
    grace_seconds: int
    stop_seconds: int


_LIMITS: Mapping[str, range] = {"grace_seconds": range(901), "stop_seconds": range(2, 121)}
_DOING = {"grace_seconds": "answer", "stop_seconds": "end"}
"""120 seconds are the most that Fargate gives a process to end."""


class Formations:
    """The formations of the apps of a region."""

    def __init__(
        self,
        session: Session,
        sites: Sites,
        rollouts: Rollouts,
        *,
        sleep: Sleep,
        now: Now = utc_now,
    ) -> None:
        self._session = session
        self._sites = sites
        self._rollouts = rollouts
        self._sleep = sleep
        self._now = now

    def all(self, app: str) -> list[FormationEntry]:
        """An app's process types by name, as they were scaled last; none before a first deploy."""
        _, entries = self._sites.consulted(app, self._entries)
        return [entry for _, entry in sorted(entries.items())]

    def scale(self, app: str, changes: Sequence[Change]) -> list[FormationEntry]:
        """Change quantities and sizes: all that is asked, or nothing. What starts is not waited for.

        Of several who add to a quantity at once each adds to what the one before has made of it.

        Returns:
            the process types that were asked for, as they are to be.

        Raises:
            NotFound: the app has no such process type.
            InvalidRequest: a quantity is out of bounds.
            ReleaseFailed: AWS would not take the release of new sizes.
        """
        site, before = self._sites.consulted(app, self._entries)
        if not any(change.is_relative for change in changes):
            return self._scale(site, before, changes)
        table = self._sites.table(site)
        with turn(table, app, Task.SCALE, now=self._now, sleep=self._sleep):
            return self._scale(site, self._entries(site), changes)

    def _scale(
        self, site: Site, before: Mapping[str, FormationEntry], changes: Sequence[Change]
    ) -> list[FormationEntry]:
        app = site.app
        after = scaling.scaled(app, before, changes)
        user = identity(self._session).name
        sizes = {name: each.size for name, each in after.items() if each.size != before[name].size}
        if sizes:
            release = self._rollouts.declare(app, partial(_resized, sizes=sizes, user=user))
            self._rollouts.begin(app, release.number)
        crews = Crews(self._session, site.cluster)
        scaled = [each for name, each in after.items() if each.quantity != before[name].quantity]
        for entry in scaled:
            crews.scale(names.service(app, entry.type), entry.quantity)
        if scaled:
            self._sites.chronicle(app).scaled(scaled, user=user)
        return list(after.values())

    def adjust(
        self, app: str, types: Sequence[str], **changes: Unpack[Adjustment]
    ) -> list[FormationEntry]:
        """Have processes of some types paid, started or stopped otherwise, by a release.

        Args:
            changes: `spot`, `grace_seconds`, `stop_seconds`, as of a `ProcessType`.

        Returns:
            the process types that were asked for, as they are to be.

        Raises:
            InvalidRequest: a number is out of bounds.
            NotFound: the app has no such process type.
            ReleaseFailed: AWS would not take the release.
        """
        _check(changes)
        _, before = self._sites.consulted(app, self._entries)
        named = scaling.scaled(app, before, [Change(process_type=name) for name in types])
        user = identity(self._session).name
        release = self._rollouts.declare(
            app, partial(_adjusted, types=list(named), changes=changes, user=user)
        )
        self._rollouts.begin(app, release.number)
        return [replace(entry, **changes) for entry in named.values()]

    def _entries(self, site: Site) -> dict[str, FormationEntry]:
        """The process types of the release declared last that ECS knows already."""
        declared = self._sites.ledger_of(site).base()
        if declared is None or declared.slug is None:
            return {}
        formation, architecture = declared.formation, declared.slug.architecture
        crews = Crews(self._session, site.cluster).describe(
            names.service(site.app, name) for name in formation
        )
        return {
            name: FormationEntry(
                type=name,
                quantity=crew.desired,
                size=kind.size,
                command=kind.command,
                architecture=architecture,
                spot=kind.spot,
                grace_seconds=kind.grace_seconds,
                stop_seconds=kind.stop_seconds,
            )
            for name, kind in formation.items()
            if (crew := crews.get(names.service(site.app, name))) is not None
        }


def _check(changes: Adjustment) -> None:
    for name, limits in _LIMITS.items():
        value = changes.get(name, limits[0])
        if not isinstance(value, int) or value not in limits:
            raise InvalidRequest(
                f"A process has {limits[0]} to {limits[-1]} seconds to {_DOING[name]}, not {value}."
            )


def _adjusted(
    base: Release | None, *, types: Sequence[str], changes: Adjustment, user: str
) -> Draft:
    gone = set(types) - (base.formation.keys() if base else set())
    if base is None or gone:
        raise InvalidRequest(f"{', '.join(sorted(gone))} has just gone with a newer release.")
    return release_changes.adjusted(base, types, changes, user=user)


def _resized(base: Release | None, *, sizes: Mapping[str, Size], user: str) -> Draft:
    gone = sizes.keys() - (base.formation.keys() if base else set())
    if base is None or gone:
        raise InvalidRequest(f"{', '.join(sorted(gone))} has just gone with a newer release.")
    return release_changes.resized(base, sizes, user=user)
