"""A space's network: public subnets in several zones, the way out, and who may connect to whom.

Tasks have public addresses and no NAT gateway: a choice of cost. What protects them is their security
group, which lets only the load balancers in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, GetAZs, Ref, Select, Sub, Tags
from troposphere.ec2 import (
    VPC,
    InternetGateway,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    SubnetRouteTableAssociation,
    VPCEndpoint,
    VPCGatewayAttachment,
)

_ANYWHERE = "0.0.0.0/0"
_SUBNET_BITS = 4


@dataclass(frozen=True, kw_only=True)
class Network:
    """The resources of a network, those named that others refer to."""

    vpc: VPC
    attachment: VPCGatewayAttachment
    subnets: tuple[Subnet, ...]
    load_balancer_group: SecurityGroup
    task_group: SecurityGroup
    rest: tuple[AWSObject, ...]

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        """All of them, for the template."""
        groups = (self.load_balancer_group, self.task_group)
        return (self.vpc, self.attachment, *self.subnets, *groups, *self.rest)


def network(*, cidr: str, zones: int, open_ports: Sequence[tuple[int, int]], tags: Tags) -> Network:
    """Describe a network of `cidr` in `zones` availability zones.

    Args:
        open_ports: ranges, both ends included, on which the load balancers hear the world.
    """
    vpc = VPC("Vpc", CidrBlock=cidr, EnableDnsHostnames=True, EnableDnsSupport=True, Tags=tags)
    gateway = InternetGateway("InternetGateway", Tags=tags)
    attachment = VPCGatewayAttachment(
        "InternetGatewayAttachment", VpcId=Ref(vpc), InternetGatewayId=Ref(gateway)
    )
    table = RouteTable("PublicRouteTable", VpcId=Ref(vpc), Tags=tags)
    subnets = tuple(_subnets(vpc, cidr, zones, tags))
    load_balancer_group = _load_balancer_group(vpc, cidr, open_ports, tags)
    return Network(
        vpc=vpc,
        attachment=attachment,
        subnets=subnets,
        load_balancer_group=load_balancer_group,
        task_group=_task_group(vpc, load_balancer_group, tags),
        rest=(
            gateway,
            table,
            Route(
                "PublicRoute",
                RouteTableId=Ref(table),
                DestinationCidrBlock=_ANYWHERE,
                GatewayId=Ref(gateway),
                DependsOn=attachment,
            ),
            *(_association(subnet, table) for subnet in subnets),
            _s3_endpoint(vpc, table, tags),
        ),
    )


def _subnets(vpc: VPC, cidr: str, zones: int, tags: Tags) -> Iterator[Subnet]:
    ranges = ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=_SUBNET_BITS)
    for number, block in zip(range(zones), ranges, strict=False):
        yield Subnet(
            f"PublicSubnet{number + 1}",
            VpcId=Ref(vpc),
            AvailabilityZone=Select(number, GetAZs()),
            CidrBlock=str(block),
            Tags=tags,
        )


def _association(subnet: Subnet, table: RouteTable) -> SubnetRouteTableAssociation:
    return SubnetRouteTableAssociation(
        f"{subnet.title}RouteTable", SubnetId=Ref(subnet), RouteTableId=Ref(table)
    )


def _s3_endpoint(vpc: VPC, table: RouteTable, tags: Tags) -> VPCEndpoint:
    # Image layers come from S3: by this way they cost nothing and do not pass the internet gateway.
    return VPCEndpoint(
        "S3Endpoint",
        VpcId=Ref(vpc),
        VpcEndpointType="Gateway",
        ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
        RouteTableIds=[Ref(table)],
        Tags=tags,
    )


def _load_balancer_group(
    vpc: VPC, cidr: str, open_ports: Sequence[tuple[int, int]], tags: Tags
) -> SecurityGroup:
    return SecurityGroup(
        "LoadBalancerSecurityGroup",
        GroupDescription="The load balancers: heard by the world, speaking to the network only",
        VpcId=Ref(vpc),
        SecurityGroupIngress=[
            SecurityGroupRule(IpProtocol="tcp", FromPort=first, ToPort=last, CidrIp=_ANYWHERE)
            for first, last in open_ports
        ],
        SecurityGroupEgress=[
            SecurityGroupRule(IpProtocol="tcp", FromPort=0, ToPort=65535, CidrIp=cidr)
        ],
        Tags=tags,
    )


def _task_group(vpc: VPC, load_balancer_group: SecurityGroup, tags: Tags) -> SecurityGroup:
    # All ports: which one an image listens on belongs to the release and changes with it.
    return SecurityGroup(
        "TaskSecurityGroup",
        GroupDescription="Tasks of the apps: heard by the load balancers only",
        VpcId=Ref(vpc),
        SecurityGroupIngress=[
            SecurityGroupRule(
                IpProtocol="tcp",
                FromPort=0,
                ToPort=65535,
                SourceSecurityGroupId=GetAtt(load_balancer_group, "GroupId"),
            )
        ],
        SecurityGroupEgress=[SecurityGroupRule(IpProtocol="-1", CidrIp=_ANYWHERE)],
        Tags=tags,
    )
