"""What of an environment is needed to reach the internet, and what leads around proxies."""

from __future__ import annotations

import pytest

from herogate.local import internet

BEHIND_A_PROXY = {
    "HTTPS_PROXY": "http://anna:s%33cret@proxy.example.com:3128",
    "no_proxy": "example.com, 10.0.0.0/8",
    "PIP_INDEX_URL": "https://token-1@index.example.com/simple",
    "PIP_CERT": "/etc/ssl/own.pem",
    "NPM_CONFIG_REGISTRY": "https://npm.example.com",
    "npm_config_cafile": "/etc/ssl/own.pem",
}
AROUND = "example.com,10.0.0.0/8,localhost,127.0.0.1,::1"


def test_proxies_certificates_and_indexes_are_needed_and_nothing_else() -> None:
    others = {"PATH": "/bin", "PIP_USER": "1", "AWS_SECRET_ACCESS_KEY": "x", "PYTHONPATH": "/x"}
    assert internet.settings({**BEHIND_A_PROXY, **others}) == {
        **BEHIND_A_PROXY,
        "no_proxy": AROUND,
        "NO_PROXY": AROUND,
    }


@pytest.mark.parametrize(
    ("environment", "exceptions"),
    [
        ({}, None),
        ({"NO_PROXY": "example.com"}, None),
        ({"http_proxy": ""}, None),
        ({"http_proxy": "http://proxy"}, "localhost,127.0.0.1,::1"),
        ({"ALL_PROXY": "http://proxy", "NO_PROXY": "*"}, "*,localhost,127.0.0.1,::1"),
        (BEHIND_A_PROXY, AROUND),
    ],
)
def test_no_proxy_stands_between_this_machine_and_itself(
    environment: dict[str, str], exceptions: str | None
) -> None:
    around = {} if exceptions is None else {"no_proxy": exceptions, "NO_PROXY": exceptions}
    assert internet.around_proxies(environment) == around


def test_passwords_and_tokens_in_urls_are_secret() -> None:
    assert {*internet.passwords(BEHIND_A_PROXY)} - {""} == {"s%33cret", "s3cret", "token-1"}
    assert "token-1" in internet.passwords({"PIP_INDEX_URL": "https://token-1:x@example.com"})
