"""Requests through a target: what it gets, what the client gets, and what goes wrong."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

import pytest
from load_balancing import (
    RunningRouter,
    answering,
    forwarding,
    free_port,
    get,
    raw,
    read_all,
    read_exactly,
    read_head,
    target,
)

from herogate.local.planes.elb.table import DesyncMode, ForwardedFor, Settings

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TRACE = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")


@contextmanager
def behind(
    router: RunningRouter, script: Callable[[socket.socket], None], **settings: Any
) -> Iterator[None]:
    """The router forwards everything to a target that handles its connections so."""
    with target(script) as port:
        table = forwarding(port, port=router.port, settings=Settings(**settings))
        assert router.serve(table) == {}
        yield


def seen_by_the_target(router: RunningRouter, *headers: str, **settings: Any) -> list[str]:
    """The lines of the head that a target gets for a request with these headers."""
    heads: list[str] = []

    def script(connection: socket.socket) -> None:
        heads.append(read_head(connection))
        connection.sendall(OK)

    with behind(router, script, **settings):
        assert get(router.port, "/a?b=%20c", *headers)[1] == "ok"
    return [TRACE.sub("<id>", line) for line in heads[0].split("\r\n")[:-2]]


def test_a_target_gets_the_request_as_it_came_with_the_load_balancers_headers(
    router: RunningRouter,
) -> None:
    lines = seen_by_the_target(router, "x-Kind: one", "X-Kind: two", "Cookie: a=b; c=d")
    assert lines == [
        "GET /a?b=%20c HTTP/1.1",
        f"Host: localhost:{router.port}",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: http",
        f"X-Forwarded-Port: {router.port}",
        "X-Amzn-Trace-Id: Root=<id>",
        "x-Kind: one",
        "X-Kind: two",
        "Cookie: a=b; c=d",
        "Connection: close",
    ]


def test_hop_by_hop_headers_end_at_the_load_balancer(router: RunningRouter) -> None:
    headers = ("Connection: X-Mine", "X-Mine: 1", "Keep-Alive: 5", "TE: trailers", "Upgrade: h2c")
    lines = seen_by_the_target(router, *headers)
    names = {line.partition(":")[0].lower() for line in lines[1:]}
    assert names & {"x-mine", "keep-alive", "te", "upgrade"} == set()


def test_the_clients_address_joins_those_of_the_proxies_before(router: RunningRouter) -> None:
    lines = seen_by_the_target(router, "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https")
    assert "X-Forwarded-For: 1.2.3.4, 127.0.0.1" in lines
    assert [line for line in lines if "Proto" in line] == ["X-Forwarded-Proto: http"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(ForwardedFor.PRESERVE, ["X-Forwarded-For: 1.2.3.4"]), (ForwardedFor.REMOVE, [])],
)
def test_forwarded_addresses_can_be_left_alone_or_removed(
    router: RunningRouter, mode: ForwardedFor, expected: list[str]
) -> None:
    lines = seen_by_the_target(router, "X-Forwarded-For: 1.2.3.4", forwarded_for=mode)
    assert [line for line in lines if line.startswith("X-Forwarded-For")] == expected


def test_the_clients_port_can_be_told_too(router: RunningRouter) -> None:
    lines = seen_by_the_target(router, forwarded_for_client_port=True)
    assert re.search(r"\nX-Forwarded-For: 127\.0\.0\.1:\d+\n", "\n".join(lines))


def test_the_host_header_can_be_preserved(router: RunningRouter) -> None:
    assert "Host: localhost" in seen_by_the_target(router, preserve_host_header=True)


def test_headers_with_invalid_names_can_be_dropped(router: RunningRouter) -> None:
    headers = ("X_Under: 1", "X-Good: 1")
    kept = seen_by_the_target(router, *headers)
    dropped = seen_by_the_target(router, *headers, drop_invalid_header_fields=True)
    assert [line for line in kept if line not in dropped] == ["X_Under: 1"]


def test_a_trace_goes_on_with_this_hop_put_first(router: RunningRouter) -> None:
    lines = seen_by_the_target(router, "X-Amzn-Trace-Id: Self=1-a;Root=1-b;Mine=c")
    assert "X-Amzn-Trace-Id: Self=<id>;Root=1-b;Mine=c" in lines


def test_an_answer_comes_back_as_the_target_sent_it(router: RunningRouter) -> None:
    answer = (
        b"HTTP/1.1 201 Quite Created\r\nserver: mine\r\nDate: today\r\nSet-Cookie: a=1\r\n"
        b"Set-Cookie: b=2\r\nKeep-Alive: 5\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    )
    with behind(router, answering(answer)):
        assert get(router.port) == (
            (
                "HTTP/1.1 201 Quite Created\nserver: mine\nSet-Cookie: a=1\nSet-Cookie: b=2\n"
                "Content-Length: 2\nConnection: close"
            ),
            "ok",
        )


def test_a_clients_connection_is_kept_though_the_targets_are_not(router: RunningRouter) -> None:
    def script(connection: socket.socket) -> None:
        read_head(connection)
        read_exactly(connection, 100_000)
        connection.sendall(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    with behind(router, script):
        connection = http.client.HTTPConnection("127.0.0.1", router.port, timeout=10)
        sockets = []
        for _ in range(3):
            connection.request("POST", "/", body=b"x" * 100_000)
            answer = connection.getresponse()
            assert (answer.read(), answer.headers["Connection"]) == (b"ok", "keep-alive")
            sockets.append(connection.sock)
        connection.close()
        assert len(set(sockets)) == 1


def test_an_answer_of_unknown_length_is_streamed_in_chunks(router: RunningRouter) -> None:
    first_seen = threading.Event()

    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        first_seen.wait(timeout=10)
        connection.sendall(b"data: 2\n\n")

    with behind(router, script):
        connection = http.client.HTTPConnection("127.0.0.1", router.port, timeout=10)
        connection.request("GET", "/events")
        answer = connection.getresponse()
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.readline() == b"data: 1\n"
        first_seen.set()
        assert answer.read() == b"\ndata: 2\n\n"
        connection.close()


def test_an_http_1_0_client_gets_the_answer_until_the_close(router: RunningRouter) -> None:
    with behind(
        router,
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    ):
        head, _, body = raw(router.port, b"GET / HTTP/1.0\r\n\r\n").partition("\r\n\r\n")
    assert ("Transfer-Encoding" in head, body) == (False, "ok")


def test_a_body_of_unknown_length_reaches_the_target_while_it_is_sent(
    router: RunningRouter,
) -> None:
    first_seen = threading.Event()
    bodies = []

    def script(connection: socket.socket) -> None:
        assert "Transfer-Encoding: chunked" in read_head(connection)
        read_exactly(connection, len(b"5\r\nfirst\r\n"))
        first_seen.set()
        body = b""
        while not body.endswith(b"0\r\n\r\n"):
            body += connection.recv(65536)
        bodies.append(body)
        connection.sendall(OK)

    def pieces() -> Iterator[bytes]:
        yield b"first"
        assert first_seen.wait(timeout=10)
        yield b"second"

    with behind(router, script):
        connection = http.client.HTTPConnection("127.0.0.1", router.port, timeout=10)
        connection.request(
            "POST",
            "/",
            body=pieces(),
            encode_chunked=True,
            headers={"Transfer-Encoding": "chunked"},
        )
        assert connection.getresponse().read() == b"ok"
        connection.close()
    assert bodies == [b"6\r\nsecond\r\n0\r\n\r\n"]


def test_a_client_that_waits_for_leave_to_send_gets_it(router: RunningRouter) -> None:
    def script(connection: socket.socket) -> None:
        assert "Expect" not in read_head(connection)
        assert read_exactly(connection, 4) == b"body"
        connection.sendall(OK)

    with (
        behind(router, script),
        socket.create_connection(("127.0.0.1", router.port), timeout=10) as client,
    ):
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n"
            b"Connection: close\r\n\r\n"
        )
        assert read_head(client) == "HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"body")
        assert read_all(client).endswith(b"ok")


def test_a_target_may_answer_before_it_has_read_the_body(router: RunningRouter) -> None:
    with (
        behind(router, answering(b"HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n")),
        socket.create_connection(("127.0.0.1", router.port), timeout=10) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbegun")
        assert read_head(client).startswith("HTTP/1.1 413 Too Much\r\n")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_without_a_body_leave_the_connection_usable(
    router: RunningRouter, status: bytes
) -> None:
    with behind(router, answering(b"HTTP/1.1 " + status + b"\r\nETag: x\r\n\r\n")):
        request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        assert raw(router.port, request + last).count("ETag: x") == 2


def test_head_is_answered_with_the_length_of_the_body_it_does_not_get(
    router: RunningRouter,
) -> None:
    with behind(router, answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")):
        head, body = get(router.port, method="HEAD")
    assert ("Content-Length: 1000" in head, body) == (True, "")


def test_a_websocket_goes_through_in_both_directions(router: RunningRouter) -> None:
    heads = []

    def script(connection: socket.socket) -> None:
        heads.append(read_head(connection))
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: yes\r\n\r\nhello"
        )
        while piece := connection.recv(65536):
            connection.sendall(piece.upper())

    with (
        behind(router, script),
        socket.create_connection(("127.0.0.1", router.port), timeout=10) as client,
    ):
        client.sendall(
            b"GET /chat HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n"
        )
        assert read_head(client) == (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: yes\r\n\r\n"
        )
        assert read_exactly(client, 5) == b"hello"
        for word in (b"one", b"two" * 50_000):
            client.sendall(word)
            assert read_exactly(client, len(word)) == word.upper()
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    assert "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" in heads[0]


def test_a_target_learns_that_the_client_has_gone(router: RunningRouter) -> None:
    gone = threading.Event()

    def script(connection: socket.socket) -> None:
        read_head(connection)
        assert connection.recv(1) == b""
        gone.set()

    with behind(router, script):
        with socket.create_connection(("127.0.0.1", router.port), timeout=10) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert gone.wait(timeout=10)


def error_page(title: str) -> str:
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )


def test_no_target_is_a_503(router: RunningRouter) -> None:
    assert router.serve(forwarding(port=router.port)) == {}
    assert get(router.port) == (
        (
            "HTTP/1.1 503 Service Temporarily Unavailable\n"
            "Server: awselb/2.0\nContent-Type: text/html\nContent-Length: 162\nConnection: close"
        ),
        error_page("503 Service Temporarily Unavailable"),
    )


def test_a_target_that_refuses_connections_is_a_502(router: RunningRouter) -> None:
    assert router.serve(forwarding(free_port(), port=router.port)) == {}
    head, body = get(router.port)
    assert (head.split("\n")[0], body) == (
        "HTTP/1.1 502 Bad Gateway",
        error_page("502 Bad Gateway"),
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"no http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nLong: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    ],
)
def test_a_target_that_does_not_answer_in_http_is_a_502(
    router: RunningRouter, answer: bytes
) -> None:
    with behind(router, answering(answer)):
        assert get(router.port)[0].startswith("HTTP/1.1 502 Bad Gateway\n")


def test_an_answer_cut_short_ends_the_clients_connection(router: RunningRouter) -> None:
    with behind(router, answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")):
        answer = raw(router.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.endswith("\r\n\r\nhalf")


def test_a_target_that_does_not_answer_in_time_is_a_504(router: RunningRouter) -> None:
    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.recv(1)

    with behind(router, script, idle_timeout_seconds=1):
        head, body = get(router.port)
    assert (head.split("\n")[0], body) == (
        "HTTP/1.1 504 Gateway Time-out",
        error_page("504 Gateway Time-out"),
    )


def test_a_client_that_does_not_send_its_body_in_time_gets_a_408(router: RunningRouter) -> None:
    with (
        behind(router, read_head_and_wait, idle_timeout_seconds=1),
        socket.create_connection(("127.0.0.1", router.port), timeout=10) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
        assert read_head(client).startswith("HTTP/1.1 408 Request Timeout\r\n")


def test_a_broken_body_is_a_400_and_is_not_finished_towards_the_target(
    router: RunningRouter,
) -> None:
    bodies: Queue[bytes] = Queue()

    def script(connection: socket.socket) -> None:
        read_head(connection)
        bodies.put(read_all(connection))

    with (
        behind(router, script, desync_mode=DesyncMode.MONITOR),
        socket.create_connection(("127.0.0.1", router.port), timeout=10) as client,
    ):
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnot hex\r\n"
        )
        assert read_head(client).startswith("HTTP/1.1 400 Bad Request\r\n")
        assert bodies.get(timeout=30) == b"2\r\nok\r\n"


def read_head_and_wait(connection: socket.socket) -> None:
    read_head(connection)
    read_all(connection)
