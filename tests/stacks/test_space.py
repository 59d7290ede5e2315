"""What a space must be, whatever its template looks like in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from stacks_cases import ACCOUNT, PLAIN_SPACE, REGION, SPACES, resolved, resources

from stacks import names, space
from stacks.space import Output

ELB = "AWS::ElasticLoadBalancingV2"


def one(name: str, kind: str) -> dict[str, Any]:
    """The properties of the only resource of a type."""
    (properties,) = resources(space.template(SPACES[name]), kind).values()
    assert isinstance(properties, dict)
    return properties


def ports(name: str) -> list[tuple[int, int, str]]:
    """What the load balancers' security group lets in."""
    groups = resources(space.template(SPACES[name]), "AWS::EC2::SecurityGroup")
    return [
        (rule["FromPort"], rule["ToPort"], rule["CidrIp"])
        for rule in groups["LoadBalancerSecurityGroup"]["SecurityGroupIngress"]
    ]


def test_the_world_may_reach_the_apps_ports_and_with_a_domain_http_and_https() -> None:
    anywhere = "0.0.0.0/0"
    assert ports("space") == [(8001, 8048, anywhere)]
    assert ports("space-with-domain") == [
        (80, 80, anywhere),
        (443, 443, anywhere),
        (8001, 8048, anywhere),
    ]


def test_a_load_balancer_has_room_for_every_port_beside_http_and_https() -> None:
    assert len(space.APP_PORTS) + 2 == 50


def test_only_the_load_balancers_may_reach_the_tasks() -> None:
    groups = resources(space.template(PLAIN_SPACE), "AWS::EC2::SecurityGroup")
    assert groups["TaskSecurityGroup"]["SecurityGroupIngress"] == [
        {
            "IpProtocol": "tcp",
            "FromPort": 0,
            "ToPort": 65535,
            "SourceSecurityGroupId": {"Fn::GetAtt": ["LoadBalancerSecurityGroup", "GroupId"]},
        }
    ]


def test_subnets_lie_apart_inside_the_network_one_in_each_zone() -> None:
    subnets = resources(space.template(SPACES["space-with-certificate"]), "AWS::EC2::Subnet")
    assert [
        (subnet["CidrBlock"], subnet["AvailabilityZone"]["Fn::Select"][0])
        for subnet in subnets.values()
    ] == [("172.20.0.0/24", 0), ("172.20.1.0/24", 1), ("172.20.2.0/24", 2)]


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
    assert "BucketEncryption" in bucket
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


def test_the_ledger_can_be_taken_back_to_any_second() -> None:
    ledger = one("space", "AWS::DynamoDB::Table")
    assert ledger["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert [(key["AttributeName"], key["KeyType"]) for key in ledger["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]


def test_eventbridge_takes_its_role_for_herogates_rules_only_and_starts_herogates_own() -> None:
    role = one("space", "AWS::IAM::Role")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {
            "aws:SourceArn": [
                f"arn:aws:events:{REGION}:{ACCOUNT}:rule/herogate--*--push",
                f"arn:aws:events:{REGION}:{ACCOUNT}:rule/herogate--*--settle",
            ]
        },
    }
    (policy,) = role["Policies"]
    assert {
        statement["Action"][0]: statement["Resource"]
        for statement in policy["PolicyDocument"]["Statement"]
    } == {
        "codepipeline:StartPipelineExecution": [
            f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:??????????--herogate--*"
        ],
        "codebuild:StartBuild": [
            f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/herogate--*--release"
        ],
    }


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
        ("space", {"Domain", "ListenerArns", "HostedZoneId", "PermissionsBoundary"}),
        ("space-with-domain", {"HostedZoneId", "PermissionsBoundary"}),
        ("space-with-hosted-zone", {"PermissionsBoundary"}),
        ("space-with-certificate", {"HostedZoneId"}),
    ],
)
def test_a_space_tells_all_outputs_but_those_it_has_nothing_for(
    name: str, absent: set[str]
) -> None:
    told = space.template(SPACES[name]).to_dict()["Outputs"]
    assert set(told) == {str(output) for output in Output} - absent


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
        ({"cidr": "10.0.0.1/16"}, "has host bits set"),
        ({"availability_zones": 1}, "2 to 6 zones, not 1"),
        ({"load_balancers": 0}, "1 to 99 load balancers, not 0"),
        ({"domain": "<script>"}, "cannot be a space's domain"),
        ({"hosted_zone_id": "Z0123456789ABCDEFGHIJ"}, "needs the domain"),
    ],
)
def test_a_space_that_cannot_be_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(PLAIN_SPACE, **change)
