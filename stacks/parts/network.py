"""A space's network: subnets in several zones and the ways out of it.

The load balancers are in public subnets. The tasks are there too, with public addresses and without a
NAT gateway, which is a choice of cost: what protects them is their security group, which lets only
the load balancers in. In a private network they have subnets of their own, without public addresses,
and a NAT gateway in each zone, so that no zone depends on another.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, GetAZs, Ref, Select, Sub, Tags
from troposphere.ec2 import (
    EIP,
    VPC,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    SubnetRouteTableAssociation,
    VPCEndpoint,
    VPCGatewayAttachment,
)

from stacks.parts import security_groups

_SUBNET_BITS = 4
_FIRST_PRIVATE_BLOCK = 8
"""Of 16 blocks the first half is for public subnets, so that a zone more moves no private one."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """The resources of a network, those named that others refer to.

    Attributes:
        subnets: the public ones, in which the load balancers are.
        task_subnets: those in which the tasks are.
    """

    vpc: VPC
    attachment: VPCGatewayAttachment
    subnets: tuple[Subnet, ...]
    task_subnets: tuple[Subnet, ...]
    load_balancer_group: SecurityGroup
    task_group: SecurityGroup
    rest: tuple[AWSObject, ...]

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        """All of them, for the template."""
        groups = (self.load_balancer_group, self.task_group)
        return (self.vpc, self.attachment, *self.subnets, *groups, *self.rest)


@dataclass(frozen=True, kw_only=True)
class _Inside:
    """What lies behind NAT gateways; nothing in a public network."""

    subnets: tuple[Subnet, ...] = ()
    tables: tuple[RouteTable, ...] = ()
    ways: tuple[AWSObject, ...] = ()

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        return (*self.subnets, *self.tables, *self.ways)


def network(
    *, cidr: str, zones: int, private: bool, open_ports: Sequence[tuple[int, int]], tags: Tags
) -> Network:
    """Describe a network of `cidr` in `zones` availability zones.

    Args:
        private: whether the tasks are in subnets without public addresses.
        open_ports: ranges, both ends included, on which the load balancers hear the world.
    """
    vpc = VPC("Vpc", CidrBlock=cidr, EnableDnsHostnames=True, EnableDnsSupport=True, Tags=tags)
    gateway = InternetGateway("InternetGateway", Tags=tags)
    attachment = VPCGatewayAttachment(
        "InternetGatewayAttachment", VpcId=Ref(vpc), InternetGatewayId=Ref(gateway)
    )
    subnets = tuple(_subnets("Public", vpc, _blocks(cidr, 0, zones), tags))
    inside = _inside(vpc, cidr, subnets, attachment, tags) if private else _Inside()
    heard = security_groups.load_balancer_group(vpc, cidr, open_ports, tags)
    table = RouteTable("PublicRouteTable", VpcId=Ref(vpc), Tags=tags)
    way_out = _route(table, DependsOn=attachment, GatewayId=Ref(gateway))
    return Network(
        vpc=vpc,
        attachment=attachment,
        subnets=subnets,
        task_subnets=inside.subnets or subnets,
        load_balancer_group=heard,
        task_group=security_groups.task_group(vpc, heard, tags),
        rest=(
            gateway,
            table,
            way_out,
            *(_association(subnet, table) for subnet in subnets),
            _s3_endpoint(vpc, (table, *inside.tables), tags),
            *inside.resources,
        ),
    )


def _inside(
    vpc: VPC, cidr: str, public: Sequence[Subnet], attachment: VPCGatewayAttachment, tags: Tags
) -> _Inside:
    subnets = tuple(
        _subnets("Private", vpc, _blocks(cidr, _FIRST_PRIVATE_BLOCK, len(public)), tags)
    )
    tables: list[RouteTable] = []
    ways: list[AWSObject] = []
    for number, (subnet, outside) in enumerate(zip(subnets, public, strict=True), start=1):
        # Taken after the internet gateway was attached, such an address is given back before it goes.
        address = EIP(f"NatAddress{number}", Domain="vpc", DependsOn=attachment, Tags=tags)
        nat = NatGateway(
            f"NatGateway{number}",
            SubnetId=Ref(outside),
            AllocationId=GetAtt(address, "AllocationId"),
            Tags=tags,
        )
        table = RouteTable(f"PrivateRouteTable{number}", VpcId=Ref(vpc), Tags=tags)
        tables.append(table)
        ways += (address, nat, _route(table, NatGatewayId=Ref(nat)), _association(subnet, table))
    return _Inside(subnets=subnets, tables=tuple(tables), ways=tuple(ways))


def _blocks(cidr: str, first: int, count: int) -> list[str]:
    blocks = ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=_SUBNET_BITS)
    return list(map(str, blocks))[first : first + count]


def _subnets(kind: str, vpc: VPC, blocks: Sequence[str], tags: Tags) -> Iterator[Subnet]:
    for number, block in enumerate(blocks):
        yield Subnet(
            f"{kind}Subnet{number + 1}",
            VpcId=Ref(vpc),
            AvailabilityZone=Select(number, GetAZs()),
            CidrBlock=block,
            Tags=tags,
        )


def _route(table: RouteTable, **way: object) -> Route:
    """The way of a route table to the world."""
    return Route(
        table.title.replace("RouteTable", "Route"),
        RouteTableId=Ref(table),
        DestinationCidrBlock=security_groups.ANYWHERE,
        **way,
    )


def _association(subnet: Subnet, table: RouteTable) -> SubnetRouteTableAssociation:
    return SubnetRouteTableAssociation(
        f"{subnet.title}RouteTable", SubnetId=Ref(subnet), RouteTableId=Ref(table)
    )


def _s3_endpoint(vpc: VPC, tables: Sequence[RouteTable], tags: Tags) -> VPCEndpoint:
    # Image layers come from S3: by this way they cost nothing and pass no gateway.
    return VPCEndpoint(
        "S3Endpoint",
        VpcId=Ref(vpc),
        VpcEndpointType="Gateway",
        ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
        RouteTableIds=[Ref(table) for table in tables],
        Tags=tags,
    )
