"""What a custom domain is, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from herogate.models.certificate import Certificate


class DomainStatus(StrEnum):
    """How a custom domain stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A host of somebody's own under which an app is reached.

    Attributes:
        url: where the app answers under it.
        cname: the DNS target: what the domain's own record is to point at.
        certificate: None for one that is served without.
    """

    hostname: str
    url: str
    cname: str
    status: DomainStatus
    created_at: datetime
    certificate: Certificate | None = None
