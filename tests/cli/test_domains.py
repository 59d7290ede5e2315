"""`domains`: hosts of somebody's own, in a space with HTTPS and in one without."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import SCRIPTS, Said, run_herogate
from local_cloud import LocalCloud, running
from regions import signed_in
from shops import NAME, Shop
from spoiled_answers import Late, late_answers, spoiled_answers

from herogate import Platform
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
            "domains --columns dns_target",
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


@dataclass(frozen=True, kw_only=True)
class Secure:
    """A shell on a cloud of its own, with an app in a space with a domain."""

    cloud: LocalCloud
    folder: Path
    environment: Mapping[str, str]

    def herogate(self, words: str, **more: str) -> Said:
        """Run a command; keywords are environment variables."""
        environment = {**self.environment, **more}
        return run_herogate(*words.split(), folder=self.folder, environment=environment)

    @property
    def hosts(self) -> list[str]:
        """The hosts for which there are rules, by their priorities."""
        elb = self.cloud.client("elbv2")
        rules = elb.describe_rules(ListenerArn=self.listener()["ListenerArn"])["Rules"]
        conditions = [condition for rule in rules for condition in rule["Conditions"]]
        return [host for each in conditions for host in each["HostHeaderConfig"]["Values"]]

    @property
    def default_certificate(self) -> str:
        return str(self.listener()["Certificates"][0]["CertificateArn"])

    def listener(self, load_balancer: int = 1) -> Any:
        """What serves HTTPS at one of the space's load balancers."""
        elb = self.cloud.client("elbv2")
        named = elb.describe_load_balancers(Names=[f"herogate-default-{load_balancer}"])
        (balancer,) = named["LoadBalancers"]
        listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
        return next(each for each in listeners["Listeners"] if each["Port"] == 443)


@pytest.fixture
def secure(web_ports: None, tmp_path: Path) -> Iterator[Secure]:
    directory = Directory(tmp_path / "local")
    cloud = running(directory)
    environment = {
        **cloud.environment,
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "HEROGATE_APP": "safe-shop",
    }
    made = Secure(cloud=cloud, folder=tmp_path, environment=environment)
    try:
        space = "spaces:create --domain apps.example.com --load-balancers 2"
        for words in (space, "create safe-shop --no-remote"):
            said = made.herogate(words)
            assert said.code == 0, said.err
        yield made
    finally:
        lifecycle.stop(directory)


