"""What AWS takes for a space's options: said before anything is made, since a space takes minutes."""

from __future__ import annotations

import ipaddress
import re

_PLACE = r"arn:aws[a-z-]*"
_CERTIFICATE = re.compile(
    rf"{_PLACE}:(?:acm:[a-z0-9-]+:[0-9]{{12}}:certificate|iam::[0-9]{{12}}:server-certificate)/[!-~]+"
)
_POLICY = re.compile(rf"{_PLACE}:iam::(?:[0-9]{{12}}|aws):policy/[!-~]+")
_HOSTED_ZONE = re.compile(r"[A-Z0-9]{1,32}")

_MULTICAST = ipaddress.IPv4Address("224.0.0.0")
"""From here on no address is a single machine's."""


def check_network(cidr: str) -> None:
    """Raises `ValueError`: no VPC has this range, or it is none for a space."""
    try:
        network = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        network = None
    if network is None or "/" not in cidr:
        raise ValueError(f"a space's network is written as 10.0.0.0/16, not {cidr!r}")
    if not 16 <= network.prefixlen <= 22:
        raise ValueError(f"a space's network is a /16 to /22, not {cidr}")
    if str(network) != cidr:
        raise ValueError(f"a space's network is written as {network}, not {cidr}")
    first = network.network_address
    if first.packed[0] == 0 or first.is_loopback or first.is_link_local or first >= _MULTICAST:
        raise ValueError(f"a space's network has addresses that machines may have, not {cidr}")


def check_hosted_zone(zone_id: str) -> None:
    """Raises `ValueError`: it is no id of a hosted zone."""
    if not _HOSTED_ZONE.fullmatch(zone_id):
        raise ValueError(f"a hosted zone is named by its id, as in Z0123456789ABC, not {zone_id!r}")


def check_certificate(arn: str) -> None:
    """Raises `ValueError`: it is no ARN of a certificate."""
    if not _CERTIFICATE.fullmatch(arn):
        raise ValueError(
            "a certificate is named by its ARN, as in "
            f"arn:aws:acm:us-east-1:123456789012:certificate/1b2c3d4e, not {arn!r}"
        )


def check_boundary(arn: str) -> None:
    """Raises `ValueError`: it is no ARN of a policy."""
    if not _POLICY.fullmatch(arn):
        raise ValueError(
            "a permissions boundary is named by its policy's ARN, as in "
            f"arn:aws:iam::123456789012:policy/bounded, not {arn!r}"
        )


def certificate_region(arn: str) -> str:
    """The region of a certificate; empty for one of IAM's, which are of none."""
    return arn.split(":")[3]
