"""Route 53 and ACM."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import World


def records(world: World, zone_id: str) -> dict[tuple[str, str], Any]:
    found = world.client("route53").list_resource_record_sets(HostedZoneId=zone_id)
    return {
        (each["Name"], each["Type"]): each.get("AliasTarget", {}).get("DNSName")
        or [record["Value"] for record in each.get("ResourceRecords", [])]
        for each in found["ResourceRecordSets"]
        if each["Type"] not in ("NS", "SOA")
    }


def test_a_hosted_zone_lives(world: World) -> None:
    route53 = world.client("route53")
    zone = world.make(
        "AWS::Route53::HostedZone",
        Name="example.com",
        HostedZoneConfig={"Comment": "apps"},
        HostedZoneTags=[{"Key": "space", "Value": "default"}],
    )
    found = route53.get_hosted_zone(Id=zone.physical_id)
    assert found["HostedZone"]["Config"]["Comment"] == "apps"
    assert zone.attributes["NameServers"] == found["DelegationSet"]["NameServers"]
    zone.update(Name="example.com", HostedZoneConfig={"Comment": "all apps"})
    found = route53.get_hosted_zone(Id=zone.physical_id)
    assert found["HostedZone"]["Config"]["Comment"] == "all apps"
    tags = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone.physical_id)
    assert tags["ResourceTagSet"]["Tags"] == [{"Key": "team", "Value": "web"}]
    zone.delete()
    assert route53.list_hosted_zones()["HostedZones"] == []


def test_a_record_lives(world: World) -> None:
    zone_id = world.make("AWS::Route53::HostedZone", Name="example.com").physical_id
    place = {"HostedZoneName": "example.com.", "Name": "mail.example.com", "Type": "A"}
    record = world.make(
        "AWS::Route53::RecordSet", **place, TTL="300", ResourceRecords=["192.0.2.1", "192.0.2.2"]
    )
    assert record.physical_id == "mail.example.com"
    key = ("mail.example.com.", "A")
    assert records(world, zone_id) == {key: ["192.0.2.1", "192.0.2.2"]}
    record.update(**place, TTL="60", ResourceRecords=["192.0.2.3"])
    assert records(world, zone_id) == {key: ["192.0.2.3"]}
    record.delete()
    assert records(world, zone_id) == {}


def test_a_wildcard_record_points_at_a_load_balancer(world: World) -> None:
    zone_id = world.make("AWS::Route53::HostedZone", Name="example.com").physical_id
    alias = {"DNSName": "balancer.us-east-1.elb.amazonaws.com", "HostedZoneId": "Z35SXDOTRQ7X7K"}
    record = world.make(
        "AWS::Route53::RecordSet",
        HostedZoneId=zone_id,
        Name="*.example.com",
        Type="A",
        AliasTarget=alias,
    )
    [target] = records(world, zone_id).values()
    assert target.startswith(alias["DNSName"])
    record.delete()
    assert records(world, zone_id) == {}


def test_a_certificate_is_validated_in_the_hosted_zone_and_ready_when_issued(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moto.settings.ACM_VALIDATION_WAIT", 3600)
    acm = world.client("acm")
    zone_id = world.make("AWS::Route53::HostedZone", Name="example.com").physical_id
    life = world.unmade("AWS::CertificateManager::Certificate")
    life.physical_id = life.handler.create(
        life.context,
        {
            "DomainName": "*.example.com",
            "ValidationMethod": "DNS",
            "DomainValidationOptions": [
                {"DomainName": "*.example.com", "HostedZoneId": zone_id},
            ],
            "Tags": [{"Key": "space", "Value": "default"}],
        },
    )
    assert not life.handler.is_ready(life.context, life.physical_id)
    option = acm.describe_certificate(CertificateArn=life.physical_id)["Certificate"][
        "DomainValidationOptions"
    ][0]
    record = option["ResourceRecord"]
    assert records(world, zone_id) == {(record["Name"], "CNAME"): [record["Value"]]}

    monkeypatch.setattr("moto.settings.ACM_VALIDATION_WAIT", -1)
    assert life.handler.is_ready(life.context, life.physical_id)
    life.update(DomainName="*.example.com", ValidationMethod="DNS")
    tags = acm.list_tags_for_certificate(CertificateArn=life.physical_id)["Tags"]
    assert {"Key": "team", "Value": "web"} in tags
    life.delete()
    assert acm.list_certificates()["CertificateSummaryList"] == []
