"""Everything the router serves, as one frozen description that travels as JSON (``encoding.py``).

A table says what *is to be* true of the traffic: load balancers with their listeners, ordered rules
and settings, and target groups with the addresses behind them. It knows nothing of sockets, of
processes or of the API's documents it was read from (``reading.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Protocol(StrEnum):
    """What a listener speaks with its clients."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"

    @property
    def scheme(self) -> str:
        return self.value.lower()

    @property
    def default_port(self) -> int:
        return 443 if self is Protocol.HTTPS else 80


class TargetState(StrEnum):
    """A target's health as DescribeTargetHealth spells it."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    DRAINING = "draining"

    @property
    def takes_requests_when_none_is_healthy(self) -> bool:
        """Whether AWS "fails open" to such a target; a draining one gets no new requests at all."""
        return self in (TargetState.INITIAL, TargetState.UNHEALTHY)


class ForwardedFor(StrEnum):
    """What happens to ``X-Forwarded-For`` (routing.http.xff_header_processing.mode)."""

    APPEND = "append"
    PRESERVE = "preserve"
    REMOVE = "remove"


class DesyncMode(StrEnum):
    """How requests that two parsers could read differently are treated."""

    MONITOR = "monitor"
    DEFENSIVE = "defensive"
    STRICTEST = "strictest"


@dataclass(frozen=True, kw_only=True)
class HostHeader:
    """Any of the patterns matches the Host header, whatever its case."""

    kind: str = field(default="host-header", init=False)
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PathPattern:
    """Any of the patterns matches the path exactly in its case, without the query."""

    kind: str = field(default="path-pattern", init=False)
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HttpHeader:
    """Any of the patterns matches one of the values of this header."""

    kind: str = field(default="http-header", init=False)
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RequestMethod:
    """The method is one of these."""

    kind: str = field(default="http-request-method", init=False)
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class QueryPair:
    """A pattern for a query parameter's value, and for its key unless any key will do."""

    key: str | None = None
    value: str


@dataclass(frozen=True, kw_only=True)
class QueryString:
    """Any of the pairs matches one of the query's parameters."""

    kind: str = field(default="query-string", init=False)
    values: tuple[QueryPair, ...]


@dataclass(frozen=True, kw_only=True)
class SourceIp:
    """The client's own address (never X-Forwarded-For's) lies in one of these networks."""

    kind: str = field(default="source-ip", init=False)
    values: tuple[str, ...]


Condition = HostHeader | PathPattern | HttpHeader | RequestMethod | QueryString | SourceIp


@dataclass(frozen=True, kw_only=True)
class FixedResponse:
    """An answer of the load balancer's own."""

    kind: str = field(default="fixed-response", init=False)
    status: int
    content_type: str = "text/plain"
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """A 301 or 302 whose parts may quote the request's (``#{host}``)."""

    kind: str = field(default="redirect", init=False)
    status: int
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"


@dataclass(frozen=True, kw_only=True)
class Share:
    """A target group and its weight among the others of the same action."""

    target_group_arn: str
    weight: int = 1


@dataclass(frozen=True, kw_only=True)
class Forward:
    """Hand the request to a target of one of these groups."""

    kind: str = field(default="forward", init=False)
    shares: tuple[Share, ...]


Action = FixedResponse | Redirect | Forward


