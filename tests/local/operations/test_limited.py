"""Operations that moto answers once their parameters keep the service model's limits."""

from __future__ import annotations

from typing import Any

from local_cloud import LocalCloud


def test_a_tag_that_is_too_long_is_refused(cloud: LocalCloud, refusal: Any) -> None:
    acm = cloud.client("acm")
    arn = acm.request_certificate(DomainName="tagged.example.com")["CertificateArn"]
    tag = {"Key": "k" * 129, "Value": ""}
    code, message = refusal(acm.add_tags_to_certificate, CertificateArn=arn, Tags=[tag])

    assert code == "ValidationException"
    assert message.startswith(f"1 validation error detected: Value '{tag['Key']}' at 'tags.1.")
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == []
