"""The router asks targets for their health, and lets those that go finish."""

from __future__ import annotations

import http.client
import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
from load_balancing import GROUP, RunningRouter, forwarding, get, read_head, target

from herogate.local.planes.elb.table import HealthCheck, Table, TargetState

CHECK = HealthCheck(interval_seconds=0, timeout_seconds=1, healthy_threshold=2, path="/well")


def checked(table: Table, check: HealthCheck = CHECK) -> Table:
    """The table with its targets' health asked for."""
    groups = tuple(replace(group, health_check=check) for group in table.target_groups)
    return replace(table, target_groups=groups)


def draining(table: Table) -> Table:
    """The table with all its targets on their way out."""
    groups = tuple(
        replace(
            group,
            targets=tuple(replace(each, state=TargetState.DRAINING) for each in group.targets),
        )
        for group in table.target_groups
    )
    return replace(table, target_groups=groups)


def response(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


class Patient:
    """A target whose answer to a check can be changed; it keeps the heads it was sent."""

    def __init__(self) -> None:
        self.answer = response("200 OK")
        self.heads: list[str] = []

    def __call__(self, connection: socket.socket) -> None:
        if head := read_head(connection):
            self.heads.append(head)
            connection.sendall(self.answer)


def report(router: RunningRouter) -> tuple[str, str | None]:
    """State and reason of the next report of a target's health."""
    told: dict[str, Any] = router.next_report()["health"]
    assert told["group"] == GROUP
    return told["state"], told["reason"]


def test_a_target_is_asked_and_its_changes_are_told(router: RunningRouter) -> None:
    patient = Patient()
    with target(patient) as port:
        assert router.serve(checked(forwarding(port, port=router.port))) == {}
        assert report(router) == ("healthy", None)
        patient.answer = response("503 Broken")
        assert report(router) == ("healthy", None)  # one failure does not make it ill
        assert report(router) == ("unhealthy", "Target.ResponseCodeMismatch")
        patient.answer = response("200 OK")
        while report(router)[0] != "healthy":
            pass
        assert router.serve(Table()) == {}
    lines = patient.heads[0].split("\r\n")
    assert lines[0] == "GET /well HTTP/1.1"
    assert f"Host: 127.0.0.1:{port}" in lines
    assert "User-Agent: ELB-HealthChecker/2.0" in lines


def test_a_target_that_does_not_listen_yet_is_found_as_soon_as_it_does(
    router: RunningRouter,
) -> None:
    slow = replace(CHECK, interval_seconds=300)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        assert router.serve(checked(forwarding(port, port=router.port), slow)) == {}
        assert report(router) == ("initial", "Elb.InitialHealthChecking")
        reserved.listen()
        connection, _ = reserved.accept()
        with connection:
            Patient()(connection)
        assert report(router) == ("healthy", None)
        assert router.serve(Table()) == {}


@pytest.mark.parametrize("told", [True, False])
def test_a_draining_target_finishes_its_request_and_gets_no_other(
    router: RunningRouter, told: bool
) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def script(connection: socket.socket) -> None:
        read_head(connection)
        asked.set()
        may_answer.wait(10)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

    with target(script) as port:
        table = forwarding(port, port=router.port)
        assert router.serve(table) == {}
        client = http.client.HTTPConnection("127.0.0.1", router.port, timeout=10)
        client.request("GET", "/")
        assert asked.wait(10)
        assert router.serve(draining(table)) == {}
        assert router.reports == []
        assert get(router.port)[0].startswith("HTTP/1.1 503 ")
        if told:  # as when draining takes its time
            may_answer.set()
            assert client.getresponse().read() == b"done"
            name = f"127.0.0.1:{port}"
            assert router.next_report() == {"idle": {"group": GROUP, "target": name}}
        else:  # as when its time is over
            gone = tuple(replace(group, targets=()) for group in table.target_groups)
            assert router.serve(replace(table, target_groups=gone)) == {}
            with pytest.raises(http.client.RemoteDisconnected):
                client.getresponse()
            may_answer.set()
        client.close()


def test_a_target_without_requests_drains_at_once(router: RunningRouter) -> None:
    with target(Patient()) as port:
        assert router.serve(draining(forwarding(port, port=router.port))) == {}
        assert router.next_report()["idle"]["target"] == f"127.0.0.1:{port}"
