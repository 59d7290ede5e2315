"""Processes: what runs of an app at this moment, as ECS and the load balancer tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

from herogate.aws.at_once import at_once, both
from herogate.aws.ecs import Crew, Crews
from herogate.aws.ecs_tasks import Instance, Instances
from herogate.aws.session import Session
from herogate.engine import one_off_command, process_names
from herogate.engine.process_types import ONE_OFF, RELEASE_PROCESS, SCHEDULED
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.release_records import Record
from herogate.engine.site import Site, Sites
from herogate.engine.sizes import Capacity, size_of
from herogate.errors import NotFound
from herogate.models import Process, ProcessState, Release
from stacks import names

_MOSTLY_RUN = 2  # releases: the newest, and the one before while it is replaced


class Processes:
    """The processes of the apps of a region."""

    def __init__(self, session: Session, sites: Sites) -> None:
        self._session = session
        self._sites = sites

    def all(self, app: str, *, type: str | None = None) -> list[Process]:  # noqa: A002
        """An app's processes, by type and then by age, the oldest first.

        A process that crashed is among them until another has taken its place.

        Raises:
            NotFound: no such app, or none of its process types is called `type`; says which there are.
        """
        site, (births, newest) = self._sites.consulted(
            app, lambda site: _births_and_newest(self._sites.ledger_of(site))
        )
        types = sorted(births)
        if type is not None and type not in (*types, ONE_OFF, RELEASE_PROCESS, SCHEDULED):
            raise _unknown(app, type, types)
        found = self._found(site, types)
        chosen = [i for i in found if type in (None, i.process_type)]
        return _told(chosen, _releases(self._sites.ledger_of(site), chosen, newest))

    def _found(self, site: Site, types: Sequence[str]) -> list[Instance]:
        """What runs of an app and, where something is missing of a type, what crashed last of it."""
        instances = Instances(self._session, site.cluster)
        crews = Crews(self._session, site.cluster)
        services = {kind: names.service(site.app, kind) for kind in types}
        one_offs = (names.task_family(site.app, kind) for kind in (ONE_OFF, RELEASE_PROCESS))
        families = [*one_offs, names.scheduled_family(site.app)]
        described, running = both(
            lambda: crews.describe(services.values()),
            lambda: instances.at_work([*services.values()], families),
        )
        for kind, name in services.items():
            if (crew := described.get(name)) is not None:
                count = sum(i.is_of_crew and i.process_type == kind for i in running)
                running += _crashed(instances, crew, count)
        return running

    def named(self, app: str, name: str) -> Process:
        """The process of that name: ``web.3f9a1c2e``, or ``web.1`` for the oldest of its type.

        Raises `NotFound`.
        """
        process_type, _, which = name.partition(".")
        found = self.all(app)
        of_type = [process for process in found if process.type == process_type]
        by_age = dict(enumerate(of_type, start=1))
        for process in found:
            if process.name == name:
                return process
        if which.isdecimal() and len(which) < 8 and int(which) in by_age:
            return by_age[int(which)]
        raise NotFound(
            "Couldn't find that process.",
            f"{app} runs no {name}. `herogate ps -a {app}` lists what runs.",
        )


def _crashed(instances: Instances, crew: Crew, running: int) -> list[Instance]:
    """What crashed last of a crew that has less running than it is to have."""
    missing = crew.desired - running
    if missing <= 0:
        return []
    return [i for i in instances.of_crew(crew.name, stopped=True) if i.has_failed][:missing]


def _births_and_newest(ledger: ReleaseLedger) -> tuple[Mapping[str, str], Sequence[Record]]:
    """The process types, and the releases of which those that run mostly are."""
    return both(ledger.births, lambda: list(islice(ledger.records(), _MOSTLY_RUN)))


def _releases(
    ledger: ReleaseLedger, instances: Iterable[Instance], newest: Sequence[Record]
) -> Mapping[int, Release]:
    """The releases that run, by number."""
    found = {record.release.number: record.release for record in newest}
    wanted = {number for instance in instances if (number := _number(instance)) is not None}
    asked = at_once([partial(ledger.record, number) for number in sorted(wanted - found.keys())])
    return found | {each.release.number: each.release for each in asked if each is not None}


def _told(instances: Sequence[Instance], releases: Mapping[int, Release]) -> list[Process]:
    return sorted(
        (_process(instance, releases) for instance in instances),
        key=lambda process: (process.type, process.since, process.name),
    )


def _process(instance: Instance, releases: Mapping[int, Release]) -> Process:
    release = releases.get(_number(instance) or 0)
    state = state_of(instance)
    return Process(
        type=instance.process_type,
        name=process_names.name(instance),
        state=state,
        since=_since(instance, state),
        size=size_of(Capacity(cpu_units=instance.cpu_units, memory_mib=instance.memory_mib)),
        command=None if release is None else _command(release, instance),
        release=_number(instance),
    )


def state_of(instance: Instance) -> ProcessState:
    """What a process is doing, in Heroku's words."""
    if instance.status.is_over:
        return ProcessState.CRASHED
    if instance.is_dying:
        return ProcessState.STOPPING
    return ProcessState.UP if instance.status.is_up else ProcessState.STARTING


def _since(instance: Instance, state: ProcessState) -> datetime:
    if state is ProcessState.CRASHED:
        return instance.stopped_at or instance.created_at
    if state is ProcessState.STARTING:
        return instance.created_at
    return instance.started_at or instance.created_at


def _command(release: Release, instance: Instance) -> str | None:
    process_type, slug = instance.process_type, release.slug
    if slug is not None and process_type == RELEASE_PROCESS:
        return slug.process_types.get(RELEASE_PROCESS)
    if slug is not None and process_type in (ONE_OFF, SCHEDULED) and not instance.is_of_crew:
        return one_off_command.told(instance.command, shell=slug.shell)
    kind = release.formation.get(process_type)
    return None if kind is None else kind.command


def _number(instance: Instance) -> int | None:
    told = instance.tags.get(names.RELEASE_TAG, "")
    return int(told) if told.isdecimal() else None


def _unknown(app: str, process_type: str, known: Iterator[str] | Sequence[str]) -> NotFound:
    listed = ", ".join(known) or "none so far"
    return NotFound(f"No {process_type} processes on {app}", f"Process types of {app}: {listed}.")