def presented(hostname: str, page: str = "safe-shop") -> bytes:
    """The certificate with which that host is served on this machine, by a page that says this."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", 443), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=hostname) as secured,
    ):
        secured.sendall(f"GET / HTTP/1.1\r\nHost: {hostname}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: secured.recv(65536), b""))
        assert page in answer.decode()
        return secured.getpeercert(binary_form=True) or b""


def test_in_a_space_with_https_domains_are_served_with_certificates(secure: Secure) -> None:
    each_has_one_of_acm(secure)
    one_that_acm_does_not_know_yet_is_waited_for(secure)
    one_that_was_not_asked_for_is_when_the_domain_is_added_again(secure)
    one_that_acm_takes_to_be_in_use_is_waited_for(secure)
    one_that_there_is_can_be_named(secure)
    there_are_more_than_a_rule_takes(secure)


def each_has_one_of_acm(secure: Secure) -> None:
    herogate = secure.herogate
    assert herogate("domains:add www.example.com").code == 0
    assert herogate("domains:wait").code == 0
    (domain,) = json.loads(herogate("domains --json").out)
    certificate = domain["certificate"]
    assert (domain["status"], certificate["status"]) == ("succeeded", "issued")
    assert certificate["name"] in herogate("certs").out
    assert b"www.example.com" in presented("www.example.com")
    assert "Certificate Status: issued\n" in herogate("domains:info www.example.com").out

    assert herogate("certs:auto:disable").code == 0
    assert herogate("certs --json").out == "[]\n"
    assert herogate("certs:auto:enable --wait").code == 0
    assert len(json.loads(herogate("certs --json").out)) == 1
    assert b"www.example.com" in presented("www.example.com")
    assert herogate("domains:clear").code == 0


def one_that_acm_does_not_know_yet_is_waited_for(secure: Secure) -> None:
    unproven = {
        "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/early",
        "CreatedAt": 1_700_000_000,
        "DomainName": "www.example.com",
        "Status": "PENDING_VALIDATION",
    }
    record = {"Name": "_a.www.example.com.", "Type": "CNAME", "Value": "_b.acm-validations.aws."}
    proving = {"DomainName": "www.example.com", "ResourceRecord": record}
    pending = {**unproven, "DomainValidationOptions": [proving]}
    asked, unknown = "DescribeCertificate", ("ResourceNotFoundException", "Could not find it")
    late = (
        Late.refused(asked, *unknown, calls=range(1, 2)),
        Late(operation=asked, calls=range(2, 3), content={"Certificate": unproven}),
        Late(operation=asked, calls=range(3, 5), content={"Certificate": pending}),
    )
    with late_answers(secure.cloud.endpoint_url, *late) as url:
        added = secure.herogate("domains:add www.example.com", AWS_ENDPOINT_URL_ACM=url)
    assert added.out.splitlines()[2] == "    _a.www.example.com. CNAME _b.acm-validations.aws."
    assert secure.herogate("domains:clear").code == 0


def one_that_was_not_asked_for_is_when_the_domain_is_added_again(secure: Secure) -> None:
    with spoiled_answers(secure.cloud.endpoint_url, "RequestCertificate") as url:
        failed = secure.herogate("domains:add www.example.com", AWS_ENDPOINT_URL_ACM=url)
    (domain,) = json.loads(secure.herogate("domains --json").out)
    assert (failed.code, domain["certificate"]) == (2, None)
    added, again = (secure.herogate("domains:add www.example.com --wait") for _ in range(2))
    assert (added.code, again.code, "already taken" in again.err) == (0, 2, True)
    assert b"www.example.com" in presented("www.example.com")
    assert secure.herogate("domains:clear").code == 0


def one_that_acm_takes_to_be_in_use_is_waited_for(secure: Secure) -> None:
    elb, acm = secure.cloud.client("elbv2"), secure.cloud.client("acm")
    assert secure.herogate("domains:add www.example.com --wait").code == 0
    (arn,) = [
        each["CertificateArn"]
        for each in acm.list_certificates()["CertificateSummaryList"]
        if each["CertificateArn"] != secure.default_certificate
    ]
    elsewhere = {
        "ListenerArn": secure.listener(2)["ListenerArn"],
        "Certificates": [{"CertificateArn": arn}],
    }
    elb.add_listener_certificates(**elsewhere)
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        elb.remove_listener_certificates(**elsewhere)

    with signed_in(secure.cloud):
        Platform(region=secure.cloud.region, sleep=sleep).domains.remove(
            "safe-shop", "www.example.com"
        )
    assert len(waits) == 1
    assert [
        each["CertificateArn"] for each in acm.list_certificates()["CertificateSummaryList"]
    ] == [secure.default_certificate]


def one_that_there_is_can_be_named(secure: Secure) -> None:
    herogate, acm = secure.herogate, secure.cloud.client("acm")
    arn = acm.request_certificate(
        DomainName="*.example.org",
        SubjectAlternativeNames=["example.org"],
        ValidationMethod="DNS",
    )["CertificateArn"]
    issued = acm.get_waiter("certificate_validated")
    issued.wait(CertificateArn=arn, WaiterConfig={"Delay": 1})
    name = arn.rpartition("/")[2]
    refused = [
        herogate("domains:add www.example.com --cert nosuch"),
        herogate(f"domains:add www.example.com --cert {arn}"),
    ]
    assert [(said.out, said.err.splitlines()[1], said.code) for said in refused] == [
        ("", " ›   Error: Couldn't find that certificate.", 2),
        ("", f" ›   Error: The certificate {name} is for", 2),
    ]
    assert json.loads(herogate("domains --json").out) == []

    added = herogate(f"domains:add shop.example.org --cert {name} --wait")
    assert (added.code, "acm-validations" in added.out) == (0, False)
    assert b"*.example.org" in presented("shop.example.org")
    assert herogate("domains:add example.org").code == 0
    updated = herogate(f"domains:update example.org --cert {arn}")
    assert updated == Said(
        out="", err=f"Updating example.org to use {arn} certificate... done\n", code=0
    )
    assert herogate("certs:auto:disable").code == 0
    (certificate,) = json.loads(herogate("certs --json").out)
    assert (certificate["name"], certificate["hostnames"]) == (
        name,
        ["*.example.org", "example.org"],
    )
    assert herogate("certs:auto:enable").code == 0
    assert herogate("domains:clear").code == 0
    assert [
        each["CertificateArn"] for each in acm.list_certificates()["CertificateSummaryList"]
    ] == [
        secure.default_certificate,
        arn,
    ]
    acm.delete_certificate(CertificateArn=arn)


def there_are_more_than_a_rule_takes(secure: Secure) -> None:
    herogate = secure.herogate
    names = [f"{number}.example.com" for number in range(6)]
    assert herogate("create rival --no-remote").code == 0
    assert herogate("domains:add *.example.com -a rival").code == 0
    with ThreadPoolExecutor(4) as workers:
        added = list(workers.map(lambda name: herogate(f"domains:add {name}"), names))
    assert [said.code for said in added] == [0] * 6, [said.err for said in added]
    assert [each["hostname"] for each in json.loads(herogate("domains --json").out)] == names
    for name in names:
        presented(name)
    presented("any.example.com", page="rival")
    assert secure.hosts[-1] == "*.example.com"

    within = herogate("domains:add *.shop.example.com")
    assert "*.example.com, a domain of rival," in " ".join(within.err.replace("›", "").split())
    between = herogate("domains:add rival.apps.example.com")
    assert (within.code, between.code) == (2, 2)

    assert herogate("maintenance:on").code == 0
    for name in names:
        presented(name, page="offline for maintenance")
    presented("any.example.com", page="There is nothing here yet")
    assert herogate("maintenance:off").code == 0

    assert herogate(f"domains:remove {names[5]}").code == 0
    presented(names[5], page="rival")
    presented(names[4])
    destroyed = herogate("destroy rival -c rival"), herogate("destroy safe-shop -c safe-shop")
    assert ["Removed: 1 domain," in destroyed[0].err, "Removed: 5 domains" in destroyed[1].err] == [
        True,
        True,
    ]
    assert secure.hosts == []
