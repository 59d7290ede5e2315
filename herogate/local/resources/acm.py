"""Certificates of ACM, validated by DNS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import changed, send
from herogate.local.resources.tags import dropped, listed, of_callers

_TRANSPARENCY = "CertificateTransparencyLoggingPreference"


@resource(
    "AWS::CertificateManager::Certificate",
    _TRANSPARENCY,
    "CertificateAuthorityArn",
    "DomainName",
    "DomainValidationOptions",
    "KeyAlgorithm",
    "SubjectAlternativeNames",
    "Tags",
    "ValidationMethod",
)
class Certificate(Handler):
    """A certificate, ready when it is issued. Its physical id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        acm = context.client("acm")
        request = {**properties, "Tags": of_callers(context, properties)}
        if preference := properties.get(_TRANSPARENCY):
            request["Options"] = {_TRANSPARENCY: preference}
        validation = request.pop("DomainValidationOptions", [])
        mailed = [option for option in validation if "ValidationDomain" in option]
        if mailed:
            request["DomainValidationOptions"] = mailed
        if not request["Tags"]:
            del request["Tags"]  # ACM takes no empty list
        arn = str(send(acm, "request_certificate", request)["CertificateArn"])
        with undone_on_failure(self, context, arn, properties):
            self._validate(context, arn, validation)
        return arn

    def is_ready(self, context: Context, physical_id: str) -> bool:
        certificate = self._find(context, physical_id)
        status = certificate["Status"]
        if status not in ("ISSUED", "PENDING_VALIDATION"):
            reason = certificate.get("FailureReason", f"The certificate's status is {status}")
            raise AwsError("NotStabilized", reason)
        return bool(status == "ISSUED")

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        acm = context.client("acm")
        if changed(_TRANSPARENCY, properties, previous):
            options = {_TRANSPARENCY: properties.get(_TRANSPARENCY, "ENABLED")}
            acm.update_certificate_options(CertificateArn=physical_id, Options=options)
        if tags := listed(of_callers(context, properties)):
            acm.add_tags_to_certificate(CertificateArn=physical_id, Tags=tags)
        if keys := dropped(context, properties, previous):
            gone = [{"Key": key} for key in keys]
            acm.remove_tags_from_certificate(CertificateArn=physical_id, Tags=gone)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("acm").delete_certificate(CertificateArn=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"CertificateArn": physical_id}

    def _find(self, context: Context, arn: str) -> dict[str, Any]:
        found = context.client("acm").describe_certificate(CertificateArn=arn)
        return dict(found["Certificate"])

    def _validate(self, context: Context, arn: str, validation: list[Properties]) -> None:
        """Write the records that prove the domains into the hosted zones the template names."""
        zones = {o["DomainName"]: o["HostedZoneId"] for o in validation if "HostedZoneId" in o}
        if not zones:
            return
        for option in self._find(context, arn)["DomainValidationOptions"]:
            if option["DomainName"] in zones:
                record = option["ResourceRecord"]
                record_set = {
                    "Name": record["Name"],
                    "Type": record["Type"],
                    "TTL": 300,
                    "ResourceRecords": [{"Value": record["Value"]}],
                }
                change = {"Action": "UPSERT", "ResourceRecordSet": record_set}
                context.client("route53").change_resource_record_sets(
                    HostedZoneId=zones[option["DomainName"]], ChangeBatch={"Changes": [change]}
                )
