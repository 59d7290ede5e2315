"""`domains`: hosts of somebody's own, in a space with HTTPS and in one without."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import SCRIPTS, Said, run_herogate
from local_cloud import running
from shops import NAME, Shop

from herogate.local import lifecycle
from herogate.local.directory import Directory

pytestmark = pytest.mark.e2e


def test_a_domain_is_added_shown_and_removed(shop: Shop) -> None:
    port = (shop.app.platform.apps.info(NAME).web_url or "").rpartition(":")[2]
    assert [
        shop.herogate(*words.split())
        for words in (
            "domains:add WWW.example.com",
            "domains:wait www.example.com",
            "domains --csv",
            "domains --csv --columns dns_target",
            "domains:remove www.example.com",
            "domains --csv",
        )
    ] == [
        Said(
            out="Configure your app's DNS provider to point to the DNS Target localhost.\n"
            "    www.example.com CNAME localhost\n"
            "\n"
            "The domain www.example.com has been enqueued for addition\n"
            "Run herogate domains:wait www.example.com to wait for completion\n",
            err=f"Adding WWW.example.com to {NAME}... done\n"
            f" ›   Warning: It is served at http://www.example.com:{port}, without a\n"
            " ›   certificate.\n",
            code=0,
        ),
        Said(out="", err="Waiting for www.example.com... done\n", code=0),
        Said(
            out="Domain Name,DNS Record Type,DNS Target,SNI Endpoint\n"
            "www.example.com,CNAME,localhost,\n",
            err="",
            code=0,
        ),
        Said(
            out="",
            err=" ›   Error: There is no column dns_target.\n"
            " ›\n"
            " ›   The columns are Domain Name, DNS Record Type, DNS Target, SNI Endpoint.\n",
            code=2,
        ),
        Said(out="", err=f"Removing www.example.com from {NAME}... done\n", code=0),
        Said(out="Domain Name,DNS Record Type,DNS Target,SNI Endpoint\n", err="", code=0),
    ]


def test_what_is_no_domain_taken_or_not_there_is_refused(shop: Shop) -> None:
    shop.herogate("domains:add", "a.example.com")
    assert [
        (said.out, [line for line in said.err.splitlines() if "Error" in line], said.code)
        for said in (
            shop.herogate("domains:add", "no_domain"),
            shop.herogate("domains:add", "a.example.com"),
            shop.herogate("domains:remove", "b.example.com"),
        )
    ] == [
        ("", [" ›   Error: no_domain is no domain."], 2),
        ("", [" ›   Error: Name a.example.com is already taken"], 2),
        ("", [" ›   Error: Couldn't find that domain name."], 2),
    ]
    assert shop.herogate("domains:clear").code == 0
    assert json.loads(shop.herogate("domains", "--json").out) == []


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A shell on a cloud of its own, with an app in a space with a domain."""
    try:
        socket.create_server(("127.0.0.1", 443)).close()
        socket.create_server(("127.0.0.1", 80)).close()
    except OSError as error:
        pytest.skip(f"Ports 80 and 443 of this machine cannot be opened: {error}")
    directory = Directory(tmp_path / "local")
    environment = {
        **running(directory).environment,
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "HEROGATE_APP": "safe-shop",
    }
    try:
        for words in ("spaces:create --domain apps.example.com", "create safe-shop --no-remote"):
            said = run_herogate(*words.split(), folder=tmp_path, environment=environment)
            assert said.code == 0, said.err
        yield environment
    finally:
        lifecycle.stop(directory)


def presented(hostname: str) -> bytes:
    """The certificate with which that host is served on this machine."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", 443), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=hostname) as secured,
    ):
        secured.sendall(f"GET / HTTP/1.1\r\nHost: {hostname}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: secured.recv(65536), b""))
        assert b"safe-shop" in answer
        return secured.getpeercert(binary_form=True) or b""


def test_in_a_space_with_https_a_domain_gets_a_certificate(
    secure: dict[str, str], tmp_path: Path
) -> None:
    def herogate(words: str) -> Said:
        return run_herogate(*words.split(), folder=tmp_path, environment=secure)

    added = herogate("domains:add www.example.com")
    assert added.code == 0
    assert "acm-validations.aws." in added.out.splitlines()[2]
    assert herogate("domains:wait").code == 0
    (domain,) = json.loads(herogate("domains --json").out)
    certificate = domain["certificate"]
    assert (domain["status"], certificate["status"]) == ("succeeded", "issued")
    assert certificate["name"] in herogate("certs").out
    assert b"www.example.com" in presented("www.example.com")
    assert "Certificate Status: issued\n" in herogate("domains:info www.example.com").out

    for number in range(3):
        assert herogate(f"domains:add {number}.example.com").code == 0
    refused = herogate("domains:add more.example.com")
    assert (refused.code, "has 4 domains" in refused.err) == (2, True)

    assert herogate("certs:auto:disable").code == 0
    assert herogate("certs --json").out == "[]\n"
    assert herogate("certs:auto:enable --wait").code == 0
    assert len(json.loads(herogate("certs --json").out)) == 4
    assert b"www.example.com" in presented("www.example.com")
    destroyed = herogate("destroy safe-shop -c safe-shop")
    assert "Removed: 4 domains" in destroyed.err
