"""An app's place at a load balancer: a port of its own, or a host. Plain values, without troposphere."""

from __future__ import annotations

from dataclasses import dataclass

from stacks import ports

BEHIND_PAGES = 25_000
"""How much higher the priority of an app's way is than that of the page in front of it."""

PRIORITIES = range(1, BEHIND_PAGES + 1)
"""The places on a shared listener. An app's page rule has its place as priority, the rule that
forwards to the app one that is 25,000 higher; 50,000 is the highest there is."""


def priorities(place: int) -> tuple[int, int]:
    """The priorities of a place's two rules; the second is tried after the first ones of all places."""
    return place, place + BEHIND_PAGES


@dataclass(frozen=True, kw_only=True)
class PortAddress:
    """``http://<load balancer>:<port>``: a listener of the app's own."""

    port: int

    def __post_init__(self) -> None:
        if self.port not in ports.ALL:
            raise ValueError(f"an app's port is {ports.ALL[0]} to {ports.ALL[-1]}, not {self.port}")


@dataclass(frozen=True, kw_only=True)
class HostAlias:
    """A host's own DNS record, for apps that do not sit where the wildcard record points.

    Attributes:
        hosted_zone_id: the domain's zone on Route 53.
        load_balancer_zone_id: Route 53's zone of the region's load balancers.
    """

    hosted_zone_id: str
    load_balancer_zone_id: str


@dataclass(frozen=True, kw_only=True)
class HostAddress:
    """``https://<host>``: a place on the space's HTTPS listener.

    Attributes:
        priority: the place, one of `PRIORITIES`.
        alias: only where the space's wildcard record points at another load balancer.
    """

    host: str
    listener_arn: str
    priority: int
    alias: HostAlias | None = None

    def __post_init__(self) -> None:
        if self.priority not in PRIORITIES:
            raise ValueError(f"a place on a listener is 1 to 25000, not {self.priority}")
        if len(self.host) > 128:
            raise ValueError(f"a host name in a rule has at most 128 characters: {self.host}")


Address = PortAddress | HostAddress
