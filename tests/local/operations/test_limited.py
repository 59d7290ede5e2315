"""Operations that moto answers once their parameters keep the service model's limits."""

from __future__ import annotations

from typing import Any

from local_cloud import LocalCloud


def test_a_certificate_is_for_a_domain(cloud: LocalCloud, refusal: Any) -> None:
    acm = cloud.client("acm")
    arn = acm.request_certificate(DomainName="*.apps.example.com", ValidationMethod="DNS")[
        "CertificateArn"
    ]
    code, message = refusal(acm.request_certificate, DomainName="two words")

    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value 'two words' at 'domainName'")
    described = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert described["DomainName"] == "*.apps.example.com"
