"""What a space must be, whatever its template looks like in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from stacks_cases import BOUNDARY, CERTIFICATE, DOMAIN, PLAIN_SPACE, SPACES, resolved, resources

from stacks import names, ports, space
from stacks.outputs import SpaceOutput as Output

ELB = "AWS::ElasticLoadBalancingV2"


def one(name: str, kind: str) -> dict[str, Any]:
    """The properties of the only resource of a type."""
    (properties,) = resources(space.template(SPACES[name]), kind).values()
    assert isinstance(properties, dict)
    return properties


def opened(name: str) -> list[tuple[int, int, str]]:
    """What the load balancers' security group lets in."""
    groups = resources(space.template(SPACES[name]), "AWS::EC2::SecurityGroup")
    return [
        (rule["FromPort"], rule["ToPort"], rule["CidrIp"])
        for rule in groups["LoadBalancerSecurityGroup"]["SecurityGroupIngress"]
    ]


def test_the_world_may_reach_the_apps_ports_and_with_a_domain_http_and_https() -> None:
    anywhere = "0.0.0.0/0"
    assert opened("space") == [(8001, 8048, anywhere)]
    assert opened("space-with-domain") == [
        (80, 80, anywhere),
        (443, 443, anywhere),
        (8001, 8048, anywhere),
    ]


def test_a_load_balancer_has_room_for_every_port_beside_http_and_https() -> None:
    assert {len(ports.of_load_balancer(number)) + 2 for number in names.LOAD_BALANCER_NUMBERS} == {
        50
    }


def test_no_two_load_balancers_share_a_port_and_all_are_ports_of_apps() -> None:
    shared = [port for n in names.LOAD_BALANCER_NUMBERS for port in ports.of_load_balancer(n)]
    assert shared == list(ports.ALL)
    assert (shared[0], shared[-1]) == (8001, 10_400)
    with pytest.raises(ValueError, match="1 to 50, not 51"):
        ports.of_load_balancer(51)


def test_a_load_balancer_more_opens_its_ports_and_leaves_the_rules_of_the_others() -> None:
    assert opened("space-with-hosted-zone") == [
        (80, 80, "0.0.0.0/0"),
        (443, 443, "0.0.0.0/0"),
        (8001, 8048, "0.0.0.0/0"),
        (8049, 8096, "0.0.0.0/0"),
    ]


def test_the_largest_space_has_no_more_rules_than_a_security_group_may() -> None:
    largest = replace(SPACES["space-with-domain"], load_balancers=50)
    groups = resources(space.template(largest), "AWS::EC2::SecurityGroup")
    assert len(groups["LoadBalancerSecurityGroup"]["SecurityGroupIngress"]) <= 60


def test_only_the_load_balancers_may_reach_the_tasks() -> None:
    groups = resources(space.template(PLAIN_SPACE), "AWS::EC2::SecurityGroup")
    assert groups["TaskSecurityGroup"]["SecurityGroupIngress"] == [
        {
            "IpProtocol": "tcp",
            "FromPort": 0,
            "ToPort": 65535,
            "SourceSecurityGroupId": {"Fn::GetAtt": ["LoadBalancerSecurityGroup", "GroupId"]},
            "Description": "The load balancers",
        }
    ]


def test_a_cluster_waits_for_a_load_balancer_and_so_until_a_role_just_made_can_be_assumed() -> None:
    for spec in SPACES.values():
        cluster = space.template(spec).resources["Cluster"].to_dict()
        assert cluster["DependsOn"] == "LoadBalancer1"


def test_subnets_lie_apart_inside_the_network_one_in_each_zone() -> None:
    subnets = resources(space.template(SPACES["space-with-certificate"]), "AWS::EC2::Subnet")
    assert [
        (subnet["CidrBlock"], subnet["AvailabilityZone"]["Fn::Select"][0])
        for subnet in subnets.values()
    ] == [("172.20.0.0/24", 0), ("172.20.1.0/24", 1), ("172.20.2.0/24", 2)]


