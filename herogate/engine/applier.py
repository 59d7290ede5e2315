"""The applier: brings what runs of an app to its newest release, one applier per app at a time.

Look, plan (``rollout_plan.py``), do, until the newest release is settled. Whoever declares a release
becomes its applier, or waits for the one who is; an applier that dies is followed by whoever finds its
lease expired, and everything done so far is known from the ledger and from AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import partial
from itertools import takewhile

from herogate.aws.ecr import ImageRepositories
from herogate.aws.ecs import Crews
from herogate.aws.ecs_definitions import Definitions
from herogate.aws.events import Bus
from herogate.aws.session import Session
from herogate.engine import pruning, release_changes
from herogate.engine.clock import Now, Sleep, delays
from herogate.engine.lease import Lease, LeaseLost
from herogate.engine.release_ledger import ReleaseLedger
from herogate.engine.release_records import Record
from herogate.engine.release_work import ReleaseWork
from herogate.engine.rollout_plan import Fail, Look, Succeed, Wait, plan
from herogate.engine.site import Site
from herogate.errors import AwsRefused, BuildFailed, ReleaseFailed
from herogate.models import Release, ReleaseStatus
from stacks import names

_DELAY_SECONDS = 0.5
_DELAYS = partial(delays, _DELAY_SECONDS, growth=1.3, longest=3.0)
"""Of who waits for another: fifty may."""

IsEnough = Callable[[Record], bool]
"""How far a release is to be brought."""


class Applier:
    """The applier of one app."""

    def __init__(
        self, session: Session, site: Site, ledger: ReleaseLedger, *, sleep: Sleep, now: Now
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._crews = Crews(session, site.cluster)
        self._bus = Bus(session)
        self._definitions = Definitions(session)
        self._images = ImageRepositories(session)
        self._work = ReleaseWork(session, site, ledger, sleep=sleep)
        self._sleep = sleep
        self._now = now

    def follow(self, number: int) -> Generator[str, None, Release]:
        """Bring a release to its end, or wait for whoever does; yields what its process writes.

        Returns:
            what the release became.
        """
        return (yield from self._brought(number, _is_settled))

    def accompany(self, number: int) -> Generator[str, None, Release]:
        """Bring a release to its end as `follow` does, for somebody who may go away meanwhile."""
        return (yield from self._brought(number, _is_settled, is_transient=True))

    def begin(self, number: int) -> Generator[str, None, Release]:
        """Bring a release so far that ECS has all to do, or wait for whoever does.

        Its end is noted by the release project, or by whoever works on the app next.
        """
        return (yield from self._brought(number, _is_begun, is_transient=True))

    def catch_up(self) -> None:
        """Have the schedules run what is live, should an applier have ended before they did."""
        current, scheduled = self._ledger.current(), self._ledger.upkeep_notes.scheduled()
        if current is None or (scheduled and scheduled[0] == current.release.number):
            return
        lease = self._ledger.lease()
        if lease is None:
            return
        with suppress(LeaseLost):
            self._work.aim_schedules(current, lease)
        lease.give_back()

    def _brought(
        self, number: int, is_enough: IsEnough, *, is_transient: bool = False
    ) -> Generator[str, None, Release]:
        waits = _DELAYS()
        while True:
            record = self._ledger.record(number)
            if record is None:
                raise ReleaseFailed(f"v{number} of {self._site.app} is gone from the ledger.")
            if is_enough(record):
                return record.release
            lease = self._ledger.lease()
            if lease is None:
                self._sleep(next(waits))
                continue
            yield from self._led(lease, is_enough, is_transient=is_transient)

    def _led(self, lease: Lease, is_enough: IsEnough, *, is_transient: bool) -> Iterator[str]:
        """Work until enough is done of the newest release, or another has taken over."""
        announced = 0
        try:
            while newest := self._ledger.newest():
                lease.hold()
                self._ledger.supersede_before(newest.release.number, lease)
                if is_enough(newest):
                    return
                if is_transient and announced < newest.release.number and not newest.progress.begun:
                    announced = newest.release.number
                    self._announce()
                yield from self._step(self._look(newest), lease)
        except LeaseLost:
            return
        finally:
            lease.give_back()

    def _announce(self) -> None:
        """Have the release project settle what is now begun with."""
        with suppress(AwsRefused):  # who may not tell of it can bring it to its end all the same
            self._bus.tell(names.EVENT_SOURCE, names.RELEASE_BEGUN, {"app": self._site.app})

    def _look(self, record: Record) -> Look:
        current = self._ledger.current()
        types = {*record.release.formation, *self._ledger.births()}
        crews = self._crews.describe(names.service(self._site.app, name) for name in types)
        return Look(
            record=record,
            current=current,
            crews={
                name: crew
                for name in types
                if (crew := crews.get(names.service(self._site.app, name))) is not None
            },
        )

    def _step(self, look: Look, lease: Lease) -> Iterator[str]:
        try:
            actions = plan(look, self._now())
            for action in actions:
                lease.hold()
                match action:
                    case Wait():
                        self._sleep(_DELAY_SECONDS)
                    case Fail():
                        self._fail(look, lease, self._work.diagnosis(look, action))
                    case Succeed():
                        pass  # below: what goes wrong from then on is no failure of the release
                    case _:
                        yield from self._work.do(action, look, lease)
        except (AwsRefused, BuildFailed, ReleaseFailed) as error:
            self._fail(look, lease, error.message)
            return
        for action in actions:
            if isinstance(action, Succeed):
                self._succeed(look, action, lease)

    def _succeed(self, look: Look, action: Succeed, lease: Lease) -> None:
        number = look.record.release.number
        if self._ledger.settle(number, ReleaseStatus.SUCCEEDED, lease):
            for name in action.retired:
                self._crews.scale(names.service(self._site.app, name), 0)
            with suppress(
                AwsRefused
            ):  # what could not be done now is done at the next look, or after the next success
                self._work.aim_schedules(look.record, lease)
                self._prune(number, lease)

    def _fail(self, look: Look, lease: Lease, reason: str) -> None:
        """Take a release back, and declare anew what stays of the changes that failed with it.

        If a newer one was declared meanwhile, it goes on from what was begun.
        """
        number = look.record.release.number
        if not self._ledger.is_newest(number):
            return
        self._work.take_back(self._look(look.record), lease)
        current = None if look.current is None else look.current.release
        failed = self._chain(look.record.release, current)
        kept = release_changes.kept(current, failed)
        self._ledger.settle(number, ReleaseStatus.FAILED, lease, reason=reason, kept=kept)

    def _chain(self, failed: Release, current: Release | None) -> list[Release]:
        """The changes that failed together: from the release in effect to this one, oldest first."""
        floor = 0 if current is None else current.number
        chain = [failed]
        while (base := chain[0].base) is not None and base > floor:
            record = self._ledger.record(base)
            if record is None:
                break
            chain.insert(0, record.release)
        return chain

    def _prune(self, current: int, lease: Lease) -> None:
        """Delete what no release needs that can still be gone back to, but for values of config vars."""
        done = self._ledger.upkeep_notes.pruned()
        records = list(takewhile(lambda r: r.release.number > done, self._ledger.records()))
        refuse = pruning.plan(records, current=current)
        for arn in refuse.definitions:
            self._definitions.deregister(arn)
        self._definitions.delete(refuse.definitions)
        self._images.delete_images(self._site.image_repository, refuse.image_digests)
        if refuse.up_to > done:
            self._ledger.upkeep_notes.note_pruned(refuse.up_to, lease)


def _is_settled(record: Record) -> bool:
    return record.release.status.is_settled


def _is_begun(record: Record) -> bool:
    return _is_settled(record) or record.is_begun
