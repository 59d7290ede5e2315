"""Schedules: commands that are run again and again, each in the release that is live by then.

They are EventBridge Scheduler's own; the ledger knows none of them. What a schedule starts is always the
newest definition of one family, and a release gets into that when it is live (``release_work.py``): so a
schedule follows every release, every rollback too, and never runs what has failed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from herogate.aws import ecs_events
from herogate.aws.at_once import at_once, both
from herogate.aws.ecs_tasks import Instance, Instances, Network
from herogate.aws.scheduler import Job, Scheduled, ScheduleGroup, Timetable
from herogate.aws.session import Session
from herogate.engine import one_off_command, process_names, schedule_expressions
from herogate.engine.clock import Now, utc_now
from herogate.engine.networks import network
from herogate.engine.process_types import SCHEDULED
from herogate.engine.release_records import Record
from herogate.engine.rollouts import Rollouts
from herogate.engine.site import Site, Sites
from herogate.engine.sizes import Capacity, capacity as capacity_of, size_of
from herogate.errors import InvalidRequest, NotFound
from herogate.models import Release, Schedule, ScheduledRun, Size, Slug
from stacks import names
from stacks.names import LogPurpose

UTC_ZONE = "UTC"

VARIABLE = "HEROGATE_SCHEDULE"
"""What a process finds the id of its schedule in; so does who asks which runs were whose."""

_WRITTEN_LIMIT = 512

_REMEMBERED = 1000
"""So many of the last runs, of all schedules, are looked through for the last one of each."""


class Schedules:
    """The schedules of a region's apps."""

    def __init__(
        self,
        session: Session,
        sites: Sites,
        rollouts: Rollouts,
        *,
        now: Now = utc_now,
    ) -> None:
        self._session = session
        self._sites = sites
        self._rollouts = rollouts
        self._now = now

    def all(self, app: str) -> list[Schedule]:
        """An app's schedules, the oldest first, each with its last run.

        Raises:
            NotFound: no such app.
            InvalidRequest: the app was made before there were schedules.
        """
        site, (found, release) = self._sites.consulted(app, self._scheduled_and_current)
        runs = self._runs(site) if found else []
        return [self._told(scheduled, _slug(release), runs) for scheduled in found]

    def add(
        self,
        app: str,
        expression: str,
        command: Sequence[str],
        *,
        timezone: str = UTC_ZONE,
        size: Size = Size.STANDARD_1X,
    ) -> Schedule:
        """Have a command run again and again.

        Args:
            expression: `rate(10 minutes)`, `cron(0 3 * * ? *)`, cron's five fields, or words.
            command: one word is a command line for the image's shell; several are taken to the letter.
            timezone: whose local time is meant (``Europe/Berlin``).

        Raises:
            NotFound: no such app.
            InvalidRequest: AWS cannot run that, or then; or nothing was released yet.
        """
        timetable = self._timetable(expression, _zone(timezone))
        line = one_off_command.line(command)
        site = self._sites.of(app)
        group, (release, where) = self._group(site), self._live_and_network(site)
        schedule_id = secrets.token_hex(4)
        job = _job(site, release, where, schedule_id, line, size)
        group.create(schedule_id, timetable, job)
        return self._told(self._scheduled(site, schedule_id), release.slug, ())

    def info(self, app: str, schedule_id: str) -> Schedule:
        """One schedule. Raises `NotFound`."""
        site, (scheduled, release) = self._sites.consulted(
            app,
            lambda site: both(
                lambda: self._scheduled(site, schedule_id), self._sites.ledger_of(site).current
            ),
        )
        return self._told(scheduled, _slug(release), self._runs(site))

    def remove(self, app: str, schedule_id: str) -> None:
        """Run a command no more; what runs of it goes on to its end. Raises `NotFound`."""
        site, scheduled = self._sites.consulted(
            app, lambda site: self._scheduled(site, schedule_id)
        )
        self._group(site).delete(scheduled.id)

    def run(self, app: str, schedule_id: str) -> str:
        """Run a schedule now, beside its own times; the process's name. Raises `NotFound`."""
        site, scheduled = self._sites.consulted(
            app, lambda site: self._scheduled(site, schedule_id)
        )
        release, where = self._live_and_network(site)
        schedule = self._told(scheduled, release.slug, ())
        job = _job(site, release, where, schedule.id, schedule.command, schedule.size)
        arn = Instances(self._session, site.cluster).run(
            job.family,
            job.network,
            token=uuid4().hex,
            overrides=job.overrides,
            started_by=f"herogate/{schedule.id}",
        )
        return process_names.name_of(SCHEDULED, arn.rpartition("/")[2])

    def _timetable(self, expression: str, zone: ZoneInfo) -> Timetable:
        translated, now = schedule_expressions.translate(expression), self._now()
        if schedule_expressions.next_run(translated, now, zone, since=now) is None:
            raise InvalidRequest(
                f"{expression} never comes.",
                f"AWS was to be told {translated}: no day is of that kind.",
            )
        return Timetable(
            expression=translated,
            timezone=zone.key,
            description=" ".join(expression.split())[:_WRITTEN_LIMIT],
        )

    def _scheduled_and_current(self, site: Site) -> tuple[list[Scheduled], Record | None]:
        """The schedules by age, and the release in effect."""
        group, current = self._group(site), self._sites.ledger_of(site).current
        found, release = both(group.all, current)
        return sorted(found, key=lambda each: (each.created_at, each.id)), release

    def _scheduled(self, site: Site, schedule_id: str) -> Scheduled:
        found = self._group(site).find(schedule_id)
        if found is None:
            raise NotFound(
                "Couldn't find that schedule.",
                f"{site.app} has no schedule {schedule_id}. "
                f"`herogate schedule -a {site.app}` lists them.",
            )
        return found

    def _live_and_network(self, site: Site) -> tuple[Release, Network]:
        return both(lambda: self._live(site), lambda: network(self._session, site))

    def _live(self, site: Site) -> Release:
        """The release in effect, which the family holds from now on at the latest."""
        record = self._sites.ledger_of(site).current()
        if record is None or record.release.slug is None:
            raise InvalidRequest(
                f"{site.app} has nothing to run a command in: no build was released yet.",
                "`git push` releases one.",
            )
        self._rollouts.catch_up(site.app)
        return record.release

    def _group(self, site: Site) -> ScheduleGroup:
        if site.schedule_group is None:
            raise InvalidRequest(
                f"{site.app} was made by a version of Herogate that knew no schedules, and lacks what "
                "runs them.",
                f"Make it anew: `herogate destroy -a {site.app}`, then `herogate create {site.app}` and "
                "push.",
            )
        return ScheduleGroup(self._session, site.schedule_group)

    def _runs(self, site: Site) -> list[Instance]:
        """What schedules have started, the youngest first; of what ECS has forgotten the log tells."""
        instances = Instances(self._session, site.cluster)
        family = names.scheduled_family(site.app)
        log = names.log_group(site.app, LogPurpose.PLATFORM)
        found = at_once(
            [
                partial(ecs_events.ended, self._session, log, family, _REMEMBERED),
                partial(instances.of_family, family, stopped=True),
                partial(instances.of_family, family),
            ]
        )
        known = {instance.arn: instance for some in found for instance in some}
        return sorted(known.values(), key=lambda instance: instance.created_at, reverse=True)

    def _told(self, scheduled: Scheduled, slug: Slug | None, runs: Sequence[Instance]) -> Schedule:
        own = (run for run in runs if run.environment.get(VARIABLE) == scheduled.id)
        shell = slug is None or slug.shell
        return Schedule(
            id=scheduled.id,
            expression=scheduled.timetable.expression,
            timezone=scheduled.timetable.timezone,
            written=scheduled.timetable.description or scheduled.timetable.expression,
            command=one_off_command.told(scheduled.command, shell=shell) or "",
            size=_size(scheduled),
            created_at=scheduled.created_at,
            next_run=self._next(scheduled),
            last_run=next((_run(instance) for instance in own), None),
        )

    def _next(self, scheduled: Scheduled) -> datetime | None:
        if not scheduled.is_enabled:
            return None
        return schedule_expressions.next_run(
            scheduled.timetable.expression,
            self._now(),
            ZoneInfo(scheduled.timetable.timezone),
            since=scheduled.created_at,
        )


