"""Which names custom domains may have, and which of them stand for the same hosts. Pure."""

from __future__ import annotations

import re

from herogate.errors import InvalidRequest

_HOSTNAME = re.compile(
    r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_HOSTNAME_CHARACTERS = 128  # that a load balancer's rule takes


def checked(hostname: str) -> str:
    """A domain in lower case. Raises `InvalidRequest` for what is none."""
    name = hostname.lower().rstrip(".")
    if not _HOSTNAME.fullmatch(name) or len(name) > _HOSTNAME_CHARACTERS:
        raise InvalidRequest(
            f"{hostname} is no domain.",
            "A domain is like www.example.com or *.example.com, with at most "
            f"{_HOSTNAME_CHARACTERS} characters.",
        )
    return name


def overlap(one: str, other: str) -> bool:
    """Whether two domains with a wildcard stand for the same hosts, and are not the same."""
    are_many = one.startswith("*.") and other.startswith("*.") and one != other
    return are_many and (one.endswith(other[1:]) or other.endswith(one[1:]))