def test_a_private_space_has_its_tasks_in_subnets_of_their_own_behind_a_nat_in_each_zone() -> None:
    template = space.template(SPACES["space-private"])
    subnets = resources(template, "AWS::EC2::Subnet")
    routes = resources(template, "AWS::EC2::Route")
    nats = resources(template, "AWS::EC2::NatGateway")
    assert {name: subnet["CidrBlock"] for name, subnet in subnets.items()} == {
        "PublicSubnet1": "10.0.0.0/20",
        "PublicSubnet2": "10.0.16.0/20",
        "PublicSubnet3": "10.0.32.0/20",
        "PrivateSubnet1": "10.0.128.0/20",
        "PrivateSubnet2": "10.0.144.0/20",
        "PrivateSubnet3": "10.0.160.0/20",
    }
    assert [nat["SubnetId"]["Ref"] for nat in nats.values()] == [
        "PublicSubnet1",
        "PublicSubnet2",
        "PublicSubnet3",
    ]
    assert {
        name: route.get("NatGatewayId", route.get("GatewayId"))["Ref"]
        for name, route in routes.items()
    } == {
        "PublicRoute": "InternetGateway",
        "PrivateRoute1": "NatGateway1",
        "PrivateRoute2": "NatGateway2",
        "PrivateRoute3": "NatGateway3",
    }
    told = template.to_dict()["Outputs"][Output.SUBNET_IDS]["Value"]["Fn::Join"][1]
    assert [subnet["Ref"] for subnet in told] == [
        "PrivateSubnet1",
        "PrivateSubnet2",
        "PrivateSubnet3",
    ]
    (balancer,) = resources(template, f"{ELB}::LoadBalancer").values()
    assert balancer["Subnets"] == [{"Ref": f"PublicSubnet{number}"} for number in (1, 2, 3)]


def test_images_come_from_s3_by_an_endpoint_from_every_subnet_of_tasks() -> None:
    assert one("space", "AWS::EC2::VPCEndpoint")["RouteTableIds"] == [{"Ref": "PublicRouteTable"}]
    assert one("space-private", "AWS::EC2::VPCEndpoint")["RouteTableIds"] == [
        {"Ref": "PublicRouteTable"},
        *({"Ref": f"PrivateRouteTable{number}"} for number in (1, 2, 3)),
    ]


def test_a_third_zone_changes_nothing_of_the_other_two() -> None:
    two = replace(PLAIN_SPACE, private=True)
    before = space.template(two).to_dict()["Resources"]
    after = space.template(replace(two, availability_zones=3)).to_dict()["Resources"]
    assert {name for name in before if before[name] != after[name]} == {
        "LoadBalancer1",
        "S3Endpoint",
    }


@pytest.mark.parametrize(("name", "protected"), [("space", False), ("space-private", True)])
def test_deletion_protection_is_for_load_balancers_and_ledger(name: str, protected: bool) -> None:
    attributes = {
        attribute["Key"]: attribute["Value"]
        for attribute in one(name, f"{ELB}::LoadBalancer")["LoadBalancerAttributes"]
    }
    assert attributes["deletion_protection.enabled"] == str(protected).lower()
    assert one(name, "AWS::DynamoDB::Table")["DeletionProtectionEnabled"] is protected


def test_container_insights_are_measured_only_where_asked_for() -> None:
    settings = [
        one(name, "AWS::ECS::Cluster")["ClusterSettings"] for name in ("space", "space-private")
    ]
    assert settings == [
        [{"Name": "containerInsights", "Value": "disabled"}],
        [{"Name": "containerInsights", "Value": "enhanced"}],
    ]


def test_a_load_balancer_is_strict_about_what_it_is_sent() -> None:
    attributes = one("space", f"{ELB}::LoadBalancer")["LoadBalancerAttributes"]
    assert {attribute["Key"]: attribute["Value"] for attribute in attributes} == {
        "deletion_protection.enabled": "false",
        "idle_timeout.timeout_seconds": "60",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }


