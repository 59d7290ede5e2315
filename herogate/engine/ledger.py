"""A space's ledger: which app sits at which place. An app's releases in it are ``release_ledger.py``'s.

Two items say it, written and removed together: the app's (``app/<app>``, ``address``) and the
place's (``addresses``, ``<load balancer>/<number>``). So an app has one place, a place has one app,
and who loses a race for either reads again. An app keeps its place until it is destroyed, whoever
creates it. What it has beside that for its domains (``place/<load balancer>/<number>``) comes and goes.
A space that is to go is shut first: an item on whose absence every app's place depends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from herogate.aws.dynamodb import Absent, Change, Put, Remove, Table
from herogate.engine import addresses, release_ledger
from herogate.engine.addresses import Place
from herogate.engine.clock import Now
from herogate.engine.lease import Lease, Task, acquire, seize, seized
from herogate.errors import InvalidRequest, SpaceFull
from stacks import names

_PLACES = "addresses"
_ADDRESS = "address"
_FURTHER = "place/"
_WRITE_LIMIT = 100  # changes that one transaction takes
_SHUT = {"pk": "space", "sk": "shut"}
_OPEN = Absent(**_SHUT)
_STRANGER = "--"  # no app can be called so


class Ledger:
    """The ledger of one space."""

    def __init__(self, table: Table, space: str) -> None:
        self._table = table
        self._space = space

    def place_of(self, app: str) -> Place | None:
        """Where an app sits."""
        for item in self._table.partition(names.ledger_partition(app)):
            if item["sk"] == _ADDRESS:
                return Place(load_balancer=item["load_balancer"], number=item["number"])
        return None

    def apps(self) -> dict[str, Place]:
        """Every app that holds a place of its own, a half-created one too."""
        return {
            item["app"]: _place(item["sk"])
            for item in self._table.partition(_PLACES)
            if item["app"] != _STRANGER and not item.get("is_further")
        }

    def allocate(
        self, app: str, places: Sequence[Place], *, avoid: Collection[Place] = ()
    ) -> Place:
        """Give an app a place: the one it has, else the first that is free.

        Args:
            avoid: places that have just been found taken by a stranger.

        Raises:
            InvalidRequest: the space is being destroyed.
            SpaceFull: none is left.
        """
        while (place := self.place_of(app)) is None:
            free = choose(places, self._holders(), avoid)
            if free is None:
                raise SpaceFull(
                    f"Space {self._space} has no address left: all {len(places)} are taken.",
                    "Destroy an app, or create another space: `herogate spaces:create <name>`.",
                )
            # Lost to another app, or to another creation of this one: either way, look again.
            if not self._table.write([_OPEN, _held(free, app, over=_STRANGER), _seated(app, free)]):
                self._check_open()
        return place

    def offer(self, app: str, places: Sequence[Place]) -> Place | None:
        """The place that `allocate` would give an app; None if the space is full."""
        return self.place_of(app) or choose(places, self._holders(), ())

    def release(self, app: str) -> None:
        """Take an app's place back."""
        if place := self.place_of(app):
            self._table.write([_vacated(place, app), _unseated(app, place)])

    def further(self, app: str) -> list[Place]:
        """The places that an app has beside its own."""
        held = self._table.items(names.ledger_partition(app), prefix=_FURTHER)
        return [_place(item["sk"].removeprefix(_FURTHER)) for item in held]

    def extend(self, app: str) -> Place | None:
        """Give an app one more place at its load balancer; None if all are taken."""
        own = self.place_of(app)
        while own is not None:
            free = choose(addresses.for_domains(own.load_balancer), self._holders(), ())
            if free is None or self._table.write(_more(free, app)):
                return free
        return None

    def shrink(self, app: str, place: Place, *, is_strangers: bool = False) -> None:
        """Take one of an app's further places back; as `give_up` does if a stranger sits there."""
        left = _held(place, _STRANGER, over=app) if is_strangers else _vacated(place, app)
        self._table.write([left, _less(place, app)])

    def shut(self) -> list[str]:
        """Give no app a place any more, unless some have one: those, and all stays as it was."""
        self._table.write([Put(item=_SHUT, over=_SHUT)])
        apps = sorted(self.apps())
        if apps:
            self.open()
        return apps

    def open(self) -> None:
        """Give apps places again."""
        self._table.write([Remove(**_SHUT, where=_SHUT)])

    def close(self, app: str) -> None:
        """Let nobody work on an app's releases any more."""
        seize(self._table, app)

    def closed(self, apps: Sequence[str]) -> set[str]:
        """Those of some apps that are being destroyed, however far that has come."""
        return seized(self._table, apps)

    def destruction(self, app: str, *, now: Now) -> Lease | None:
        """The right to destroy an app, if nobody else is at it."""
        return acquire(self._table, app, now=now, task=Task.DESTROY)

    def process_types(self, app: str) -> list[str]:
        """The process types of an app that were ever born."""
        born = self._table.items(names.ledger_partition(app), prefix=release_ledger.BIRTHS)
        return [item["sk"].removeprefix(release_ledger.BIRTHS) for item in born]

    def forget(self, app: str) -> int:
        """Remove all that is written of an app; return how many releases there were.

        Its place goes last, and at the same moment what keeps others from making it anew: who does would
        sit at that place else.
        """
        pk = names.ledger_partition(app)
        for further in self.further(app):
            self.shrink(app, further)
        removals = {item["sk"]: _removed(pk, item["sk"]) for item in self._table.partition(pk)}
        place = self.place_of(app)
        removals.pop(_ADDRESS, None)
        last: list[Change] = [removals.pop(task) for task in Task if task in removals]
        rest = list(removals.values())
        for start in range(0, len(rest), _WRITE_LIMIT):
            self._table.write(rest[start : start + _WRITE_LIMIT])
        if place is not None:
            last += [_vacated(place, app), _unseated(app, place)]
        if last:
            self._table.write(last)
        return sum(key.startswith(release_ledger.RELEASES) for key in removals)

    def give_up(self, app: str, place: Place) -> None:
        """Take an app's place back and mark it as a stranger's: something not ours listens there.

        Such a place is given out again only when no other is free.
        """
        self._table.write([_held(place, _STRANGER, over=app), _unseated(app, place)])

    def _check_open(self) -> None:
        if self._table.item(**_SHUT) is not None:
            raise InvalidRequest(
                f"Space {self._space} cannot take apps: it is being destroyed.",
                "Should that have been cut short: `herogate spaces:destroy "
                f"{self._space}` goes on with it.",
            )

    def _holders(self) -> dict[Place, str]:
        return {_place(item["sk"]): item["app"] for item in self._table.partition(_PLACES)}


