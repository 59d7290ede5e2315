"""A space: the network, load balancers and cluster that many apps share, and the ledger of them.

Made once (a load balancer takes minutes and is paid by the hour) so that an app takes seconds. Here
is what belongs to no single app. How the parts look is in `stacks.parts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from troposphere import GetAtt, Join, Ref, Template

from stacks import names, space_rules
from stacks.outputs import SpaceOutput as Output
from stacks.parts import storage
from stacks.parts.cluster import cluster
from stacks.parts.entrance import Entrance, Security, entrance
from stacks.parts.events import platform_log_policy
from stacks.parts.key import space_key
from stacks.parts.logs import check_retention
from stacks.parts.network import Network, network
from stacks.parts.outputs import add_outputs
from stacks.parts.tags import space_tags
from stacks.ports import of_load_balancer as ports_of


class Insights(StrEnum):
    """What CloudWatch's Container Insights measures of a space; it is paid by the metric."""

    OFF = "disabled"
    ON = "enabled"
    ENHANCED = "enhanced"


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What a space is to be.

    Attributes:
        version: of the Herogate that describes it.
        cidr: the network's IPv4 range, /16 to /22.
        availability_zones: in how many zones it has a subnet, two or three.
        private: processes get no public address and reach the world by a NAT gateway in each zone,
            which is paid by the hour; otherwise each has a public address that nobody can connect to.
        domain: apps get ``https://<app>.<domain>``; without one, each app gets a port.
        hosted_zone_id: the domain's zone on Route 53; with it the certificate is validated and
            ``*.<domain>`` points at the first load balancer, without further steps.
        certificate_arn: of a certificate for ``*.<domain>`` in this region; without one, one is
            asked for, and creating waits until its DNS record exists.
        permissions_boundary: ARN of a policy that bounds every role of its apps.
        customer_key: logs and config vars of its apps lie under a key of the account's own, which is
            paid by the month; otherwise under AWS's.
        log_retention_days: how long the logs of its apps are kept.
        deletion_protection: AWS refuses to delete its load balancers and its ledger.
        load_balancers: how many; one carries some 48 apps.
    """

    space: str
    version: str
    cidr: str = "10.0.0.0/16"
    availability_zones: int = 2
    private: bool = False
    domain: str | None = None
    hosted_zone_id: str | None = None
    certificate_arn: str | None = None
    permissions_boundary: str | None = None
    customer_key: bool = True
    log_retention_days: int = 365
    deletion_protection: bool = False
    container_insights: Insights = Insights.OFF
    load_balancers: int = 1

    def __post_init__(self) -> None:
        names.check_space(self.space)
        if self.domain is not None:
            names.check_domain(self.domain)
        space_rules.check_network(self.cidr)
        if self.availability_zones not in (2, 3):
            raise ValueError(f"a space lies in 2 or 3 zones, not {self.availability_zones}")
        check_retention(self.log_retention_days)
        if self.load_balancers not in names.LOAD_BALANCER_NUMBERS:
            raise ValueError(f"a space has 1 to 50 load balancers, not {self.load_balancers}")
        if self.domain is None and (self.hosted_zone_id, self.certificate_arn) != (None, None):
            raise ValueError("a hosted zone or a certificate needs the domain it is for")
        if self.hosted_zone_id is not None:
            space_rules.check_hosted_zone(self.hosted_zone_id)
        if self.certificate_arn is not None:
            space_rules.check_certificate(self.certificate_arn)
        if self.permissions_boundary is not None:
            space_rules.check_boundary(self.permissions_boundary)


def template(spec: Spec) -> Template:
    """The CloudFormation template of a space."""
    tags = space_tags(spec.space)
    ground = network(
        cidr=spec.cidr,
        zones=spec.availability_zones,
        private=spec.private,
        open_ports=_open_ports(spec),
        tags=tags,
    )
    door = entrance(
        space=spec.space,
        load_balancers=spec.load_balancers,
        security=_security(spec),
        ground=ground,
        protected=spec.deletion_protection,
        tags=tags,
    )
    runs = cluster(spec.space, spec.container_insights, door.balancers[0], tags)
    kept = storage.bucket(spec.space, tags)
    ledger = storage.ledger(spec.space, tags, protected=spec.deletion_protection)
    key = space_key(spec.space, tags) if spec.customer_key else None
    described = Template(Description=f"Herogate space {spec.space}: what its apps share")
    policy = platform_log_policy(spec.space)
    own = key.resources if key else ()
    for part in (*ground.resources, *door.resources, runs, kept, ledger, policy, *own):
        described.add_resource(part)
    described.add_resource(storage.bucket_policy(kept))
    add_outputs(
        described,
        {
            Output.VERSION: spec.version,
            Output.CLUSTER_NAME: Ref(runs),
            Output.CLUSTER_ARN: GetAtt(runs, "Arn"),
            Output.BUCKET_NAME: Ref(kept),
            Output.LEDGER_TABLE: Ref(ledger),
            Output.KEY_ARN: key.arn if key else None,
            **_network_told(ground),
            **_entrance_told(door),
            **_options_told(spec),
        },
    )
    return described


def _open_ports(spec: Spec) -> list[tuple[int, int]]:
    # The apps' ports stay open with a domain too: apps that were there before it keep theirs.
    numbers = names.LOAD_BALANCER_NUMBERS[: spec.load_balancers]
    # Each range a rule of its own: one that comes must not interrupt those that are there.
    ports = [(held[0], held[-1]) for held in map(ports_of, numbers)]
    return ports if spec.domain is None else [(80, 80), (443, 443), *ports]


def _security(spec: Spec) -> Security | None:
    if spec.domain is None:
        return None
    return Security(
        domain=spec.domain,
        hosted_zone_id=spec.hosted_zone_id,
        certificate_arn=spec.certificate_arn,
    )


def _network_told(ground: Network) -> dict[Output, object]:
    return {
        Output.VPC_ID: Ref(ground.vpc),
        Output.SUBNET_IDS: _joined(map(Ref, ground.task_subnets)),
        Output.LOAD_BALANCER_SECURITY_GROUP_ID: GetAtt(ground.load_balancer_group, "GroupId"),
        Output.TASK_SECURITY_GROUP_ID: GetAtt(ground.task_group, "GroupId"),
    }


def _entrance_told(door: Entrance) -> dict[Output, object]:
    return {
        Output.LOAD_BALANCER_ARNS: _joined(map(Ref, door.balancers)),
        Output.LOAD_BALANCER_DNS_NAMES: _joined(GetAtt(b, "DNSName") for b in door.balancers),
        Output.LOAD_BALANCER_ZONE_ID: GetAtt(door.balancers[0], "CanonicalHostedZoneID"),
        Output.LISTENER_ARNS: _joined(map(Ref, door.https)) if door.https else None,
    }


def _options_told(spec: Spec) -> dict[Output, object]:
    """What was asked for, so that an update need say only what is to be otherwise."""
    return {
        Output.DOMAIN: spec.domain,
        Output.HOSTED_ZONE_ID: spec.hosted_zone_id,
        Output.CERTIFICATE_ARN: spec.certificate_arn,
        Output.PERMISSIONS_BOUNDARY: spec.permissions_boundary,
        Output.CIDR: spec.cidr,
        Output.AVAILABILITY_ZONES: str(spec.availability_zones),
        Output.PRIVATE: str(spec.private).lower(),
        Output.LOG_RETENTION_DAYS: str(spec.log_retention_days),
        Output.DELETION_PROTECTION: str(spec.deletion_protection).lower(),
        Output.CONTAINER_INSIGHTS: str(spec.container_insights),
    }


def _joined(values: Iterable[object]) -> Join:
    return Join(",", list(values))
