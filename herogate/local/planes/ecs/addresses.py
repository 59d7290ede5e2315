"""The network interfaces that tasks get: an address of one of their subnets, which no other task has."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import chain
from uuid import uuid4

from herogate.local.planes.ecs.tasks import Interface

_RESERVED = 4
"""AWS keeps the first four addresses of a subnet and its last for itself."""


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet in which tasks may be placed."""

    id: str
    cidr: str
    availability_zone: str


class NoAddressLeft(Exception):
    """Every address of the subnets is in use."""


class Addresses:
    """Hands out interfaces. An address is not used again before all others of its subnet have been."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def interface(
        self, subnets: Collection[Subnet], used: Mapping[str, Collection[str]]
    ) -> Interface:
        """An interface in the subnet that has the fewest.

        No two tasks have one address, even where networks overlap: it leads to one port here.

        Args:
            used: the addresses in use, by subnet id.

        Raises:
            NoAddressLeft: there is no free address.
        """
        taken = set(chain.from_iterable(used.values()))
        for subnet in sorted(subnets, key=lambda each: len(used.get(each.id, ()))):
            for offset in self._offsets(subnet):
                address = str(IPv4Network(subnet.cidr)[offset])
                if address not in taken:
                    self._last[subnet.id] = offset
                    return _interface(subnet, address)
        raise NoAddressLeft

    def _offsets(self, subnet: Subnet) -> Iterator[int]:
        end = IPv4Network(subnet.cidr).num_addresses - 1
        begin = max(self._last.get(subnet.id, 0) + 1, _RESERVED)
        return chain(range(begin, end), range(_RESERVED, min(begin, end)))


def _interface(subnet: Subnet, address: str) -> Interface:
    mac = ":".join(f"{byte:02x}" for byte in (0x0A, *secrets.token_bytes(5)))
    return Interface(
        attachment_id=str(uuid4()),
        interface_id=f"eni-{secrets.token_hex(9)[:17]}",
        mac_address=mac,
        subnet_id=subnet.id,
        availability_zone=subnet.availability_zone,
        address=address,
    )
