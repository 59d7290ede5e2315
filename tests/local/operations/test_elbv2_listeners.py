"""Listeners are ports: opened before they are declared, closed when they are gone."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.x509.oid import NameOID
from load_balancing import (
    Network,
    answer,
    free_port,
    get,
    is_open,
    listener,
    load_balancer,
)
from local_cloud import LocalCloud
from tls import presented_certificate, signed_by_itself
from waiting import wait_until

Refusal = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def balancer(cloud: LocalCloud, where: Network) -> str:
    return load_balancer(cloud.client, "listeners", where)


def http(balancer: str, port: int, **changed: Any) -> dict[str, Any]:
    """CreateListener's parameters."""
    known = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": port}
    return {**known, "DefaultActions": [answer("here")], **changed}


def test_a_listener_answers_when_the_api_has_and_no_more_when_it_is_gone(
    elbv2: Any, balancer: str
) -> None:
    port = free_port()
    created = elbv2.create_listener(**http(balancer, port))["Listeners"][0]
    arn = created["ListenerArn"]
    assert created == {
        "ListenerArn": arn,
        "LoadBalancerArn": balancer,
        "Port": port,
        "Protocol": "HTTP",
        "DefaultActions": [answer("here")],
    }
    assert get(port)[1] == "here"
    elbv2.delete_listener(ListenerArn=arn)
    assert not is_open(port)


