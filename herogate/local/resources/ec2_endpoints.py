"""Doors from a VPC to AWS's services that do not lead over the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.ec2_tags import retag, specification
from herogate.local.resources.outcomes import absence_is_fine
from herogate.local.resources.requests import boolean, changed, document, send

_MEMBERSHIPS = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")


@resource(
    "AWS::EC2::VPCEndpoint",
    *_MEMBERSHIPS,
    "PolicyDocument",
    "PrivateDnsEnabled",
    "ServiceName",
    "Tags",
    "VpcEndpointType",
    "VpcId",
)
class VpcEndpoint(Handler):
    """A gateway endpoint (a route to S3 or DynamoDB) or an interface endpoint."""

    def create(self, context: Context, properties: Properties) -> str:
        known = {key: value for key, value in properties.items() if key != "Tags"}
        known.setdefault("VpcEndpointType", "Gateway")
        # AWS's own default differs here from CloudFormation's.
        known["PrivateDnsEnabled"] = boolean(known.get("PrivateDnsEnabled", False))
        tags = specification(context, "vpc-endpoint", properties)
        made = send(context.client("ec2"), "create_vpc_endpoint", known, **tags)
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def is_ready(self, context: Context, physical_id: str) -> bool:
        endpoint = self._find(context, physical_id)
        return endpoint is not None and endpoint["State"].lower() == "available"

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        changes: dict[str, Any] = {}
        present = _memberships(self._find(context, physical_id) or {})
        for name in _MEMBERSHIPS:
            before, after = previous.get(name, []), properties.get(name, [])
            if added := [each for each in after if each not in present[name]]:
                changes[f"Add{name}"] = added
            if removed := [each for each in before if each in present[name] and each not in after]:
                changes[f"Remove{name}"] = removed
        if changed("PolicyDocument", properties, previous):
            policy = properties.get("PolicyDocument")
            changes |= {"PolicyDocument": document(policy)} if policy else {"ResetPolicy": True}
        if changed("PrivateDnsEnabled", properties, previous):
            changes["PrivateDnsEnabled"] = boolean(properties.get("PrivateDnsEnabled", False))
        if changes:
            context.client("ec2").modify_vpc_endpoint(VpcEndpointId=physical_id, **changes)
        retag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        if self.is_gone(context, physical_id):
            return
        answer = context.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[physical_id])
        for failure in answer.get("Unsuccessful", []):
            raise AwsError(failure["Error"]["Code"], failure["Error"]["Message"])

    def is_gone(self, context: Context, physical_id: str) -> bool:
        endpoint = self._find(context, physical_id)
        return endpoint is None or endpoint["State"].lower() == "deleted"

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        endpoint = self._find(context, physical_id) or {}
        created = endpoint.get("CreationTimestamp")
        return {
            "Id": physical_id,
            "CreationTimestamp": created.isoformat() if created else None,
            "DnsEntries": [
                f"{entry.get('HostedZoneId', '')}:{entry['DnsName']}"
                for entry in endpoint.get("DnsEntries", [])
            ],
            "NetworkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
        }

    def _find(self, context: Context, endpoint_id: str) -> dict[str, Any] | None:
        found: list[dict[str, Any]] = []
        with absence_is_fine():
            answer = context.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])
            found = answer["VpcEndpoints"]
        return found[0] if found else None


def _memberships(endpoint: Mapping[str, Any]) -> dict[str, list[str]]:
    """Where an endpoint is, as DescribeVpcEndpoints tells it."""
    return {
        "RouteTableIds": list(endpoint.get("RouteTableIds", [])),
        "SubnetIds": list(endpoint.get("SubnetIds", [])),
        "SecurityGroupIds": [group["GroupId"] for group in endpoint.get("Groups", [])],
    }
