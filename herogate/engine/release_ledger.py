"""An app's part of the ledger: its releases, numbered without gap, and the births of its process types.

Numbers are given by conditional writes: of two who declare at once one loses, reads again, and makes
its change on top of the other's; nothing is lost. What an applier writes is written under its lease.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from herogate.aws.dynamodb import (
    FIRST_PAGE,
    LARGEST_PAGE,
    Change,
    Check,
    Item,
    Put,
    Remove,
    Table,
)
from herogate.engine import release_records
from herogate.engine.clock import Now, Sleep
from herogate.engine.lease import Lease, LeaseLost, acquire, is_seized
from herogate.engine.push_notes import PushNotes
from herogate.engine.release_records import Progress, Record
from herogate.engine.statuses import unready
from herogate.engine.upkeep_notes import UpkeepNotes
from herogate.models import Release, ReleaseStatus, Status
from stacks import names

if TYPE_CHECKING:
    from herogate.engine.release_changes import Draft

RELEASES = "release/"
"""How the sort keys of releases begin."""

BIRTHS = "birth/"
"""How those of process types do that were ever born."""

_HEAD = "head"
_WRITE_LIMIT = 20  # items of releases in one transaction, which takes 100 items and 4 MB
_DECLARE_DELAY_SECONDS = 0.05
_LONGEST_DECLARE_DELAY_SECONDS = 2.0


class ReleaseLedger:
    """The releases of one app.

    Args:
        told: called with each release that was declared, and again when it is settled.
    """

    def __init__(
        self,
        table: Table,
        app: str,
        *,
        now: Now,
        sleep: Sleep = time.sleep,
        told: Callable[[Release], None] | None = None,
    ) -> None:
        self._table = table
        self._app = app
        self._pk = names.ledger_partition(app)
        self._now = now
        self._sleep = sleep
        self._told = told

    @property
    def push_notes(self) -> PushNotes:
        """What is written down of pushes beside their releases."""
        return PushNotes(self._table, self._app)

    @property
    def upkeep_notes(self) -> UpkeepNotes:
        """What is written down of the upkeep of releases."""
        return UpkeepNotes(self._table, self._app)

    def records(self, *, page: int = FIRST_PAGE) -> Iterator[Record]:
        """Every release, the newest first; read as far as asked for.

        Args:
            page: how many are asked for at first.
        """
        found = self._table.items(self._pk, prefix=RELEASES, newest_first=True, page=page)
        return map(release_records.record, found)

    def record(self, number: int) -> Record | None:
        """One release."""
        item = self._table.item(self._pk, release_records.key(number))
        return None if item is None else release_records.record(item)

    def newest(self) -> Record | None:
        """The release declared last, whatever became of it."""
        return next(self.records(), None)

    def current(self) -> Record | None:
        """The release in effect: the newest that succeeded."""
        return next((r for r in self.records() if _is_in_effect(r)), None)

    def foremost(self) -> Record | None:
        """The newest release that is in effect or on its way to be, with all of its processes begun.

        A newer one that waits for its turn, or for its Procfile's ``release``, is not it; one that has
        failed never is, and before it only the release in effect.
        """
        for record in self.records():
            if record.release.status.has_failed:
                return self.current()
            if _is_in_effect(record) or record.is_begun:
                return record
        return None

    def base(self) -> Release | None:
        """The release that the next one will be made on top of; None before a first one."""
        return self._bases()[1]

    def declare(self, change: Callable[[Release | None], Draft]) -> Release:
        """Write the next release: what `change` makes of the one that it is made on top of.

        That is the newest one unless it has failed, else the one in effect; None for a first release.

        Raises:
            InvalidRequest: the release is too large for the ledger, or the app is being destroyed.
        """
        delay = _DECLARE_DELAY_SECONDS
        while True:
            if self.is_closed:
                raise unready(self._app, Status.DESTROYING)
            newest, base = self._bases()
            release = _drawn_up(change(base), newest, base, self._now)
            if self._table.write(self._following(newest, release)):
                self._tell(release)
                return release
            # Lost to another declaration: read again, and make the change on top of that one.
            # Fifty who declare at once must not stay in step.
            self._sleep(random.uniform(0, delay))  # noqa: S311 - no secret
            delay = min(delay * 2, _LONGEST_DECLARE_DELAY_SECONDS)

    def note(self, number: int, change: Callable[[Progress], Progress], lease: Lease) -> None:
        """Note how far a release that is not settled has come. Raises `LeaseLost`."""
        record = self._pending(number)
        if not self._amend(replace(record, progress=change(record.progress)), lease):
            raise LeaseLost

    def settle(
        self,
        number: int,
        status: ReleaseStatus,
        lease: Lease,
        *,
        reason: str | None = None,
        kept: Draft | None = None,
    ) -> bool:
        """Say what became of the newest release; False if it is no longer the newest.

        Args:
            kept: what stays of one that has failed, on top of the one in effect. It is declared at the
                same moment: nobody's change comes between and is undone, and no end of ours loses it.

        Raises `LeaseLost`.
        """
        if not self.is_newest(number):
            return False
        record = self._pending(number)
        settled = replace(record.release, status=status, reason=reason)
        next_ = None if kept is None else _drawn_up(kept, number, self._in_effect(), self._now)
        if self._amend(replace(record, release=settled), lease, *self._following(number, next_)):
            for release in (settled, next_):
                if release is not None:
                    self._tell(release)
            return True
        if self.is_newest(number):
            raise LeaseLost
        return False

    def is_newest(self, number: int) -> bool:
        """Whether no release was declared after this one."""
        head = self._table.item(self._pk, _HEAD)
        return head is not None and head["number"] == number

    def supersede_before(self, number: int, lease: Lease) -> None:
        """Mark the releases that wait behind this one as superseded by it. Raises `LeaseLost`."""
        waiting = [record for record in self._since_last_end() if record.release.number < number]
        for start in range(0, len(waiting), _WRITE_LIMIT):
            changes = [
                self._put(_superseded(record, number), over={"status": "pending"})
                for record in waiting[start : start + _WRITE_LIMIT]
            ]
            if not self._table.write([*changes, lease.check]):
                raise LeaseLost

    def births(self) -> dict[str, str]:
        """The entries of the process types in the formation's template, each as it was born."""
        found = self._table.items(self._pk, prefix=BIRTHS, page=LARGEST_PAGE)
        return {item["sk"].removeprefix(BIRTHS): item["entry"] for item in found}

    def bear(self, entries: Mapping[str, str], lease: Lease) -> None:
        """Keep the entries of new process types for ever. Raises `LeaseLost`."""
        changes = [
            Put(item={"pk": self._pk, "sk": f"{BIRTHS}{name}", "entry": entry})
            for name, entry in entries.items()
        ]
        if not self._table.write([*changes, lease.check]):
            raise LeaseLost

    def unbear(self, names: Iterable[str], lease: Lease) -> None:
        """Forget process types that could not be born after all. Raises `LeaseLost`."""
        entries = self.births()
        changes = [
            Remove(pk=self._pk, sk=f"{BIRTHS}{name}", where={"entry": entries[name]})
            for name in names
        ]
        if not self._table.write([*changes, lease.check]):
            raise LeaseLost

    def lease(self) -> Lease | None:
        """The lease on the app, if nobody holds it.

        Raises `InvalidRequest` if the app is being destroyed.
        """
        return acquire(self._table, self._app, now=self._now)

    @property
    def is_closed(self) -> bool:
        """Whether the app is being destroyed: then nothing of it is to change any more."""
        return is_seized(self._table, self._app)

    def _bases(self) -> tuple[int, Release | None]:
        """The newest number, and the release that the next one is made on top of."""
        newest = self.newest()
        if newest is None:
            return 0, None
        if newest.release.status.has_failed:
            return newest.release.number, self._in_effect()
        return newest.release.number, newest.release

    def _in_effect(self) -> Release | None:
        current = self.current()
        return None if current is None else current.release

    def _since_last_end(self) -> Iterator[Record]:
        """The releases that wait, down to the last that succeeded or failed.

        Between them are superseded ones, where an applier's lease ran out in the middle of its work.
        """
        for record in self.records():
            if not record.release.status.is_settled:
                yield record
            elif record.release.status is not ReleaseStatus.SUPERSEDED:
                return

    def _tell(self, release: Release) -> None:
        if self._told is not None:
            self._told(release)

    def _pending(self, number: int) -> Record:
        record = self.record(number)
        if record is None or record.release.status.is_settled:
            raise LeaseLost
        return record

    def _amend(self, record: Record, lease: Lease, *further: Change) -> bool:
        return self._table.write(
            [self._put(record, over={"status": "pending"}), lease.check, *further]
        )

    def _following(self, number: int, release: Release | None) -> list[Change]:
        """Have a release follow the one of a number, which must be the newest; or none."""
        if release is None:
            return [Check(pk=self._pk, sk=_HEAD, where={"number": number})]
        return [self._put(Record(release=release)), self._put_head(release)]

    def _put(self, record: Record, *, over: Item | None = None) -> Put:
        key = {"pk": self._pk, "sk": release_records.key(record.release.number)}
        return Put(item=key | release_records.attributes(record), over=over)

    def _put_head(self, release: Release) -> Put:
        item = {"pk": self._pk, "sk": _HEAD, "number": release.number}
        over = None if release.number == 1 else {"number": release.number - 1}
        return Put(item=item, over=over)


def _superseded(record: Record, by: int) -> Record:
    status = ReleaseStatus.SUPERSEDED
    return replace(record, release=replace(record.release, status=status, superseded_by=by))


def _is_in_effect(record: Record) -> bool:
    return record.release.status is ReleaseStatus.SUCCEEDED


def _drawn_up(draft: Draft, newest: int, base: Release | None, now: Now) -> Release:
    return Release(
        number=newest + 1,
        description=draft.description,
        user=draft.user,
        created_at=now(),
        slug=draft.slug,
        commit=draft.commit,
        config=draft.config,
        formation=draft.formation,
        base=None if base is None else base.number,
    )