def test_a_port_of_the_machine_that_is_taken_is_refused_and_nothing_is_declared(
    elbv2: Any, balancer: str, refusal: Refusal
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        assert refusal(elbv2.create_listener, **http(balancer, port)) == (
            "DuplicateListener",
            f"A listener already exists on this port for this load balancer '{balancer}' "
            f"(port {port} of this machine cannot be opened: Address already in use)",
        )
    present = elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    assert port not in [each["Port"] for each in present]


def test_two_load_balancers_cannot_share_a_port(
    cloud: LocalCloud, elbv2: Any, balancer: str, where: Network, refusal: Refusal
) -> None:
    port = free_port()
    arn = listener(cloud.client, balancer, port, answer("first"))
    other = load_balancer(cloud.client, "listeners-other", where)
    code, message = refusal(elbv2.create_listener, **http(other, port))
    assert (code, message.endswith("cannot be opened: it is open already)")) == (
        "DuplicateListener",
        True,
    )
    assert get(port)[1] == "first"
    elbv2.delete_listener(ListenerArn=arn)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Protocol": "TCP"}, "ValidationError"),
        ({"Port": 70000}, "ValidationError"),
        ({"LoadBalancerArn": "arn:none"}, "LoadBalancerNotFound"),
        (
            {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:none"}]},
            "TargetGroupNotFound",
        ),
        ({"Protocol": "HTTPS"}, "InvalidConfigurationRequest"),
        (
            {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": "arn:aws:acm:x"}]},
            "CertificateNotFound",
        ),
        ({"Certificates": [{"CertificateArn": "arn:aws:acm:x"}]}, "InvalidConfigurationRequest"),
        ({"DefaultActions": [answer("a"), answer("b")]}, "TooManyActions"),
        ({"AlpnPolicy": ["HTTP2Only"]}, "NotImplemented"),
    ],
)
def test_what_aws_refuses_is_refused_and_leaves_the_port_closed(
    elbv2: Any, balancer: str, refusal: Refusal, changed: dict[str, Any], code: str
) -> None:
    port = free_port()
    assert refusal(elbv2.create_listener, **http(balancer, port, **changed))[0] == code
    assert not is_open(port)


def test_the_same_port_twice_is_a_duplicate(
    cloud: LocalCloud, elbv2: Any, balancer: str, refusal: Refusal
) -> None:
    port = free_port()
    arn = listener(cloud.client, balancer, port, answer("here"))
    assert refusal(elbv2.create_listener, **http(balancer, port)) == (
        "DuplicateListener",
        f"A listener already exists on this port for this load balancer '{balancer}'",
    )
    elbv2.delete_listener(ListenerArn=arn)


def test_a_listener_moves_to_another_port(cloud: LocalCloud, elbv2: Any, balancer: str) -> None:
    old, new = free_port(), free_port()
    arn = listener(cloud.client, balancer, old, answer("here"))
    modified = elbv2.modify_listener(ListenerArn=arn, Port=new)["Listeners"][0]
    assert (modified["Port"], is_open(old), get(new)[1]) == (new, False, "here")
    elbv2.modify_listener(ListenerArn=arn, DefaultActions=[answer("changed")])
    assert get(new)[1] == "changed"
    elbv2.delete_listener(ListenerArn=arn)


def test_a_listener_stays_where_it_is_when_the_other_port_is_taken(
    cloud: LocalCloud, elbv2: Any, balancer: str, refusal: Refusal
) -> None:
    port = free_port()
    arn = listener(cloud.client, balancer, port, answer("here"))
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        assert refusal(elbv2.modify_listener, ListenerArn=arn, Port=taken)[0] == "DuplicateListener"
    assert get(port)[1] == "here"
    elbv2.delete_listener(ListenerArn=arn)


def name_presented(port: int, name: str) -> str:
    """The common name of the certificate that a client asking for `name` is presented with."""
    subject = x509.load_der_x509_certificate(presented_certificate(port, name)).subject
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def test_an_https_listener_presents_its_certificates_by_name(
    cloud: LocalCloud, elbv2: Any, balancer: str
) -> None:
    acm, port = cloud.client("acm"), free_port()
    default, further, later = (
        {"CertificateArn": acm.import_certificate(**signed_by_itself(name))["CertificateArn"]}
        for name in ("*.apps.example.com", "shop.example.com", "later.example.com")
    )
    created = elbv2.create_listener(
        **http(
            balancer,
            port,
            Protocol="HTTPS",
            SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            Certificates=[default],
        )
    )["Listeners"][0]
    assert (created["Certificates"], created["SslPolicy"]) == (
        [default],
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
    )
    arn = created["ListenerArn"]
    assert name_presented(port, "a.apps.example.com") == "*.apps.example.com"
    elbv2.add_listener_certificates(ListenerArn=arn, Certificates=[further])
    modified = elbv2.modify_listener(ListenerArn=arn, Certificates=[later])["Listeners"][0]
    assert modified["Certificates"] == [later]
    names = ("shop.example.com", "later.example.com", "unknown.example.com")
    assert [name_presented(port, name) for name in names] == [
        "shop.example.com",
        "later.example.com",
        "later.example.com",
    ]
    elbv2.delete_listener(ListenerArn=arn)


def test_a_certificate_that_is_not_issued_yet_is_refused(
    cloud: LocalCloud, elbv2: Any, balancer: str
) -> None:
    acm = cloud.client("acm")

    def was_still_pending() -> bool:
        asked = acm.request_certificate(DomainName="pending.example.com", ValidationMethod="DNS")
        wanted = http(balancer, free_port(), Protocol="HTTPS")
        wanted["Certificates"] = [{"CertificateArn": asked["CertificateArn"]}]
        try:
            made = elbv2.create_listener(**wanted)["Listeners"][0]
        except ClientError as error:
            return error.response["Error"]["Code"] == "UnsupportedCertificate"
        elbv2.delete_listener(ListenerArn=made["ListenerArn"])
        return False

    wait_until(was_still_pending)


def test_a_load_balancer_has_fifty_listeners_at_most(
    cloud: LocalCloud, elbv2: Any, where: Network, refusal: Refusal
) -> None:
    balancer = load_balancer(cloud.client, "fifty", where)
    for _ in range(50):
        listener(cloud.client, balancer, free_port(), answer("here"))
    code, _ = refusal(elbv2.create_listener, **http(balancer, free_port()))
    elbv2.delete_load_balancer(LoadBalancerArn=balancer)
    assert code == "TooManyListeners"


def test_unknown_listeners_are_not_found(elbv2: Any, balancer: str, refusal: Refusal) -> None:
    unknown = balancer.replace(":loadbalancer/", ":listener/") + "/0123456789abcdef"
    expected = ("ListenerNotFound", "One or more listeners not found")
    for operation in (elbv2.delete_listener, elbv2.modify_listener):
        assert refusal(operation, ListenerArn=unknown)[0] == "ListenerNotFound"
    assert refusal(elbv2.describe_listeners, ListenerArns=[unknown])[0] == expected[0]
