from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import STACK_TAGS, Life, World

NOTHING_HERE = {
    "Type": "fixed-response",
    "FixedResponseConfig": {
        "StatusCode": "404",
        "ContentType": "text/plain",
        "MessageBody": "nothing here yet",
    },
}


def balancer(world: World, **properties: Any) -> Life:
    _, subnets = world.open_subnets()
    return world.make("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=subnets, **properties)


def attributes(world: World, life: Life) -> dict[str, str]:
    found = world.client("elbv2").describe_load_balancer_attributes(
        LoadBalancerArn=life.physical_id
    )
    return {each["Key"]: each["Value"] for each in found["Attributes"]}


def tags(world: World, life: Life) -> dict[str, str]:
    found = world.client("elbv2").describe_tags(ResourceArns=[life.physical_id])
    return {each["Key"]: each["Value"] for each in found["TagDescriptions"][0]["Tags"]}


def test_a_load_balancer_lives(world: World) -> None:
    elbv2 = world.client("elbv2")
    vpc_id, subnets = world.open_subnets()
    made = world.make(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        Name="shared",
        Subnets=subnets,
        Scheme="internet-facing",
        LoadBalancerAttributes=[{"Key": "idle_timeout.timeout_seconds", "Value": 120}],
        Tags=[{"Key": "space", "Value": "default"}],
    )
    described = elbv2.describe_load_balancers(Names=["shared"])["LoadBalancers"][0]
    assert made.physical_id == described["LoadBalancerArn"]
    assert attributes(world, made)["idle_timeout.timeout_seconds"] == "120"
    assert tags(world, made) == {**STACK_TAGS, "space": "default"}
    assert made.attributes == {
        "LoadBalancerArn": made.physical_id,
        "LoadBalancerName": "shared",
        "LoadBalancerFullName": made.physical_id.partition(":loadbalancer/")[2],
        "DNSName": described["DNSName"],
        "CanonicalHostedZoneID": described["CanonicalHostedZoneId"],
        "SecurityGroups": described.get("SecurityGroups", []),
    }
    assert made.attributes["LoadBalancerFullName"].startswith("app/shared/")

    group = world.make(
        "AWS::EC2::SecurityGroup", VpcId=vpc_id, GroupDescription="doors"
    ).physical_id
    made.update(Name="shared", Subnets=subnets, SecurityGroups=[group])
    described = elbv2.describe_load_balancers(Names=["shared"])["LoadBalancers"][0]
    assert described["SecurityGroups"] == [group]
    assert attributes(world, made)["idle_timeout.timeout_seconds"] == "60"
    assert tags(world, made) == STACK_TAGS

    made.delete()
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []


def test_a_generated_name_fits_a_load_balancer(world: World) -> None:
    name = balancer(world).attributes["LoadBalancerName"]
    assert name.startswith("demo-Thing-")
    assert len(name) <= 32


def test_a_target_group_lives(world: World) -> None:
    elbv2 = world.client("elbv2")
    place = {
        "Name": "web",
        "VpcId": world.vpc(),
        "Port": "8080",
        "Protocol": "HTTP",
        "TargetType": "ip",
    }
    made = world.make(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        **place,
        HealthCheckPath="/alive",
        HealthCheckIntervalSeconds="5",
        HealthyThresholdCount=2,
        Matcher={"HttpCode": "200-499"},
        TargetGroupAttributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
        Targets=[{"Id": "10.0.0.5", "Port": 8080}],
    )

    def check() -> tuple[Any, ...]:
        found = elbv2.describe_target_groups(Names=["web"])["TargetGroups"][0]
        names = ("HealthCheckPath", "HealthCheckIntervalSeconds", "HealthyThresholdCount")
        return (*(found[name] for name in names), found["Matcher"]["HttpCode"])

    def delay() -> str:
        found = elbv2.describe_target_group_attributes(TargetGroupArn=made.physical_id)
        pairs = {each["Key"]: each["Value"] for each in found["Attributes"]}
        return str(pairs["deregistration_delay.timeout_seconds"])

    def targets() -> list[str]:
        found = elbv2.describe_target_health(TargetGroupArn=made.physical_id)
        return [each["Target"]["Id"] for each in found["TargetHealthDescriptions"]]

    assert check() == ("/alive", 5, 2, "200-499")
    assert (delay(), targets()) == ("30", ["10.0.0.5"])
    assert made.attributes["TargetGroupFullName"] == made.physical_id.rpartition(":")[2]
    assert made.attributes["TargetGroupName"] == "web"

    made.update(**place, HealthCheckPath="/up", Targets=[{"Id": "10.0.0.6", "Port": 8080}])
    assert check() == ("/up", 30, 5, "200")
    assert (delay(), targets()) == ("300", ["10.0.0.6"])

    made.delete()
    assert elbv2.describe_target_groups()["TargetGroups"] == []


def test_a_listener_and_its_rules_live(world: World) -> None:
    elbv2 = world.client("elbv2")
    arn = balancer(world).physical_id
    place = {"LoadBalancerArn": arn, "Protocol": "HTTP"}
    listener = world.make(
        "AWS::ElasticLoadBalancingV2::Listener", **place, Port="8001", DefaultActions=[NOTHING_HERE]
    )
    found = elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"][0]
    assert (found["ListenerArn"], found["Port"]) == (listener.physical_id, 8001)
    listener.update(**place, Port=8002, DefaultActions=[NOTHING_HERE])
    assert elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"][0]["Port"] == 8002

    host = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["demo.example.com"]}}]
    path = [{"Field": "path-pattern", "Values": ["/admin/*"]}]
    place = {"ListenerArn": listener.physical_id}
    rule = world.make(
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        **place,
        Priority="10",
        Conditions=host,
        Actions=[NOTHING_HERE],
    )

    def described() -> tuple[str, str]:
        found = elbv2.describe_rules(RuleArns=[rule.physical_id])["Rules"][0]
        return found["Priority"], found["Conditions"][0]["Field"]

    assert described() == ("10", "host-header")
    assert rule.attributes["IsDefault"] is False
    rule.update(**place, Priority=20, Conditions=path, Actions=[NOTHING_HERE])
    assert described() == ("20", "path-pattern")

    rule.delete()
    assert [r["IsDefault"] for r in elbv2.describe_rules(**place)["Rules"]] == [True]
    listener.delete()
    assert elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"] == []


