"""The router process: ports, commands, its end, and the answers it gives of itself."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from load_balancing import (
    RunningRouter,
    balancers,
    free_port,
    get,
    is_open,
    page,
    raw,
)
from tls import presented_certificate

from herogate.local.planes.elb.table import (
    Certificate,
    DesyncMode,
    FixedResponse,
    Listener,
    LoadBalancer,
    PathPattern,
    Protocol,
    Redirect,
    Rule,
    Settings,
    Table,
)

HERE = page("nothing here yet")


def test_a_listeners_port_answers_at_localhost_in_both_families(router: RunningRouter) -> None:
    router.serve_rules(HERE)
    for host in ("127.0.0.1", "::1", "localhost"):
        connection = http.client.HTTPConnection(host, router.port, timeout=10)
        connection.request("GET", "/any?thing=1")
        assert connection.getresponse().read() == b"nothing here yet"
        connection.close()


def test_a_port_is_not_open_to_other_machines(router: RunningRouter) -> None:
    router.serve_rules(HERE)
    assert not is_open(router.port, "127.0.0.2")


def test_a_fixed_response_is_an_albs_to_the_byte(router: RunningRouter) -> None:
    router.serve_rules(Rule(action=FixedResponse(status=404, content_type="text/html", body="né")))
    assert get(router.port) == (
        (
            "HTTP/1.1 404 Not Found\n"
            "Server: awselb/2.0\n"
            "Content-Type: text/html; charset=utf-8\n"
            "Content-Length: 3\n"
            "Connection: close"
        ),
        "né".encode().decode("latin-1"),
    )


def test_head_gets_the_same_head_and_no_body(router: RunningRouter) -> None:
    router.serve_rules(HERE)
    got, asked = get(router.port), get(router.port, method="HEAD")
    assert asked == (got[0], "")


def test_a_redirect_is_an_albs_to_the_byte(router: RunningRouter) -> None:
    router.serve_rules(Rule(action=Redirect(status=301, protocol="HTTPS", port="443")))
    assert get(router.port, "/a?b=c") == (
        (
            "HTTP/1.1 301 Moved Permanently\n"
            "Server: awselb/2.0\n"
            "Content-Type: text/html\n"
            "Content-Length: 134\n"
            "Connection: close\n"
            "Location: https://localhost:443/a?b=c"
        ),
        (
            "<html>\r\n<head><title>301 Moved Permanently</title></head>\r\n<body>\r\n"
            "<center><h1>301 Moved Permanently</h1></center>\r\n</body>\r\n</html>\r\n"
        ),
    )


def test_rules_are_replaced_under_an_open_connection(router: RunningRouter) -> None:
    router.serve_rules(HERE)
    connection = http.client.HTTPConnection("127.0.0.1", router.port, timeout=10)
    connection.request("GET", "/")
    first = connection.getresponse().read()
    kept = connection.sock
    router.serve_rules(page("something else"))
    connection.request("GET", "/")
    assert (first, connection.getresponse().read()) == (b"nothing here yet", b"something else")
    assert connection.sock is kept
    connection.close()


def test_requests_may_follow_each_other_unanswered(router: RunningRouter) -> None:
    router.serve_rules(replace(page("a"), conditions=(PathPattern(values=("/a",)),)), page("b"))
    first = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
    last = b"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = raw(router.port, first + last)
    assert [part.partition("\r\n\r\n")[2][:1] for part in answers.split("HTTP/1.1")[1:]] == [
        "a",
        "b",
    ]


def test_a_port_that_leaves_the_table_is_closed_with_its_idle_connections(
    router: RunningRouter,
) -> None:
    router.serve_rules(HERE)
    with socket.create_connection(("127.0.0.1", router.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).endswith(b"nothing here yet")
        assert router.serve(Table()) == {}
        assert connection.recv(1) == b""
    assert not is_open(router.port)


def test_a_taken_port_fails_alone_and_is_opened_once_it_is_free(router: RunningRouter) -> None:
    other = replace(Listener(arn="other", port=free_port(), rules=(HERE,)))
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = Listener(arn="taken", port=stranger.getsockname()[1], rules=(HERE,))
        wanted = Table(load_balancers=balancers(taken, other))
        assert router.serve(wanted) == {str(taken.port): "Address already in use"}
        assert get(other.port)[1] == "nothing here yet"
    assert router.serve(wanted) == {}
    assert get(taken.port)[1] == "nothing here yet"


def test_a_port_taken_in_one_family_only_is_taken(router: RunningRouter) -> None:
    with socket.create_server(("::1", router.port), family=socket.AF_INET6):
        assert router.ask(do="reserve", port=router.port) == {
            str(router.port): "Address already in use"
        }
    assert not is_open(router.port)


def test_a_reserved_port_outlasts_other_changes_and_can_be_given_back(
    router: RunningRouter,
) -> None:
    assert router.ask(do="reserve", port=router.port) == {}
    assert router.serve(Table()) == {}
    assert is_open(router.port)
    assert router.ask(do="reserve", port=router.port) == {str(router.port): "it is open already"}
    assert router.ask(do="release", port=router.port) == {}
    assert not is_open(router.port)


def test_clients_that_come_before_the_listener_are_answered_by_it(router: RunningRouter) -> None:
    assert router.ask(do="reserve", port=router.port) == {}
    with socket.create_connection(("127.0.0.1", router.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        router.serve_rules(HERE)
        assert connection.recv(65536).endswith(b"nothing here yet")


def test_the_end_of_its_input_ends_the_router_and_frees_its_ports(router: RunningRouter) -> None:
    router.serve_rules(HERE)
    with socket.create_connection(("127.0.0.1", router.port), timeout=10):
        assert router.stop() == 0
    assert not is_open(router.port)


def test_an_idle_connection_is_closed_after_the_idle_timeout(router: RunningRouter) -> None:
    router.serve_rules(HERE, settings=Settings(idle_timeout_seconds=1))
    with socket.create_connection(("127.0.0.1", router.port), timeout=10) as connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"echo test\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nSpaced : y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nLong: " + b"x" * 20_000 + b"\r\n\r\n", 400),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: "
            + b"1.1.1.1, " * 30
            + b"1.1.1.1\r\n\r\n",
            463,
        ),
    ],
)
def test_requests_that_an_alb_refuses_are_refused(
    router: RunningRouter, request_: bytes, status: int
) -> None:
    router.serve_rules(HERE)
    with socket.create_connection(("127.0.0.1", router.port), timeout=10) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536).split(b" ")[1] == str(status).encode()


@pytest.mark.parametrize(
    ("mode", "status"),
    [(DesyncMode.MONITOR, "200"), (DesyncMode.DEFENSIVE, "200"), (DesyncMode.STRICTEST, "400")],
)
def test_an_ambiguous_request_is_answered_as_the_desync_mode_says_and_ends_the_connection(
    router: RunningRouter, mode: DesyncMode, status: str
) -> None:
    router.serve_rules(HERE, settings=Settings(desync_mode=mode))
    ambiguous = (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"1\r\nx\r\n0\r\n\r\n"
    )
    answers = raw(router.port, ambiguous + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert [part.split(" ")[1] for part in answers.split("HTTP/1.1")[1:]] == [status]


def test_an_absolute_url_names_host_and_path(router: RunningRouter) -> None:
    router.serve_rules(Rule(action=Redirect(status=302, port="1")))
    head, _ = get(router.port, "http://elsewhere.example.com/path?q=1")
    assert head.endswith("Location: http://elsewhere.example.com:1/path?q=1")


def test_https_presents_a_certificate_for_the_name_asked_for(router: RunningRouter) -> None:
    certificates = (
        Certificate(arn="first", names=("*.apps.example.com", "apps.example.com")),
        Certificate(arn="second", names=("other.example.com",)),
    )
    router.serve_rules(HERE, protocol=Protocol.HTTPS, certificates=certificates)
    assert presented(router.port, "shop.apps.example.com") == {
        "*.apps.example.com",
        "apps.example.com",
    }
    assert presented(router.port, "other.example.com") == {"other.example.com"}
    assert presented(router.port, "unknown.example.com") == {
        "*.apps.example.com",
        "apps.example.com",
    }


def test_load_balancers_that_share_a_port_each_answer_for_their_hosts(
    router: RunningRouter,
) -> None:
    first, second = (
        Listener(
            arn=name,
            port=router.port,
            protocol=Protocol.HTTPS,
            certificates=(Certificate(arn=name, names=(f"*.{name}",)),),
            rules=(page(name),),
        )
        for name in ("a.example", "b.example")
    )
    shared = Table(
        load_balancers=tuple(
            LoadBalancer(arn=each.arn, listeners=(each,)) for each in (first, second)
        )
    )
    assert router.serve(shared) == {}
    for name in ("a.example", "b.example"):
        host = f"shop.{name}"
        assert presented(router.port, host) == {f"*.{name}"}
        assert answered(router.port, host) == name
    router.serve(Table(load_balancers=balancers(second)))
    assert answered(router.port, "shop.a.example") == "b.example"


def test_https_is_answered_by_the_rules_like_http(router: RunningRouter) -> None:
    router.serve_rules(
        Rule(action=Redirect(status=302, path="/x/#{path}")),
        protocol=Protocol.HTTPS,
        certificates=(Certificate(arn="c", names=("localhost",)),),
    )
    context = ssl.create_default_context(cadata=certificate(router.port, "localhost"))
    connection = http.client.HTTPSConnection("localhost", router.port, timeout=10, context=context)
    connection.request("GET", "/y")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert urlsplit(answer.headers["Location"]).geturl() == f"https://localhost:{router.port}/x/y"


def test_a_listener_may_change_from_http_to_https_and_back(router: RunningRouter) -> None:
    router.serve_rules(HERE)
    router.serve_rules(
        HERE, protocol=Protocol.HTTPS, certificates=(Certificate(arn="c", names=("a.b",)),)
    )
    assert presented(router.port, "a.b") == {"a.b"}
    router.serve_rules(HERE)
    assert get(router.port)[1] == "nothing here yet"


def certificate(port: int, name: str) -> str:
    """The certificate that a client asking for `name` is presented with, in PEM."""
    return ssl.DER_cert_to_PEM_cert(presented_certificate(port, name))


def presented(port: int, name: str) -> set[str]:
    """The names of the certificate that a client asking for `name` is presented with."""
    found = x509.load_pem_x509_certificate(certificate(port, name).encode())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(names.get_values_for_type(x509.DNSName))


def answered(port: int, name: str) -> str:
    """What a client that asks for the host `name` by HTTPS reads."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    connection.request("GET", "/", headers={"Host": name})
    text = connection.getresponse().read().decode()
    connection.close()
    return text
