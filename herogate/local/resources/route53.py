"""DNS: hosted zones and the records in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import changed, send
from herogate.local.resources.tags import dropped, listed, of_callers

_TAGS = "HostedZoneTags"


@resource("AWS::Route53::HostedZone", "HostedZoneConfig", _TAGS, "Name", "VPCs")
class HostedZone(Handler):
    """A domain's zone. Its physical id is the zone's id."""

    def create(self, context: Context, properties: Properties) -> str:
        route53 = context.client("route53")
        vpcs = [_vpc(each) for each in properties.get("VPCs") or []]
        place = {"VPC": vpcs[0]} if vpcs else {}
        reference = context.physical_name(128)
        request = {**properties, **place, "CallerReference": reference}
        made = send(route53, "create_hosted_zone", request)
        zone_id = str(made["HostedZone"]["Id"]).removeprefix("/hostedzone/")
        with undone_on_failure(self, context, zone_id, properties):
            for vpc in vpcs[1:]:
                route53.associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=vpc)
            self._tag(context, zone_id, properties, {})
        return zone_id

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        route53 = context.client("route53")
        if changed("HostedZoneConfig", properties, previous):
            comment = (properties.get("HostedZoneConfig") or {}).get("Comment", "")
            route53.update_hosted_zone_comment(Id=physical_id, Comment=comment)
        before, after = (
            [_vpc(each) for each in p.get("VPCs") or []] for p in (previous, properties)
        )
        for vpc in after:
            if vpc not in before:
                route53.associate_vpc_with_hosted_zone(HostedZoneId=physical_id, VPC=vpc)
        for vpc in before:
            if vpc not in after:
                route53.disassociate_vpc_from_hosted_zone(HostedZoneId=physical_id, VPC=vpc)
        self._tag(context, physical_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("route53").delete_hosted_zone(Id=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        zone = context.client("route53").get_hosted_zone(Id=physical_id)
        delegation = zone.get("DelegationSet", {})
        return {"Id": physical_id, "NameServers": delegation.get("NameServers", [])}

    def _tag(
        self, context: Context, zone_id: str, properties: Properties, previous: Properties
    ) -> None:
        tags = listed(of_callers(context, properties, _TAGS))
        keys = dropped(context, properties, previous, _TAGS)
        change = ({"AddTags": tags} if tags else {}) | ({"RemoveTagKeys": keys} if keys else {})
        if change:
            context.client("route53").change_tags_for_resource(
                ResourceType="hostedzone", ResourceId=zone_id, **change
            )


def _vpc(vpc: Properties) -> dict[str, Any]:
    return {"VPCId": vpc["VPCId"], "VPCRegion": vpc["VPCRegion"]}


@resource(
    "AWS::Route53::RecordSet",
    "AliasTarget",
    "Comment",
    "Failover",
    "GeoLocation",
    "HealthCheckId",
    "HostedZoneId",
    "HostedZoneName",
    "MultiValueAnswer",
    "Name",
    "Region",
    "ResourceRecords",
    "SetIdentifier",
    "TTL",
    "Type",
    "Weight",
)
class RecordSet(Handler):
    """A name's records of one type. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        self._change(context, properties, [("CREATE", _record_set(properties))])
        return str(properties["Name"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        changes = [("UPSERT", _record_set(properties))]
        if any(changed(key, properties, previous) for key in ("Name", "Type", "SetIdentifier")):
            changes = [("DELETE", each) for each in self._existing(context, previous)] + changes
        self._change(context, properties, changes)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            changes = [("DELETE", each) for each in self._existing(context, properties)]
            if changes:
                self._change(context, properties, changes)

    def _change(
        self, context: Context, properties: Properties, changes: list[tuple[str, dict[str, Any]]]
    ) -> None:
        batch: dict[str, Any] = {
            "Changes": [{"Action": action, "ResourceRecordSet": each} for action, each in changes]
        }
        if comment := properties.get("Comment"):
            batch["Comment"] = comment
        request = {"HostedZoneId": self._zone_id(context, properties), "ChangeBatch": batch}
        send(context.client("route53"), "change_resource_record_sets", request)

    def _existing(self, context: Context, properties: Properties) -> list[dict[str, Any]]:
        """The record set as Route 53 has it; deleting takes its exact content."""
        zone_id = self._zone_id(context, properties)
        paginator = context.client("route53").get_paginator("list_resource_record_sets")
        name = f"{str(properties['Name']).rstrip('.')}.".replace("*", "\\052")
        return [
            each
            for page in paginator.paginate(HostedZoneId=zone_id)
            for each in page["ResourceRecordSets"]
            if each["Name"].replace("*", "\\052").lower() == name.lower()
            and each["Type"] == properties["Type"]
            and each.get("SetIdentifier") == properties.get("SetIdentifier")
        ]

    def _zone_id(self, context: Context, properties: Properties) -> str:
        if zone_id := properties.get("HostedZoneId"):
            return str(zone_id)
        name = str(properties.get("HostedZoneName", ""))
        zones = context.client("route53").list_hosted_zones_by_name(DNSName=name)["HostedZones"]
        found = [zone["Id"] for zone in zones if zone["Name"] == name]
        if len(found) != 1:
            raise AwsError(
                "ValidationError",
                f"No hosted zones named {name} found."
                if not found
                else f"Found multiple hosted zones with name {name}.",
            )
        return str(found[0]).removeprefix("/hostedzone/")


def _record_set(properties: Properties) -> dict[str, Any]:
    """The record set as Route 53's API writes it."""
    elsewhere = ("Comment", "HostedZoneId", "HostedZoneName")
    result = {name: value for name, value in properties.items() if name not in elsewhere}
    if "ResourceRecords" in result:
        result["ResourceRecords"] = [{"Value": value} for value in result["ResourceRecords"]]
    if "AliasTarget" in result:
        result["AliasTarget"] = {"EvaluateTargetHealth": False, **result["AliasTarget"]}
    return result
