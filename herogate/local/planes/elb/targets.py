"""Which targets are registered with which target group: documents of the store.

Moto tells targets apart by their id alone, so that two ports of one address collapse; here a target is
an id and a port. Whether a target is healthy is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from herogate.local.planes.elb.table import Target
from herogate.local.store import Store

_KIND = "elb-target"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A target as the API names it: an IP address and a port."""

    id: str
    port: int


class Registrations:
    """The registered targets of all target groups."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, target_group_arn: str, targets: Iterable[Registration]) -> None:
        """Add targets; one that is there already stays as it is."""
        for target in targets:
            document = {"Id": target.id, "Port": target.port}
            self._store.put(_KIND, _key(target_group_arn, target), document)

    def deregister(self, target_group_arn: str, targets: Iterable[Registration]) -> None:
        """Take targets away; one that is not there is no error."""
        for target in targets:
            self._store.delete(_KIND, _key(target_group_arn, target))

    def of(self, target_group_arn: str) -> Iterator[Registration]:
        """The targets of a group, by address and port."""
        for _, document in self._store.all(_KIND, f"{target_group_arn} "):
            yield Registration(id=document["Id"], port=document["Port"])

    def endpoints(self, target_group_arn: str) -> Iterator[Target]:
        """Where the targets of a group answer, as the router is to reach them."""
        for target in self.of(target_group_arn):
            yield Target(address=target.id, port=target.port)


def _key(target_group_arn: str, target: Registration) -> str:
    return f"{target_group_arn} {target.id} {target.port}"
