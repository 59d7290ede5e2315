"""What a certificate is, how it stands, and what the DNS is to say for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CertificateStatus(StrEnum):
    """How a certificate stands."""

    PENDING = "pending"
    """Its record in the DNS was not seen yet."""
    ISSUED = "issued"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def is_settled(self) -> bool:
        return self is not CertificateStatus.PENDING

    @property
    def is_good(self) -> bool:
        return self is CertificateStatus.ISSUED


@dataclass(frozen=True, kw_only=True)
class DnsRecord:
    """A record that is to stand in the DNS."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate for a domain of an app.

    Attributes:
        name: as ACM knows it: the last part of its ARN.
        hostname: the first of those that it is for.
        hostnames: all of them; ``*.example.com`` is for those with one label more.
        record: what is to stand in the DNS before it is issued; None until ACM has made it up.
        failure: why it was not issued, in ACM's words.
    """

    name: str
    hostname: str
    status: CertificateStatus
    created_at: datetime
    expires_at: datetime | None = None
    record: DnsRecord | None = None
    failure: str | None = None
    hostnames: tuple[str, ...] = ()

    def covers(self, hostname: str) -> bool:
        """Whether it is for this host, or for these where a wildcard is asked about."""
        _, _, parent = hostname.partition(".")
        return hostname in self.hostnames or f"*.{parent}" in self.hostnames
