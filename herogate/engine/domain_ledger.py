"""Whose a custom domain is: the ledger's items of them, one to a domain, for a whole space."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from herogate.aws.dynamodb import Item, Put, Remove, Table
from herogate.engine.clock import Now, Sleep, utc_now
from herogate.engine.domain_names import overlap
from herogate.engine.lease import Lease, LeaseLost, Task, turn
from herogate.errors import InvalidRequest, NameTaken, NotFound

DOMAINS = "domains"
"""The ledger's partition of all domains of a space."""

_LEAVING = "leaving"


class DomainLedger:
    """The domains of one app, among those of its neighbours."""

    def __init__(
        self, table: Table, app: str, *, sleep: Sleep = time.sleep, now: Now = utc_now
    ) -> None:
        self._table = table
        self._app = app
        self._sleep = sleep
        self._now = now

    @contextmanager
    def turn(self) -> Iterator[Lease]:
        """Be the only one who changes the app's domains, after whoever does.

        Raises `InvalidRequest` if somebody else took over, to whom this one seemed dead.
        """
        try:
            with turn(
                self._table, self._app, Task.DOMAINS, now=self._now, sleep=self._sleep
            ) as lease:
                yield lease
        except LeaseLost:
            raise InvalidRequest(
                f"Another command has changed the domains of {self._app} meanwhile.",
                f"`herogate domains -a {self._app}` shows them. Then run this one again.",
            ) from None

    def all(self) -> list[Item]:
        """The app's domains, by name; those too that are about to leave."""
        return [item for item in self._table.partition(DOMAINS) if item["app"] == self._app]

    def staying(self) -> list[str]:
        """The names of the domains that the app is to answer to."""
        return [item["sk"] for item in self.all() if _LEAVING not in item]

    def item(self, name: str) -> Item:
        """One domain of the app. Raises `NotFound`."""
        item = self._table.item(DOMAINS, name)
        if item is None or item["app"] != self._app:
            raise NotFound(
                "Couldn't find that domain name.",
                f"{self._app} has no domain {name}. `herogate domains -a {self._app}` lists them.",
            )
        return item

    def check_apart(self, name: str) -> None:
        """Refuse a domain for which a load balancer could not tell whose a request is."""
        for item in self._table.partition(DOMAINS):
            if item["app"] != self._app and overlap(name, item["sk"]):
                raise InvalidRequest(
                    f"{name} and {item['sk']}, a domain of {item['app']}, stand for the same hosts.",
                    "Of two domains with a wildcard, none may lie within the other.",
                )

    def claim(self, name: str) -> tuple[Item, bool]:
        """A domain that is the app's from now on; whether it was not before. Raises `NameTaken`."""
        item = {
            "pk": DOMAINS,
            "sk": name,
            "app": self._app,
            "created_at": self._now().isoformat(timespec="milliseconds"),
        }
        while not self._table.write([Put(item=item)]):
            if holder := self._table.item(DOMAINS, name):
                return self._kept(holder), False
        return item, True

    def leave(self, item: Item) -> Item:
        """Have a domain be about to leave: it is listed until all of it is gone."""
        leaving = {**item, _LEAVING: True}
        self._table.write([Put(item=leaving, over={"app": self._app})])
        return leaving

    def forget(self, item: Item) -> None:
        """Make a domain an app's no more."""
        self._table.write([Remove(pk=DOMAINS, sk=item["sk"], where={"app": self._app})])

    def _kept(self, holder: Item) -> Item:
        """A domain that the app has already, and keeps if it was about to leave."""
        if holder["app"] != self._app:
            raise taken(holder)
        if _LEAVING not in holder:
            return holder
        kept = {key: value for key, value in holder.items() if key != _LEAVING}
        self._table.write([Put(item=kept, over={"app": self._app})])
        return kept


def taken(item: Item) -> NameTaken:
    """Why a domain that is somebody's cannot be had."""
    return NameTaken(item["sk"], f"It is a domain of {item['app']}.")
