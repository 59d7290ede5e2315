"""The lease on an app: at any time one applier works on it, and one command destroys it, changes its
domains, or adds to how many processes it has.

A lease runs out unless it is renewed, and whoever finds it so takes over. Each has a number that only
grows, the *fence*: what an applier writes to the ledger is written on the condition that the fence is
still its own, so that one who was thought dead and comes back changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from herogate.aws.dynamodb import Check, Item, Put, Table
from herogate.engine.clock import Now, Sleep
from herogate.engine.statuses import unready
from herogate.models import Status
from stacks import names

LEASE_SECONDS = 12
"""So long, at the most, does an app wait for an applier that has died."""

_RENEWAL_SECONDS = 5
_NEVER = 1 << 53
_TURN_SECONDS = 0.2


class Task(StrEnum):
    """What a lease is for, as the ledger calls it."""

    APPLY = "lease"
    DESTROY = "destruction"
    DOMAINS = "domains"
    SCALE = "scaling"


class LeaseLost(Exception):
    """Somebody else works on the app now."""


class Lease:
    """The right to work on an app, held until it is given back, or lost by not renewing it."""

    def __init__(
        self, table: Table, app: str, task: Task, fence: int, expires_at: int, *, now: Now
    ) -> None:
        self._table = table
        self._app = app
        self._task = task
        self._fence = fence
        self._expires_at = expires_at
        self._now = now

    @property
    def check(self) -> Check:
        """The condition of every write made under this lease."""
        where = {"fence": self._fence}
        return Check(pk=names.ledger_partition(self._app), sk=self._task, where=where)

    def hold(self) -> None:
        """Make sure of the lease, and renew it every few seconds. Raises `LeaseLost`."""
        now = _milliseconds(self._now())
        if self._expires_at - now <= (LEASE_SECONDS - _RENEWAL_SECONDS) * 1000:
            self._expires_at = now + LEASE_SECONDS * 1000
            if not self._write(self._expires_at):
                raise LeaseLost
        elif _found(self._table, self._app, self._task).get("fence") != self._fence:
            raise LeaseLost

    def give_back(self) -> None:
        """Let the next one in at once; one that is lost already stays so."""
        self._write(0)

    def _write(self, expires_at: int) -> bool:
        item = _item(self._app, self._task, self._fence, expires_at)
        return self._table.write([Put(item=item, over={"fence": self._fence})])


def acquire(table: Table, app: str, *, now: Now, task: Task = Task.APPLY) -> Lease | None:
    """Take the lease of an app if nobody holds it. Raises `InvalidRequest` if it is seized."""
    found, moment = _found(table, app, task), _milliseconds(now())
    if _is_seized(found):
        raise unready(app, Status.DESTROYING)
    expires_at = moment + LEASE_SECONDS * 1000
    if found.get("expires_at", 0) > moment or not _taken(table, app, task, found, expires_at):
        return None
    return Lease(table, app, task, _next(found), expires_at, now=now)


@contextmanager
def turn(table: Table, app: str, task: Task, *, now: Now, sleep: Sleep) -> Iterator[Lease]:
    """Have the lease of an app while the block is at work, after whoever has it."""
    while (lease := acquire(table, app, now=now, task=task)) is None:
        sleep(_TURN_SECONDS)
    try:
        yield lease
    finally:
        lease.give_back()


def seize(table: Table, app: str) -> None:
    """Take the leases of an app for ever, whoever holds them: nobody is to work on the app again."""
    for task in (Task.DOMAINS, Task.APPLY):
        while not _taken(table, app, task, _found(table, app, task), _NEVER):
            pass


def holding(lease: Lease, sleep: Sleep) -> Sleep:
    """Waiting that keeps a lease from running out. Raises `LeaseLost`."""

    def held(seconds: float) -> None:
        lease.hold()
        sleep(seconds)

    return held


def is_seized(table: Table, app: str) -> bool:
    """Whether the lease of an app was taken for ever."""
    return _is_seized(_found(table, app, Task.APPLY))


def seized(table: Table, apps: Sequence[str]) -> set[str]:
    """Those of some apps whose lease was taken for ever."""
    partitions = {names.ledger_partition(app): app for app in apps}
    found = table.among([(partition, Task.APPLY) for partition in partitions])
    return {partitions[item["pk"]] for item in found if _is_seized(item)}


def _is_seized(found: Item) -> bool:
    return bool(found.get("expires_at") == _NEVER)


def _found(table: Table, app: str, task: Task) -> Item:
    return table.item(names.ledger_partition(app), task) or {}


def _next(found: Item) -> int:
    return int(found.get("fence", 0)) + 1


def _taken(table: Table, app: str, task: Task, found: Item, expires_at: int) -> bool:
    """Take a lease over as it was found: if it has neither been renewed nor taken since."""
    over = {key: found[key] for key in ("fence", "expires_at")} if found else None
    return table.write([Put(item=_item(app, task, _next(found), expires_at), over=over)])


def _item(app: str, task: Task, fence: int, expires_at: int) -> Item:
    return {
        "pk": names.ledger_partition(app),
        "sk": str(task),
        "fence": fence,
        "expires_at": expires_at,
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
