"""What a space is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from herogate.models.status import Status

DEFAULT_SPACE = "default"


@dataclass(frozen=True, kw_only=True)
class Space:
    """A network, load balancers and the capacity that many apps share. Paid once, not per app.

    Attributes:
        web_hosts: DNS names of its load balancers.
        domain: apps live at ``https://<app>.<domain>``; without one, at a port of a load balancer.
        private: whether processes have no public addresses.
        customer_key: whether logs and config vars of its apps lie under a KMS key of the account's own.
        version: of the Herogate that described it last; None while it is being made.
    """

    name: str
    region: str
    status: Status
    created_at: datetime
    web_hosts: tuple[str, ...] = ()
    domain: str | None = None
    availability_zones: int = 2
    private: bool = False
    customer_key: bool = True
    log_retention_days: int = 365
    deletion_protection: bool = False
    container_insights: str = "disabled"
    version: str | None = None
