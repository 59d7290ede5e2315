"""`certs`: certificates in Heroku's tables, and where there can be none."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from command_line import Said
from shops import NAME, Shop

from herogate.cli import certs
from herogate.models import Certificate, CertificateStatus, DnsRecord, Domain, DomainStatus

NOW = datetime(2026, 11, 22, 0, 21, 37, tzinfo=UTC)
RECORD = DnsRecord(name="_x.www.example.com.", type="CNAME", value="_y.acm-validations.aws.")


def certificate(status: CertificateStatus, *hostnames: str) -> Certificate:
    return Certificate(
        name="12eba5d6",
        hostname=hostnames[0],
        hostnames=hostnames,
        status=status,
        created_at=NOW,
        expires_at=NOW.replace(year=2027) if status.is_good else None,
        record=RECORD,
    )


def domain(hostname: str, certificate: Certificate | None = None) -> Domain:
    return Domain(
        hostname=hostname,
        url=f"https://{hostname}",
        cname="my-shop.apps.example.com",
        status=DomainStatus.PENDING,
        created_at=NOW,
        certificate=certificate,
    )


def test_certificates_stand_in_herokus_table_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    shared = certificate(CertificateStatus.ISSUED, "www.example.com", "example.com")
    certs.listed(
        "my-shop",
        [domain("www.example.com", shared), domain("example.org"), domain("example.com", shared)],
    )
    assert capsys.readouterr().out == (
        "  Name       Common Name(s)                 Expires                Trusted   Type   Domains\n"
        f" {'─' * 91}\n"
        "  12eba5d6   www.example.com, example.com   2027-11-22 00:21 UTC   True      SNI    2\n"
        "\n"
    )


def test_what_acm_waits_for_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    pending = certificate(CertificateStatus.PENDING, "www.example.com")
    certs.statuses([domain("www.example.com", pending)])
    assert capsys.readouterr().out == (
        "  Domain            Status    Reason   Last Updated\n"
        f" {'─' * 59}\n"
        "  www.example.com   pending            2026-11-22 00:21 UTC\n"
        "\n"
        "These records are to stand in the DNS:\n"
        "\n"
        "  Name                  Type    Value\n"
        f" {'─' * 55}\n"
        "  _x.www.example.com.   CNAME   _y.acm-validations.aws.\n"
    )


@pytest.mark.e2e
def test_in_a_space_without_a_domain_there_are_no_certificates(shop: Shop) -> None:
    assert shop.herogate("certs") == Said(out=f"{NAME} has no SSL certificates.\n", err="", code=0)
    assert shop.herogate("certs:auto").out.splitlines()[0] == (
        f"=== Automatic Certificate Management is disabled on {NAME}"
    )


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("command", "doing"),
    [
        ("certs:auto:enable", "Enabling"),
        ("certs:auto:disable", "Disabling"),
        ("certs:auto:refresh", "Refreshing"),
    ],
)
def test_nor_can_there_be_any(shop: Shop, command: str, doing: str) -> None:
    refused = shop.herogate(command)
    assert (refused.out, refused.code) == ("", 2)
    assert refused.err.splitlines()[:2] == [
        f"{doing} Automatic Certificate Management... !",
        f" ›   Error: {NAME} is in a space without a domain, which serves no HTTPS.",
    ]