def _slug(record: Record | None) -> Slug | None:
    return None if record is None else record.release.slug


def _job(
    site: Site, release: Release, where: Network, schedule_id: str, line: str, size: Size
) -> Job:
    if release.slug is None or site.scheduler_role_arn is None:
        raise LookupError(f"{site.app} has nothing that a schedule could run")
    overrides = one_off_command.overrides(
        line,
        shell=release.slug.shell,
        environment={VARIABLE: schedule_id},
        config=(),
        capacity=capacity_of(size),
    )
    return Job(
        cluster=site.cluster,
        family=names.scheduled_family(site.app),
        network=where,
        overrides=replace(overrides, process_type=SCHEDULED),
        role_arn=site.scheduler_role_arn,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise InvalidRequest(
            f"There is no time zone {name}.", "They are called like Europe/Berlin, or UTC."
        ) from None


def _size(scheduled: Scheduled) -> Size:
    if scheduled.cpu_units is None or scheduled.memory_mib is None:
        return Size.STANDARD_1X
    return size_of(Capacity(cpu_units=scheduled.cpu_units, memory_mib=scheduled.memory_mib))


def _run(instance: Instance) -> ScheduledRun:
    return ScheduledRun(
        process=process_names.name(instance),
        started_at=instance.started_at or instance.created_at,
        ended_at=instance.stopped_at,
        exit_code=instance.exit_code,
        reason=instance.reason if instance.status.is_over and instance.exit_code is None else None,
    )
