"""The ways through a network: route tables and routes, NAT gateways and the addresses they use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.ec2_tags import retag, specification
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import changed, only, send

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


@resource("AWS::EC2::RouteTable", "Tags", "VpcId")
class RouteTable(Handler):
    """Where a subnet's traffic goes."""

    def create(self, context: Context, properties: Properties) -> str:
        tags = specification(context, "route-table", properties)
        made = context.client("ec2").create_route_table(VpcId=properties["VpcId"], **tags)
        return str(made["RouteTable"]["RouteTableId"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ec2").delete_route_table(RouteTableId=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"RouteTableId": physical_id}


@resource(
    "AWS::EC2::Route",
    *_DESTINATIONS,
    "EgressOnlyInternetGatewayId",
    "GatewayId",
    "InstanceId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "RouteTableId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
)
class Route(Handler):
    """One line of a route table. Its physical id is ``rtb-…|<destination>``."""

    def create(self, context: Context, properties: Properties) -> str:
        send(context.client("ec2"), "create_route", properties)
        return f"{properties['RouteTableId']}|{self._destination(properties)}"

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        send(context.client("ec2"), "replace_route", properties)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            send(
                context.client("ec2"),
                "delete_route",
                only(properties, ("RouteTableId", *_DESTINATIONS)),
            )

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"CidrBlock": physical_id.partition("|")[2]}

    def _destination(self, properties: Properties) -> str:
        return str(next(iter(only(properties, _DESTINATIONS).values())))


@resource("AWS::EC2::SubnetRouteTableAssociation", "RouteTableId", "SubnetId")
class SubnetRouteTableAssociation(Handler):
    """A subnet's choice of route table. Every property of it forces a replacement."""

    def create(self, context: Context, properties: Properties) -> str:
        made = send(context.client("ec2"), "associate_route_table", properties)
        return str(made["AssociationId"])

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ec2").disassociate_route_table(AssociationId=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Id": physical_id}


@resource("AWS::EC2::EIP", "Domain", "InstanceId", "Tags")
class ElasticIp(Handler):
    """A public address. ``Ref`` gives the address; its allocation id is an attribute."""

    def create(self, context: Context, properties: Properties) -> str:
        ec2 = context.client("ec2")
        tags = specification(context, "elastic-ip", properties)
        made = ec2.allocate_address(Domain=properties.get("Domain", "vpc"), **tags)
        address = str(made["PublicIp"])
        with undone_on_failure(self, context, address, properties):
            self._associate(ec2, made["AllocationId"], properties)
        return address

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ec2 = context.client("ec2")
        address = self._find(ec2, physical_id)
        if changed("InstanceId", properties, previous):
            if "AssociationId" in address:
                ec2.disassociate_address(AssociationId=address["AssociationId"])
            self._associate(ec2, address["AllocationId"], properties)
        retag(context, address["AllocationId"], properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        ec2 = context.client("ec2")
        with absence_is_fine():
            address = self._find(ec2, physical_id)
            if "AssociationId" in address and "InstanceId" in properties:
                ec2.disassociate_address(AssociationId=address["AssociationId"])
            ec2.release_address(AllocationId=address["AllocationId"])

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        address = self._find(context.client("ec2"), physical_id)
        return {"PublicIp": physical_id, "AllocationId": address["AllocationId"]}

    def _find(self, ec2: Any, public_ip: str) -> dict[str, Any]:
        return dict(ec2.describe_addresses(PublicIps=[public_ip])["Addresses"][0])

    def _associate(self, ec2: Any, allocation_id: str, properties: Properties) -> None:
        if instance := properties.get("InstanceId"):
            ec2.associate_address(AllocationId=allocation_id, InstanceId=instance)


@resource("AWS::EC2::NatGateway", "AllocationId", "ConnectivityType", "SubnetId", "Tags")
class NatGateway(Handler):
    """The way out for subnets without public addresses."""

    def create(self, context: Context, properties: Properties) -> str:
        known = {key: value for key, value in properties.items() if key != "Tags"}
        tags = specification(context, "natgateway", properties)
        made = send(context.client("ec2"), "create_nat_gateway", known, **tags)
        return str(made["NatGateway"]["NatGatewayId"])

    def is_ready(self, context: Context, physical_id: str) -> bool:
        gateway = self._find(context, physical_id)
        if gateway and gateway["State"] == "failed":
            raise AwsError("NotStabilized", gateway.get("FailureMessage", "NatGateway failed"))
        return bool(gateway and gateway["State"] == "available")

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ec2").delete_nat_gateway(NatGatewayId=physical_id)

    def is_gone(self, context: Context, physical_id: str) -> bool:
        gateway = self._find(context, physical_id)
        return gateway is None or gateway["State"] == "deleted"

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        gateway = self._find(context, physical_id) or {}
        addresses = gateway.get("NatGatewayAddresses") or [{}]
        return {"NatGatewayId": physical_id, "EniId": addresses[0].get("NetworkInterfaceId")}

    def _find(self, context: Context, gateway_id: str) -> dict[str, Any] | None:
        found: list[dict[str, Any]] = []
        with absence_is_fine():
            answer = context.client("ec2").describe_nat_gateways(NatGatewayIds=[gateway_id])
            found = answer["NatGateways"]
        return found[0] if found else None