def choose(
    places: Sequence[Place], holders: Mapping[Place, str], avoid: Collection[Place]
) -> Place | None:
    """The place to try next: the first that nobody holds, else the first that a stranger held."""
    open_places = [place for place in places if place not in avoid]
    for place in open_places:
        if place not in holders:
            return place
    for place in open_places:
        if holders[place] == _STRANGER:
            return place
    return None


def _removed(pk: str, sk: str) -> Remove:
    return Remove(pk=pk, sk=sk, where={"sk": sk})


def _key(place: Place) -> str:
    return f"{place.load_balancer:02}/{place.number:05}"


def _place(key: str) -> Place:
    load_balancer, number = key.split("/")
    return Place(load_balancer=int(load_balancer), number=int(number))


def _held(place: Place, app: str, *, over: str) -> Put:
    return Put(item={"pk": _PLACES, "sk": _key(place), "app": app}, over={"app": over})


def _vacated(place: Place, app: str) -> Remove:
    return Remove(pk=_PLACES, sk=_key(place), where={"app": app})


def _more(place: Place, app: str) -> list[Put]:
    held = {"pk": _PLACES, "sk": _key(place), "app": app, "is_further": True}
    listed = {"pk": names.ledger_partition(app), "sk": _FURTHER + _key(place)}
    return [Put(item=held, over={"app": _STRANGER}), Put(item=listed)]


def _less(place: Place, app: str) -> Remove:
    key = _FURTHER + _key(place)
    return Remove(pk=names.ledger_partition(app), sk=key, where={"sk": key})


def _seat(place: Place) -> dict[str, int]:
    return {"load_balancer": place.load_balancer, "number": place.number}


def _seated(app: str, place: Place) -> Put:
    return Put(item={"pk": names.ledger_partition(app), "sk": _ADDRESS} | _seat(place))


def _unseated(app: str, place: Place) -> Remove:
    return Remove(pk=names.ledger_partition(app), sk=_ADDRESS, where=_seat(place))
