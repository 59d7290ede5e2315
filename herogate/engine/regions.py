"""Where apps can be."""

from __future__ import annotations

from herogate.aws import regions as gateway
from herogate.models import Region


def regions() -> list[Region]:
    """The AWS regions that have every service an app needs, by id."""
    return gateway.regions()
