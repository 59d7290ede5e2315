"""Where the world enters a space: its load balancers and, with a domain, HTTPS and the DNS record.

An app's own place on a load balancer is in `stacks.parts.routing`.
"""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, Ref, Tags
from troposphere.certificatemanager import Certificate, DomainValidationOption
from troposphere.elasticloadbalancingv2 import (
    Action,
    Certificate as ListenerCertificate,
    FixedResponseConfig,
    Listener,
    LoadBalancer,
    LoadBalancerAttributes,
    RedirectConfig,
)
from troposphere.route53 import AliasTarget, RecordSetType

from stacks import names
from stacks.parts import pages
from stacks.parts.network import Network

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3, and 1.2 for those who have nothing newer."""

_ATTRIBUTES = {
    "idle_timeout.timeout_seconds": "60",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "true",
}


@dataclass(frozen=True, kw_only=True)
class Security:
    """A domain, and how its hosts are served by HTTPS.

    Attributes:
        hosted_zone_id: the domain's zone on Route 53, if it has one there.
        certificate_arn: of its wildcard certificate; without one, one is asked for.
    """

    domain: str
    hosted_zone_id: str | None
    certificate_arn: str | None


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """The resources of an entrance, those named that others refer to.

    Attributes:
        https: the HTTPS listener of each load balancer; none without a domain.
    """

    balancers: tuple[LoadBalancer, ...]
    https: tuple[Listener, ...] = ()
    rest: tuple[AWSObject, ...] = ()

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        """All of them, for the template."""
        return (*self.balancers, *self.https, *self.rest)


def entrance(
    *,
    space: str,
    load_balancers: int,
    security: Security | None,
    ground: Network,
    protected: bool,
    tags: Tags,
) -> Entrance:
    """Describe an entrance of so many load balancers, which AWS refuses to delete if `protected`."""
    balancers = tuple(
        _load_balancer(space, number, ground, tags, protected=protected)
        for number in range(1, load_balancers + 1)
    )
    if security is None:
        return Entrance(balancers=balancers)
    certificate = _certificate(security.domain, security.hosted_zone_id, tags)
    asked_for = security.certificate_arn is None
    certificate_arn = Ref(certificate) if asked_for else security.certificate_arn
    numbered = list(enumerate(balancers, start=1))
    return Entrance(
        balancers=balancers,
        https=tuple(
            _https_listener(
                balancer, number, domain=security.domain, certificate_arn=certificate_arn, tags=tags
            )
            for number, balancer in numbered
        ),
        rest=(
            *(_redirect_listener(balancer, number, tags) for number, balancer in numbered),
            *([certificate] if asked_for else []),
            *_wildcard_record(security, balancers[0]),
        ),
    )


def _load_balancer(
    space: str, number: int, ground: Network, tags: Tags, *, protected: bool
) -> LoadBalancer:
    attributes = {"deletion_protection.enabled": str(protected).lower(), **_ATTRIBUTES}
    return LoadBalancer(
        f"LoadBalancer{number}",
        Name=names.load_balancer(space, number),
        Type="application",
        Scheme="internet-facing",
        IpAddressType="ipv4",
        Subnets=[Ref(subnet) for subnet in ground.subnets],
        SecurityGroups=[GetAtt(ground.load_balancer_group, "GroupId")],
        LoadBalancerAttributes=[
            LoadBalancerAttributes(Key=key, Value=value) for key, value in attributes.items()
        ],
        # Without the internet gateway, AWS refuses a load balancer that is open to the internet.
        DependsOn=ground.attachment,
        Tags=tags,
    )


def _redirect_listener(balancer: LoadBalancer, number: int, tags: Tags) -> Listener:
    """Port 80: everything goes to HTTPS."""
    return Listener(
        f"RedirectListener{number}",
        LoadBalancerArn=Ref(balancer),
        Port=80,
        Protocol="HTTP",
        DefaultActions=[
            Action(
                Type="redirect",
                RedirectConfig=RedirectConfig(Protocol="HTTPS", Port="443", StatusCode="HTTP_301"),
            )
        ],
        Tags=tags,
    )


def _https_listener(
    balancer: LoadBalancer, number: int, *, domain: str, certificate_arn: object, tags: Tags
) -> Listener:
    """Port 443, shared by a load balancer's apps; a host that is no app's gets a page that says so."""
    return Listener(
        f"HttpsListener{number}",
        LoadBalancerArn=Ref(balancer),
        Port=443,
        Protocol="HTTPS",
        SslPolicy=TLS_POLICY,
        Certificates=[ListenerCertificate(CertificateArn=certificate_arn)],
        DefaultActions=[
            Action(
                Type="fixed-response",
                FixedResponseConfig=FixedResponseConfig(
                    StatusCode="404",
                    ContentType="text/html",
                    MessageBody=pages.no_such_app(domain),
                ),
            )
        ],
        Tags=tags,
    )


def _certificate(domain: str, hosted_zone_id: str | None, tags: Tags) -> Certificate:
    """A wildcard certificate, validated by DNS: by itself if the hosted zone is known, else by hand."""
    wildcard = f"*.{domain}"
    asked = Certificate("Certificate", DomainName=wildcard, ValidationMethod="DNS", Tags=tags)
    if hosted_zone_id is not None:
        asked.DomainValidationOptions = [
            DomainValidationOption(DomainName=wildcard, HostedZoneId=hosted_zone_id)
        ]
    return asked


def _wildcard_record(security: Security, balancer: LoadBalancer) -> list[RecordSetType]:
    if security.hosted_zone_id is None:
        return []
    return [
        RecordSetType(
            "WildcardRecord",
            HostedZoneId=security.hosted_zone_id,
            Name=f"*.{security.domain}",
            Type="A",
            AliasTarget=AliasTarget(
                DNSName=GetAtt(balancer, "DNSName"),
                HostedZoneId=GetAtt(balancer, "CanonicalHostedZoneID"),
            ),
        )
    ]