@dataclass(frozen=True, kw_only=True)
class Rule:
    """All conditions hold: the action is taken. A listener's default rule has none."""

    conditions: tuple[Condition, ...] = ()
    action: Action


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What a certificate is for; the router signs one of its own for these names."""

    arn: str
    names: tuple[str, ...]

    def covers(self, host: str) -> bool:
        """Whether it is for a host; an asterisk stands for one label."""
        return any(_covers(name.lower(), host.lower()) for name in self.names)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The load balancer's attributes that change how it treats traffic."""

    idle_timeout_seconds: int = 60
    drop_invalid_header_fields: bool = False
    desync_mode: DesyncMode = DesyncMode.DEFENSIVE
    preserve_host_header: bool = False
    forwarded_for: ForwardedFor = ForwardedFor.APPEND
    forwarded_for_client_port: bool = False


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A port, what it speaks, and its rules in the order they are tried, the default one last.

    `certificates` has the default one first; it is empty for HTTP. `beside` are listeners of other load
    balancers that the same port of this machine serves too.
    """

    arn: str
    port: int
    protocol: Protocol = Protocol.HTTP
    certificates: tuple[Certificate, ...] = ()
    settings: Settings = field(default_factory=Settings)
    rules: tuple[Rule, ...]
    beside: tuple[Listener, ...] = ()

    @property
    def all(self) -> tuple[Listener, ...]:
        """This one and those beside it."""
        return (self, *self.beside)

    @property
    def all_certificates(self) -> tuple[Certificate, ...]:
        """Those of `all`, each once."""
        found = (each for listener in self.all for each in listener.certificates)
        return tuple(dict.fromkeys(found))

    def can_share(self, protocol: Protocol, port: int) -> bool:
        """Whether its port serves another such listener as well: of a URL without a port, the host says
        whose it is."""
        return (self.protocol, self.port) == (protocol, port) and port == protocol.default_port


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """An application load balancer: a name for a set of listeners."""

    arn: str
    listeners: tuple[Listener, ...] = ()

    @property
    def target_groups(self) -> set[str]:
        """The ARNs of the target groups that its rules forward to."""
        return {
            share.target_group_arn
            for listener in self.listeners
            for rule in listener.rules
            if isinstance(rule.action, Forward)
            for share in rule.action.shares
        }


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How the targets of a group are asked whether they are well.

    Attributes:
        port: one port for all of them, as the API names it; None for the port of each one's work.
        matcher: the statuses that are a good answer (``200,202`` or ``200-299``).
    """

    protocol: Protocol = Protocol.HTTP
    port: int | None = None
    path: str = "/"
    interval_seconds: int = 30
    timeout_seconds: int = 5
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    matcher: str = "200"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a target really answers on this machine, and whether it may be sent requests.

    Attributes:
        address: empty where nobody answers for the target.
        name: how the API names it (``10.0.1.7:8080``).
        check_port: where it is asked for its health; the port of its work, if none is given.
        state: what was known of it last; the router finds out more.
    """

    address: str
    port: int
    name: str = ""
    check_port: int | None = None
    state: TargetState = TargetState.INITIAL

    @property
    def label(self) -> str:
        """What tells it from the other targets of its group."""
        return self.name or f"{self.address}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class TargetGroup:
    """Targets that do the same work; without a health check they are not asked for their health."""

    arn: str
    protocol: Protocol = Protocol.HTTP
    health_check: HealthCheck | None = None
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """All load balancers and target groups of one region, or of the whole cloud."""

    load_balancers: tuple[LoadBalancer, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()

    def __add__(self, other: Table) -> Table:
        return Table(
            load_balancers=self.load_balancers + other.load_balancers,
            target_groups=self.target_groups + other.target_groups,
        )

    @property
    def used_target_groups(self) -> set[str]:
        """The ARNs of the target groups that some load balancer forwards to."""
        return {arn for balancer in self.load_balancers for arn in balancer.target_groups}

    @property
    def declared(self) -> tuple[Listener, ...]:
        """Every listener, each alone."""
        return tuple(each for balancer in self.load_balancers for each in balancer.listeners)

    @property
    def listeners(self) -> dict[int, Listener]:
        """What each port is to serve: a listener with those beside it."""
        found: dict[int, Listener] = {}
        for each in self.declared:
            first = found.get(each.port)
            found[each.port] = replace(first, beside=(*first.beside, each)) if first else each
        return found


def _covers(name: str, host: str) -> bool:
    first, dot, rest = name.partition(".")
    return host.partition(".")[2] == rest if first == "*" and dot else host == name