def test_the_bucket_is_private_encrypted_versioned_and_speaks_tls_only() -> None:
    bucket, policy = one("space", "AWS::S3::Bucket"), one("space", "AWS::S3::BucketPolicy")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    ]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Condition"]) == (
        "Deny",
        "s3:*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_artifacts_of_every_app_expire_and_packages_never_do() -> None:
    rules = one("space", "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    expiring = tuple(rule["Prefix"] for rule in rules if "ExpirationInDays" in rule)
    assert all(names.artifact_prefix(f"app-{number}").startswith(expiring) for number in range(200))
    assert not names.package_key("0.1.0", "0123456789abcdef").startswith(expiring)
    assert not names.template_key("herogate-app--my-shop", "0123456789abcdef").startswith(expiring)


def test_eventbridge_hears_what_becomes_of_the_buckets_objects() -> None:
    told = one("space", "AWS::S3::Bucket")["NotificationConfiguration"]
    assert told == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_the_ledger_is_encrypted_and_can_be_taken_back_to_any_second() -> None:
    ledger = one("space", "AWS::DynamoDB::Table")
    assert ledger["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert ledger["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert [(key["AttributeName"], key["KeyType"]) for key in ledger["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]


def test_with_a_domain_http_is_redirected_and_https_is_modern() -> None:
    listeners = resources(space.template(SPACES["space-with-domain"]), f"{ELB}::Listener")
    redirect, https = listeners["RedirectListener1"], listeners["HttpsListener1"]
    assert redirect["DefaultActions"][0]["RedirectConfig"] == {
        "Protocol": "HTTPS",
        "Port": "443",
        "StatusCode": "HTTP_301",
    }
    assert https["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert https["Certificates"] == [{"CertificateArn": {"Ref": "Certificate"}}]
    assert https["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "404"


def test_a_page_about_the_longest_domain_is_one_a_load_balancer_takes() -> None:
    longest = "a" * 58 + ".com"
    template = space.template(replace(PLAIN_SPACE, domain=longest))
    https = resources(template, f"{ELB}::Listener")["HttpsListener1"]
    page = https["DefaultActions"][0]["FixedResponseConfig"]["MessageBody"]
    assert longest in page
    assert len(page) <= 1024


def test_a_certificate_that_is_there_is_used_and_none_is_asked_for() -> None:
    template = space.template(SPACES["space-with-certificate"])
    https = resources(template, f"{ELB}::Listener")["HttpsListener1"]
    arn = SPACES["space-with-certificate"].certificate_arn
    assert https["Certificates"] == [{"CertificateArn": arn}]
    assert resources(template, "AWS::CertificateManager::Certificate") == {}


def test_a_hosted_zone_validates_the_certificate_and_points_at_the_first_load_balancer() -> None:
    template = space.template(SPACES["space-with-hosted-zone"])
    zone = SPACES["space-with-hosted-zone"].hosted_zone_id
    (certificate,) = resources(template, "AWS::CertificateManager::Certificate").values()
    (record,) = resources(template, "AWS::Route53::RecordSet").values()
    assert certificate["DomainValidationOptions"] == [
        {"DomainName": "*.apps.example.com", "HostedZoneId": zone}
    ]
    assert (record["Name"], record["HostedZoneId"]) == ("*.apps.example.com", zone)
    assert record["AliasTarget"]["DNSName"] == {"Fn::GetAtt": ["LoadBalancer1", "DNSName"]}


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        (
            "space",
            {"Domain", "ListenerArns", "HostedZoneId", "CertificateArn", "PermissionsBoundary"},
        ),
        ("space-with-domain", {"HostedZoneId", "CertificateArn", "PermissionsBoundary"}),
        ("space-with-hosted-zone", {"CertificateArn", "PermissionsBoundary"}),
        ("space-with-certificate", {"HostedZoneId", "KeyArn"}),
    ],
)
def test_a_space_tells_all_outputs_but_those_it_has_nothing_for(
    name: str, absent: set[str]
) -> None:
    told = space.template(SPACES[name]).to_dict()["Outputs"]
    assert set(told) == {str(output) for output in Output} - absent - {Output.EVENTS_ROLE_ARN}


def test_lists_are_told_in_the_load_balancers_order() -> None:
    told = resolved(space.template(SPACES["space-with-hosted-zone"]).to_dict()["Outputs"])
    assert told[Output.LOAD_BALANCER_ARNS]["Value"] == {
        "Fn::Join": [",", [{"Ref": "LoadBalancer1"}, {"Ref": "LoadBalancer2"}]]
    }
    assert told[Output.LISTENER_ARNS]["Value"] == {
        "Fn::Join": [",", [{"Ref": "HttpsListener1"}, {"Ref": "HttpsListener2"}]]
    }


def test_a_newer_version_alone_changes_no_resource() -> None:
    newer = space.template(replace(PLAIN_SPACE, version="9.9.9")).to_dict()
    before = space.template(PLAIN_SPACE).to_dict()
    assert newer["Outputs"][Output.VERSION] == {"Value": "9.9.9"}
    assert newer["Resources"] == before["Resources"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"space": "My-Space"}, "upper-case letter"),
        ({"cidr": "10.0.0.0/24"}, "a /16 to /22, not 10.0.0.0/24"),
        ({"cidr": "10.0.0.0/8"}, "a /16 to /22, not 10.0.0.0/8"),
        ({"cidr": "10.0.0.1/16"}, "is written as 10.0.0.0/16, not 10.0.0.1/16"),
        ({"cidr": "10.0.0.0/255.255.0.0"}, "is written as 10.0.0.0/16, not 10.0.0.0/255"),
        ({"cidr": "10.0.0.0"}, "is written as 10.0.0.0/16, not '10.0.0.0'"),
        ({"cidr": "2001:db8::/20"}, "is written as 10.0.0.0/16, not '2001:db8::/20'"),
        ({"cidr": ""}, "is written as 10.0.0.0/16, not ''"),
        ({"cidr": "0.1.0.0/16"}, "addresses that machines may have, not 0.1.0.0/16"),
        ({"cidr": "127.0.0.0/16"}, "addresses that machines may have, not 127.0.0.0/16"),
        ({"cidr": "169.254.0.0/16"}, "addresses that machines may have, not 169.254.0.0/16"),
        ({"cidr": "224.0.0.0/16"}, "addresses that machines may have, not 224.0.0.0/16"),
        ({"availability_zones": 1}, "2 or 3 zones, not 1"),
        ({"availability_zones": 4}, "2 or 3 zones, not 4"),
        ({"log_retention_days": 8}, "for one of 1, 3, 5, .* days, not 8"),
        ({"load_balancers": 0}, "1 to 50 load balancers, not 0"),
        ({"domain": "<script>"}, "cannot be a space's domain"),
        ({"domain": "1.2.3.4"}, "cannot be a space's domain"),
        ({"domain": "example.x"}, "cannot be a space's domain"),
        ({"hosted_zone_id": "Z0123456789ABCDEFGHIJ"}, "needs the domain"),
        ({"hosted_zone_id": ""}, "needs the domain"),
        ({"domain": DOMAIN, "hosted_zone_id": "/hostedzone/Z1"}, "named by its id"),
        ({"domain": DOMAIN, "certificate_arn": BOUNDARY}, "a certificate is named by its ARN"),
        ({"permissions_boundary": ""}, "a permissions boundary is named by its policy's ARN"),
        ({"permissions_boundary": CERTIFICATE}, "boundary is named by its policy's ARN"),
    ],
)
def test_a_space_that_cannot_be_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(PLAIN_SPACE, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"cidr": "100.64.0.0/19"},
        {"domain": "a1--b.xn--p1ai"},
        {"domain": DOMAIN, "hosted_zone_id": "Z1"},
        {
            "domain": DOMAIN,
            "certificate_arn": "arn:aws-cn:iam::123456789012:server-certificate/a/b",
        },
        {"permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
        {"permissions_boundary": "arn:aws-us-gov:iam::123456789012:policy/a/b+=,.@-_c"},
    ],
)
def test_what_aws_takes_is_taken(change: dict[str, Any]) -> None:
    made = replace(PLAIN_SPACE, **change)
    assert {name: getattr(made, name) for name in change} == change
