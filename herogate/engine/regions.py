"""Where apps can be."""

from __future__ import annotations

from herogate.aws import regions as gateway
from herogate.errors import InvalidRequest
from herogate.models import Region


def regions() -> list[Region]:
    """The AWS regions that have every service an app needs, by id."""
    return gateway.regions()


def check(region: str) -> None:
    """Raises `InvalidRequest`: no app could be in a space of this region."""
    if missing := gateway.missing_services(region):
        raise InvalidRequest(
            f"No app can be in {region}: AWS has no {' and no '.join(missing)} there.",
            "`herogate regions` lists where apps can be. What is new takes a newer botocore.",
        )
