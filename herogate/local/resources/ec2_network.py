"""The ground of a network: VPCs, subnets, and the gateway to the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.ec2_tags import retag, specification
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import boolean, changed, send


@resource(
    "AWS::EC2::VPC",
    "CidrBlock",
    "EnableDnsHostnames",
    "EnableDnsSupport",
    "InstanceTenancy",
    "Tags",
)
class Vpc(Handler):
    """A private network."""

    _SWITCHES: Mapping[str, bool] = {"EnableDnsSupport": True, "EnableDnsHostnames": False}
    """What can be switched afterwards, with AWS's defaults; host names need support, so it is first."""

    def create(self, context: Context, properties: Properties) -> str:
        ec2 = context.client("ec2")
        known = {key: value for key, value in properties.items() if key != "Tags"}
        vpc = send(ec2, "create_vpc", known, **specification(context, "vpc", properties))["Vpc"]
        vpc_id = str(vpc["VpcId"])
        with undone_on_failure(self, context, vpc_id, properties):
            self._switch(ec2, vpc_id, properties)
        return vpc_id

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ec2 = context.client("ec2")
        if changed("InstanceTenancy", properties, previous):
            tenancy = properties.get("InstanceTenancy", "default")
            ec2.modify_vpc_tenancy(VpcId=physical_id, InstanceTenancy=tenancy)
        self._switch(ec2, physical_id, properties)
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ec2").delete_vpc(VpcId=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        ec2 = context.client("ec2")
        vpc = ec2.describe_vpcs(VpcIds=[physical_id])["Vpcs"][0]
        own = [{"Name": "vpc-id", "Values": [physical_id]}]
        default_acl = [*own, {"Name": "default", "Values": ["true"]}]
        default_group = [*own, {"Name": "group-name", "Values": ["default"]}]
        acls = ec2.describe_network_acls(Filters=default_acl)["NetworkAcls"]
        groups = ec2.describe_security_groups(Filters=default_group)["SecurityGroups"]
        return {
            "VpcId": physical_id,
            "CidrBlock": vpc["CidrBlock"],
            "CidrBlockAssociations": [
                each["AssociationId"] for each in vpc.get("CidrBlockAssociationSet", [])
            ],
            "DefaultNetworkAcl": next((acl["NetworkAclId"] for acl in acls), None),
            "DefaultSecurityGroup": next((group["GroupId"] for group in groups), None),
            "Ipv6CidrBlocks": [
                each["Ipv6CidrBlock"] for each in vpc.get("Ipv6CidrBlockAssociationSet", [])
            ],
        }

    def _switch(self, ec2: Any, vpc_id: str, properties: Properties) -> None:
        for name, default in self._SWITCHES.items():
            value = {"Value": boolean(properties.get(name, default))}
            ec2.modify_vpc_attribute(VpcId=vpc_id, **{name: value})


@resource(
    "AWS::EC2::Subnet",
    "AssignIpv6AddressOnCreation",
    "AvailabilityZone",
    "AvailabilityZoneId",
    "CidrBlock",
    "Ipv6CidrBlock",
    "MapPublicIpOnLaunch",
    "Tags",
    "VpcId",
)
class Subnet(Handler):
    """A part of a VPC's addresses, in one availability zone."""

    _SWITCHES = ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation")

    def create(self, context: Context, properties: Properties) -> str:
        ec2 = context.client("ec2")
        known = {key: value for key, value in properties.items() if key != "Tags"}
        tags = specification(context, "subnet", properties)
        subnet_id = str(send(ec2, "create_subnet", known, **tags)["Subnet"]["SubnetId"])
        with undone_on_failure(self, context, subnet_id, properties):
            self._switch(ec2, subnet_id, properties, {})
        return subnet_id

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ec2 = context.client("ec2")
        if changed("Ipv6CidrBlock", properties, previous):
            self._renumber(ec2, physical_id, properties)
        self._switch(ec2, physical_id, properties, previous)
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ec2").delete_subnet(SubnetId=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        ec2 = context.client("ec2")
        subnet = ec2.describe_subnets(SubnetIds=[physical_id])["Subnets"][0]
        of_subnet = [{"Name": "association.subnet-id", "Values": [physical_id]}]
        associations = [
            association["NetworkAclAssociationId"]
            for acl in ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
            for association in acl["Associations"]
            if association["SubnetId"] == physical_id
        ]
        return {
            "SubnetId": physical_id,
            "VpcId": subnet["VpcId"],
            "AvailabilityZone": subnet["AvailabilityZone"],
            "AvailabilityZoneId": subnet["AvailabilityZoneId"],
            "CidrBlock": subnet.get("CidrBlock"),
            "Ipv6CidrBlocks": [
                each["Ipv6CidrBlock"] for each in subnet.get("Ipv6CidrBlockAssociationSet", [])
            ],
            "NetworkAclAssociationId": next(iter(associations), None),
        }

    def _switch(
        self, ec2: Any, subnet_id: str, properties: Properties, previous: Properties
    ) -> None:
        for name in self._SWITCHES:
            if changed(name, properties, previous):
                value = {"Value": boolean(properties.get(name, False))}
                ec2.modify_subnet_attribute(SubnetId=subnet_id, **{name: value})

    def _renumber(self, ec2: Any, subnet_id: str, properties: Properties) -> None:
        subnet = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
        for each in subnet.get("Ipv6CidrBlockAssociationSet", []):
            ec2.disassociate_subnet_cidr_block(AssociationId=each["AssociationId"])
        if block := properties.get("Ipv6CidrBlock"):
            ec2.associate_subnet_cidr_block(SubnetId=subnet_id, Ipv6CidrBlock=block)


@resource("AWS::EC2::InternetGateway", "Tags")
class InternetGateway(Handler):
    """The way from a VPC to the internet."""

    def create(self, context: Context, properties: Properties) -> str:
        tags = specification(context, "internet-gateway", properties)
        gateway = context.client("ec2").create_internet_gateway(**tags)["InternetGateway"]
        return str(gateway["InternetGatewayId"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ec2").delete_internet_gateway(InternetGatewayId=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"InternetGatewayId": physical_id}


@resource("AWS::EC2::VPCGatewayAttachment", "InternetGatewayId", "VpcId")
class VpcGatewayAttachment(Handler):
    """An internet gateway's place at a VPC. Its physical id is ``IGW|vpc-…``."""

    def create(self, context: Context, properties: Properties) -> str:
        send(context.client("ec2"), "attach_internet_gateway", properties)
        return f"IGW|{properties['VpcId']}"

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        self.delete(context, physical_id, previous)
        self.create(context, properties)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            send(context.client("ec2"), "detach_internet_gateway", properties)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"AttachmentType": "IGW"}
