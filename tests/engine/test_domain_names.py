"""Which names custom domains may have."""

from __future__ import annotations

import pytest

from herogate.engine.domain_names import checked, overlap
from herogate.errors import InvalidRequest


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("www.example.com", "www.example.com"),
        ("WWW.Example.COM.", "www.example.com"),
        ("*.example.com", "*.example.com"),
        ("a.b-c.xn--p1ai", "a.b-c.xn--p1ai"),
        (f"{'a' * 63}.{'b' * 60}.com", f"{'a' * 63}.{'b' * 60}.com"),
    ],
)
def test_a_domain_is_known_in_lower_case(given: str, name: str) -> None:
    assert checked(given) == name


@pytest.mark.parametrize(
    "given",
    [
        "",
        "example",
        "no_domain.com",
        "-a.com",
        "a-.com",
        "a..com",
        "*.*.example.com",
        "www.*.com",
        "127.0.0.1",
        "https://www.example.com",
        "www.example.com:443",
        f"{'a' * 64}.com",
        f"{'a' * 63}.{'b' * 61}.com",
        "ü.example.com",
    ],
)
def test_what_is_no_domain_is_refused(given: str) -> None:
    with pytest.raises(InvalidRequest, match="is no domain"):
        checked(given)


@pytest.mark.parametrize(
    ("one", "other", "is_overlap"),
    [
        ("*.example.com", "*.shop.example.com", True),
        ("*.shop.example.com", "*.example.com", True),
        ("*.example.com", "*.example.com", False),
        ("*.example.com", "www.example.com", False),
        ("*.example.com", "*.myexample.com", False),
    ],
)
def test_domains_with_a_wildcard_overlap_if_one_lies_within_the_other(
    one: str, other: str, is_overlap: bool
) -> None:
    assert overlap(one, other) is is_overlap
