"""Certificates: asked for once by each token, and there as long as a load balancer presents them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from load_balancing import Network, answer, free_port, load_balancer
from local_cloud import LocalCloud
from tls import signed_by_itself

Refusal = Callable[..., tuple[str, str]]


@pytest.fixture
def acm(cloud: LocalCloud) -> Any:
    return cloud.client("acm")


def requested(acm: Any, name: str, **changed: Any) -> str:
    """Ask for a certificate; its ARN."""
    asked = acm.request_certificate(DomainName=name, ValidationMethod="DNS", **changed)
    return str(asked["CertificateArn"])


def test_a_certificate_is_for_a_domain(acm: Any, refusal: Refusal) -> None:
    arn = requested(acm, "*.apps.example.com")
    code, message = refusal(acm.request_certificate, DomainName="two words")

    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value 'two words' at 'domainName'")
    described = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (described["DomainName"], described["InUseBy"]) == ("*.apps.example.com", [])


def test_a_token_is_for_one_certificate_until_that_is_deleted(acm: Any) -> None:
    first, again = (requested(acm, "a.example.com", IdempotencyToken="a") for _ in range(2))
    assert again == first
    acm.delete_certificate(CertificateArn=first)
    anew = requested(acm, "a.example.com", IdempotencyToken="a")
    assert anew != first
    acm.delete_certificate(CertificateArn=anew)


def test_a_certificate_stays_as_long_as_a_load_balancer_presents_it(
    cloud: LocalCloud, acm: Any, elbv2: Any, where: Network, refusal: Refusal
) -> None:
    balancer = load_balancer(cloud.client, "presenting", where)
    default, further = (
        str(acm.import_certificate(**signed_by_itself(name))["CertificateArn"])
        for name in ("*.used.example.com", "used.example.com")
    )
    made = elbv2.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=free_port(),
        DefaultActions=[answer("here")],
        Certificates=[{"CertificateArn": default}],
    )
    presented = {
        "ListenerArn": made["Listeners"][0]["ListenerArn"],
        "Certificates": [{"CertificateArn": further}],
    }
    elbv2.add_listener_certificates(**presented)
    for arn in (default, further):
        account = arn.split(":")[4]
        assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [balancer]
        assert refusal(acm.delete_certificate, CertificateArn=arn) == (
            "ResourceInUseException",
            f"Certificate {arn} in account {account} is in use.",
        )
    told = acm.list_certificates()["CertificateSummaryList"]
    assert {each["CertificateArn"] for each in told if each["InUse"]} == {default, further}

    elbv2.remove_listener_certificates(**presented)
    acm.delete_certificate(CertificateArn=further)
    elbv2.delete_load_balancer(LoadBalancerArn=balancer)
    acm.delete_certificate(CertificateArn=default)
    assert refusal(acm.describe_certificate, CertificateArn=further)[0] == (
        "ResourceNotFoundException"
    )