def test_a_listener_forwards_to_a_target_group(world: World) -> None:
    made = balancer(world)
    described = world.client("elbv2").describe_load_balancers()["LoadBalancers"][0]
    group = world.make(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        VpcId=described["VpcId"],
        Port=80,
        Protocol="HTTP",
    )
    world.make(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn=made.physical_id,
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group.physical_id}],
    )
    assert group.attributes["LoadBalancerArns"] == [made.physical_id]


def test_further_certificates_of_a_listener_come_change_and_go(world: World) -> None:
    elbv2 = world.client("elbv2")
    first, second, third = (
        world.client("acm").request_certificate(DomainName=f"{name}.example.com")["CertificateArn"]
        for name in ("one", "two", "three")
    )
    listener = world.make(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn=balancer(world).physical_id,
        Port=443,
        Protocol="HTTPS",
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        Certificates=[{"CertificateArn": first}],
        DefaultActions=[NOTHING_HERE],
    ).physical_id
    further = world.make(
        "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        ListenerArn=listener,
        Certificates=[{"CertificateArn": second}],
    )

    def certificates() -> set[str]:
        found = elbv2.describe_listener_certificates(ListenerArn=listener)
        return {each["CertificateArn"] for each in found["Certificates"]}

    assert certificates() == {first, second}
    further.update(ListenerArn=listener, Certificates=[{"CertificateArn": third}])
    assert certificates() == {first, third}
    further.delete()
    assert certificates() == {first}


def test_a_load_balancer_with_a_wrong_attribute_is_not_left_behind(world: World) -> None:
    unmade = world.unmade("AWS::ElasticLoadBalancingV2::LoadBalancer")
    _, subnets = world.open_subnets()
    with pytest.raises(ClientError, match=r"no\.such\.attribute"):
        unmade.create(
            Subnets=subnets,
            LoadBalancerAttributes=[{"Key": "no.such.attribute", "Value": "1"}],
        )
    assert world.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
