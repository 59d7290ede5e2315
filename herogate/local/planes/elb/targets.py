"""Which targets are registered with which target group: documents of the store.

Moto tells targets apart by their id alone, so that two ports of one address collapse; here a target is
an id and a port. One that was taken away stays as draining for a while. Whether a target is healthy
is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from herogate.local.store import Store

_KIND = "elb-target"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A target as the API names it: an IP address and a port."""

    id: str
    port: int

    @property
    def name(self) -> str:
        """Both in one word, by which the router reports it."""
        return f"{self.id}:{self.port}"


class Registrations:
    """The targets of all target groups."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, target_group_arn: str, targets: Iterable[Registration]) -> None:
        """Add targets; one that is there already stays as it is, one that drains comes back."""
        for target in targets:
            self._put(target_group_arn, target, {})

    def drain(
        self, target_group_arn: str, targets: Iterable[Registration], *, until: float
    ) -> None:
        """Take targets away but for requests in flight; one that is not there is no error.

        Args:
            until: when draining is over, as a POSIX timestamp; one that drains already keeps its own.
        """
        for target in set(targets) & set(self.registered(target_group_arn)):
            self._put(target_group_arn, target, {"drainingUntil": until})

    def remove(self, target_group_arn: str, targets: Iterable[Registration]) -> None:
        """Take targets away at once; one that is not there is no error."""
        for target in targets:
            self._store.delete(_KIND, _key(target_group_arn, target))

    def registered(self, target_group_arn: str) -> list[Registration]:
        """The targets of a group that take new requests, by address and port."""
        return [target for target, until in self._of(target_group_arn) if until is None]

    def draining(self, target_group_arn: str) -> dict[Registration, float]:
        """The targets of a group that drain, and until when (POSIX timestamps)."""
        return {target: until for target, until in self._of(target_group_arn) if until is not None}

    def groups_with_draining(self) -> set[str]:
        """The ARNs of the target groups that have a draining target."""
        return {
            key.split(" ")[0]
            for key, document in self._store.all(_KIND)
            if "drainingUntil" in document
        }

    def _of(self, target_group_arn: str) -> Iterator[tuple[Registration, float | None]]:
        for _, document in self._store.all(_KIND, f"{target_group_arn} "):
            target = Registration(id=document["Id"], port=document["Port"])
            yield target, document.get("drainingUntil")

    def _put(self, target_group_arn: str, target: Registration, further: dict[str, float]) -> None:
        document = {"Id": target.id, "Port": target.port, **further}
        self._store.put(_KIND, _key(target_group_arn, target), document)


def _key(target_group_arn: str, target: Registration) -> str:
    return f"{target_group_arn} {target.id} {target.port}"
