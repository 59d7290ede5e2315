"""The listener ports of apps without a domain. Plain numbers, without troposphere."""

from __future__ import annotations

from stacks import names

_FIRST = 8001
_EACH = 48

ALL = range(_FIRST, _FIRST + _EACH * len(names.LOAD_BALANCER_NUMBERS))
"""Every port that an app of a space may have."""


def of_load_balancer(number: int) -> range:
    """The ports at one load balancer of a space: with 80 and 443 they make the 50 listeners it may have.

    No two load balancers share one, so that a port alone says where an app of the space is.
    """
    if number not in names.LOAD_BALANCER_NUMBERS:
        raise ValueError(f"a load balancer's number is 1 to 50, not {number}")
    first = _FIRST + _EACH * (number - 1)
    return range(first, first + _EACH)
