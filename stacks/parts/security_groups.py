"""Who may connect to whom in a space: the world to the load balancers, these to the tasks."""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import GetAtt, Ref, Tags
from troposphere.ec2 import VPC, SecurityGroup, SecurityGroupRule

ANYWHERE = "0.0.0.0/0"


def load_balancer_group(
    vpc: VPC, cidr: str, open_ports: Sequence[tuple[int, int]], tags: Tags
) -> SecurityGroup:
    """The load balancers': heard by the world on ranges of ports, both ends included."""
    return SecurityGroup(
        "LoadBalancerSecurityGroup",
        GroupDescription="The load balancers: heard by the world, speaking to the network only",
        VpcId=Ref(vpc),
        SecurityGroupIngress=[
            SecurityGroupRule(
                IpProtocol="tcp",
                FromPort=first,
                ToPort=last,
                CidrIp=ANYWHERE,
                Description="The world",
            )
            for first, last in open_ports
        ],
        SecurityGroupEgress=[
            SecurityGroupRule(
                IpProtocol="tcp", FromPort=0, ToPort=65535, CidrIp=cidr, Description="The tasks"
            )
        ],
        Tags=tags,
    )


def task_group(vpc: VPC, load_balancers: SecurityGroup, tags: Tags) -> SecurityGroup:
    """The tasks': heard by the load balancers only."""
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
                SourceSecurityGroupId=GetAtt(load_balancers, "GroupId"),
                Description="The load balancers",
            )
        ],
        SecurityGroupEgress=[
            SecurityGroupRule(IpProtocol="-1", CidrIp=ANYWHERE, Description="Whatever an app calls")
        ],
        Tags=tags,
    )
