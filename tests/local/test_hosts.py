"""Under which names a cloud may be addressed, and for which a client may have signed."""

from __future__ import annotations

import pytest

from herogate.local.hosts import Hosts


@pytest.mark.parametrize(
    ("host", "admitted"),
    [
        ("127.0.0.1:4566", True),
        ("localhost", True),
        ("LOCALHOST:80", True),
        ("bucket.localhost:80", True),
        ("cloud.example.com", True),
        ("cloud.example.com:9999", True),
        ("bucket.cloud.example.com", True),
        ("gate.example.com:8443", True),
        ("[2001:db8::1]:8000", True),
        ("gate.example.com", False),
        ("gate.example.com:80", False),
        ("localhost.evil.example", False),
        ("evillocalhost", False),
        ("127.0.0.1.nip.io", False),
        ("evil.127.0.0.1", False),
        ("127.0.0.1:80.evil.example", False),
        ("evil.example:127.0.0.1", False),
        ("user@127.0.0.1", False),
        ("localhost/evil.example", False),
        ("localhost.", False),
        ("[::1]", False),
        ("", False),
    ],
)
def test_only_names_of_this_machine_and_trusted_ones_are_admitted(
    host: str, admitted: bool
) -> None:
    hosts = Hosts(["Cloud.Example.Com", "gate.example.com:8443", "[2001:db8::1]"])
    assert hosts.admits(host) is admitted


def test_a_bucket_may_stand_in_front_of_any_name() -> None:
    hosts = Hosts(["cloud.example.com"])
    named = ["localhost:80", "a.b.localhost:80", "a.cloud.example.com", "127.0.0.1"]
    assert [hosts.bucket(host) for host in named] == [None, "a.b", "a", None]


def test_a_client_behind_proxies_may_have_signed_for_any_of_their_names() -> None:
    headers = {
        "host": "127.0.0.1:4566",
        "x-forwarded-host": "outer.example, inner.example:81",
        "x-forwarded-port": "8443",
    }
    assert list(Hosts(["cloud.example.com"]).signed(headers)) == [
        "127.0.0.1:4566",
        "outer.example",
        "outer.example:8443",
        "inner.example:81",
        "cloud.example.com",
    ]
