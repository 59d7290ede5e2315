"""ACM: certificates for hosts of apps, proven by a record in the DNS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.aws.session import Session
from herogate.errors import AwsRefused
from herogate.models import Certificate, CertificateStatus, DnsRecord

_GONE = "ResourceNotFoundException"
_IN_USE = "ResourceInUseException"

_STATUSES: Mapping[str, CertificateStatus] = {
    "PENDING_VALIDATION": CertificateStatus.PENDING,
    "ISSUED": CertificateStatus.ISSUED,
    "EXPIRED": CertificateStatus.EXPIRED,
}


class Certificates:
    """The certificates of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("acm")

    def request(self, hostname: str, *, token: str, tags: Mapping[str, str]) -> str:
        """Ask for a certificate; its ARN.

        Args:
            token: asked with the same one within an hour, ACM tells of the same certificate again.
        """
        answer = self._service.call(
            "request_certificate",
            DomainName=hostname,
            ValidationMethod="DNS",
            IdempotencyToken=token,
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        return str(answer["CertificateArn"])

    def describe(self, arn: str) -> Certificate | None:
        """A certificate; None if it is gone."""
        try:
            told = self._service.call("describe_certificate", CertificateArn=arn)["Certificate"]
        except AwsRefused as refusal:
            if refusal.code != _GONE:
                raise
            return None
        return Certificate(
            name=arn.rpartition("/")[2],
            hostname=told["DomainName"],
            hostnames=tuple(
                dict.fromkeys([told["DomainName"], *told.get("SubjectAlternativeNames", [])])
            ),
            status=_STATUSES.get(told["Status"], CertificateStatus.FAILED),
            created_at=told["CreatedAt"],
            expires_at=told.get("NotAfter"),
            record=_record(told),
            failure=told.get("FailureReason"),
        )

    def delete(self, arn: str) -> bool:
        """Delete a certificate; whether it is gone. One is not that ACM takes to be in use."""
        try:
            self._service.call("delete_certificate", CertificateArn=arn)
        except AwsRefused as refusal:
            if refusal.code not in {_GONE, _IN_USE}:
                raise
            return refusal.code == _GONE
        return True


def arn_beside(name: str, arn: str) -> str:
    """The ARN of a certificate of this name, in the account and region of another resource's."""
    _, partition, _, region, account, _ = arn.split(":", 5)
    return f"arn:{partition}:acm:{region}:{account}:certificate/{name}"


def _record(told: Mapping[str, Any]) -> DnsRecord | None:
    for validation in told.get("DomainValidationOptions", []):
        if record := validation.get("ResourceRecord"):
            return DnsRecord(name=record["Name"], type=record["Type"], value=record["Value"])
    return None
