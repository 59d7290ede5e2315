"""The places a space has for apps, and the web address each gives.

A place is a number at one of the space's load balancers: a listener port or, in a space with a domain, a
priority on its HTTPS listener. An app that has a port keeps it when its space gets a domain. Which place
is whose is the ledger's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from herogate.aws.cloudformation import Stack
from stacks import ports
from stacks.outputs import SpaceOutput as Output
from stacks.places import PRIORITIES, Address, HostAddress, HostAlias, PortAddress

# An app with a host has two rules, and a listener 100 unless AWS was asked for more.
_HOSTS = PRIORITIES[:50]


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """Where an app sits.

    Attributes:
        load_balancer: its number in the space, from 1.
        number: the listener port, or the priority on the shared listener.
    """

    load_balancer: int
    number: int

    @property
    def is_port(self) -> bool:
        """Whether it is a listener port; the priorities are all below."""
        return self.number in ports.ALL


def for_domains(load_balancer: int) -> list[Place]:
    """The places at a load balancer that an app may have beside its own, for more domains.

    Those first that apps are given last.
    """
    return [Place(load_balancer=load_balancer, number=number) for number in reversed(_HOSTS)]


class Addresses:
    """What addresses a space can give, by its stack's outputs."""

    def __init__(self, space: Stack) -> None:
        self._outputs = space.outputs

    @property
    def domain(self) -> str | None:
        """The domain under which apps get hosts; None where they get ports."""
        return self._outputs.get(Output.DOMAIN)

    @property
    def load_balancer_arns(self) -> list[str]:
        return self._list(Output.LOAD_BALANCER_ARNS)

    @property
    def dns_names(self) -> list[str]:
        return self._list(Output.LOAD_BALANCER_DNS_NAMES)

    @property
    def listener_arns(self) -> list[str]:
        """The listener that apps share at each load balancer; none without a domain."""
        return self._list(Output.LISTENER_ARNS)

    def places(self, app: str) -> list[Place]:
        """All places in the order in which an app asks for them, the first load balancer's first.

        Ports begin with one of the app's own: made anew it has the address that it had, and spaces whose
        load balancers are one machine, as on local clouds, seldom want the same one.
        """
        return [
            Place(load_balancer=balancer, number=number)
            for balancer in range(1, len(self.load_balancer_arns) + 1)
            for number in (_ports(balancer, app) if self.domain is None else _HOSTS)
        ]

    def address(self, app: str, place: Place) -> Address:
        """A place as an app's stack takes it."""
        if place.is_port:
            return PortAddress(port=place.number)
        return HostAddress(
            host=f"{app}.{self.domain}",
            listener_arn=self.listener_arns[place.load_balancer - 1],
            priority=place.number,
            alias=self._alias(place),
        )

    def label(self, place: Place) -> str:
        """What a place is at its load balancer, in a user's words."""
        return f"{'Port' if place.is_port else 'Priority'} {place.number}"

    def web_url(self, app: str, place: Place) -> str:
        """The app's URL, the same that its stack will tell once it is there."""
        if place.is_port:
            return f"http://{self.dns_names[place.load_balancer - 1]}:{place.number}"
        return f"https://{app}.{self.domain}"

    def _list(self, output: Output) -> list[str]:
        """A plural output; empty while the stack is being made."""
        return [part for part in self._outputs.get(output, "").split(",") if part]

    def _alias(self, place: Place) -> HostAlias | None:
        zone = self._outputs.get(Output.HOSTED_ZONE_ID)
        if place.load_balancer == 1 or zone is None:
            return None
        return HostAlias(
            hosted_zone_id=zone, load_balancer_zone_id=self._outputs[Output.LOAD_BALANCER_ZONE_ID]
        )


def _ports(balancer: int, app: str) -> Sequence[int]:
    every = ports.of_load_balancer(balancer)
    first = crc32(app.encode()) % len(every)
    return [*every[first:], *every[:first]]
