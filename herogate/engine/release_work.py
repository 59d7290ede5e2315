"""What an applier does: each action of ``rollout_plan.py``, done with AWS and noted in the ledger.

Whatever AWS has answered is noted before anything builds on it, so that who takes over goes on from
there. An action may be done twice; none does harm then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from herogate.aws.ecs import Crews, Door
from herogate.aws.ecs_definitions import Definitions
from herogate.aws.elbv2 import LoadBalancing
from herogate.aws.session import Session
from herogate.engine.app_rules import AppRules
from herogate.engine.clock import Sleep
from herogate.engine.definitions import definition, health_check_path, port, scheduled
from herogate.engine.diagnosis import Diagnosis
from herogate.engine.echoes import heard_of
from herogate.engine.formation import Formation
from herogate.engine.lease import Lease, LeaseLost, holding
from herogate.engine.preparation import Preparation
from herogate.engine.process_types import WEB
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.release_records import Begun, Progress, Record
from herogate.engine.rollout_plan import (
    Bear,
    Begin,
    Define,
    Empty,
    Fail,
    Look,
    Open,
    Prepare,
    Restore,
    is_asked_otherwise,
    taking_back,
)
from herogate.engine.site import Site
from herogate.models import ProcessType, Slug
from stacks import names
from stacks.parts import pages


class ReleaseWork:
    """The work on releases of one app."""

    def __init__(
        self, session: Session, site: Site, ledger: ReleaseLedger, *, sleep: Sleep
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._sleep = sleep
        self._definitions = Definitions(session)
        self._crews = Crews(session, site.cluster)
        self._load_balancing = LoadBalancing(session)
        self._rules = AppRules(session, site)
        self._formation = Formation(session, site, ledger, sleep=sleep)
        self._preparation = Preparation(session, site, ledger, sleep=sleep)
        self._diagnosis = Diagnosis(session, site, sleep=sleep)

    def do(
        self, action: Define | Prepare | Bear | Begin | Open, look: Look, lease: Lease
    ) -> Iterator[str]:
        """Do one action; yields what the release process writes, if that is it.

        Raises:
            AwsRefused: AWS would not.
            LeaseLost: somebody else works on the app now.
            ReleaseFailed: the release cannot go live.
        """
        match action:
            case Define():
                self._define(action, look.record, lease)
            case Prepare():
                yield "Running release command..."
                yield from self._preparation.run(look.record, lease)
            case Bear():
                defined = look.record.progress.definitions
                wanted = {name: defined[name] for name in action.process_types}
                self._formation.bear(wanted, port(_slug(look.record)), lease)
            case Begin():
                if action.process_type == WEB and is_asked_otherwise(look):
                    self._ask_for_health(look.record)
                self._begin(action, look.record, lease)
            case Open():
                self._open()

    def take_back(self, look: Look, lease: Lease) -> None:
        """Bring back what the release in effect says."""
        if is_asked_otherwise(look):
            lease.hold()
            self._ask_for_health(look.current)
        for undoing in taking_back(look):
            lease.hold()
            crew = names.service(self._site.app, undoing.process_type)
            match undoing:
                case Empty():
                    self._crews.scale(crew, 0)
                case Restore():
                    door = self._door(undoing.process_type, look.current)
                    kind = _kind(look.current, undoing.process_type)
                    self._crews.roll_out(crew, undoing.definition, door=door, spot=kind.spot)

    def aim_schedules(self, record: Record, lease: Lease) -> None:
        """Have the schedules run a release: theirs is the newest definition of a family of its own.

        No release is ever registered there before it is live. Raises `LeaseLost`.
        """
        before = self._ledger.upkeep_notes.scheduled()
        if record.release.slug is None or (before and before[0] == record.release.number):
            return
        lease.hold()
        wanted = scheduled(record.release, record.release.slug, self._site)
        arn = self._definitions.register(wanted)
        try:
            self._ledger.upkeep_notes.note_scheduled(record.release.number, arn, lease)
        except LeaseLost:
            self._definitions.deregister(arn)  # another may have registered a newer one before it
            raise
        if before is not None:
            self._definitions.deregister(before[1])

    def diagnosis(self, look: Look, failure: Fail) -> str:
        """Why the processes of a type did not come up; a rollout that is too slow is stopped first."""
        crew = look.crews[failure.process_type]
        told = self._diagnosis.of_crew(
            crew,
            failure.process_type,
            look.record.progress.definitions[failure.process_type],
            overdue=failure.overdue,
            asked=self._asked(failure.process_type, look.record),
        )
        if failure.overdue:
            self._crews.take_back(crew.name)
        return told

    def _define(self, action: Define, record: Record, lease: Lease) -> None:
        slug = _slug(record)
        for name in action.process_types:
            lease.hold()
            arn = self._definitions.register(definition(record.release, slug, name, self._site))
            self._note(record, lease, partial(_defined, name=name, arn=arn))

    def _begin(self, action: Begin, record: Record, lease: Lease) -> None:
        name = action.process_type
        roll_out = partial(
            self._crews.roll_out,
            names.service(self._site.app, name),
            record.progress.definitions[name],
            count=action.count,
            door=self._door(name, record),
            spot=_kind(record, name).spot,
        )
        rollout = heard_of(roll_out, holding(lease, self._sleep))
        begun = Begun(rollout=rollout.id, at=rollout.created_at)
        self._note(record, lease, partial(_begun, name=name, begun=begun))

    def _asked(self, process_type: str, record: Record) -> str:
        """What the load balancer asks processes for, and where; empty if it asks them nothing."""
        slug = _slug(record)
        path = health_check_path(slug, self._site)
        return f"{path} on port {port(slug)}" if process_type == WEB else ""

    def _ask_for_health(self, record: Record | None) -> None:
        """Have web processes asked for what a release says: those there are, and those to come."""
        slug = None if record is None else record.release.slug
        path = health_check_path(slug, self._site)
        self._load_balancing.ask_for(self._site.target_group_arn, path)

    def _open(self) -> None:
        """Let the web in, unless the app is under maintenance: then that lets it in when it ends."""
        page = self._rules.page()
        if page is None:
            self._rules.align()
        elif page.status != pages.MAINTENANCE_STATUS:
            self._rules.lead()

    def _door(self, process_type: str, record: Record | None) -> Door | None:
        if process_type != WEB or record is None:
            return None
        return Door(
            target_group_arn=self._site.target_group_arn,
            process_type=WEB,
            port=port(_slug(record)),
            grace_seconds=_kind(record, WEB).grace_seconds,
        )

    def _note(self, record: Record, lease: Lease, change: Callable[[Progress], Progress]) -> None:
        self._ledger.note(record.release.number, change, lease)


def _slug(record: Record) -> Slug:
    """The slug of a release that has processes."""
    if record.release.slug is None:
        raise LookupError(f"{record.release.version} has no slug")
    return record.release.slug


def _kind(record: Record | None, process_type: str) -> ProcessType:
    """A process type of a release that has it."""
    if record is None:
        raise LookupError(f"no release has {process_type}")
    return record.release.formation[process_type]


def _defined(progress: Progress, *, name: str, arn: str) -> Progress:
    return replace(progress, definitions={**progress.definitions, name: arn})


def _begun(progress: Progress, *, name: str, begun: Begun) -> Progress:
    return replace(progress, begun={**progress.begun, name: begun})
