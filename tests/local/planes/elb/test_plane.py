"""The plane: the router follows what is declared, outlives nothing, and comes back by itself."""

from __future__ import annotations

import json
import os
import signal
import socket
from typing import Any

import pytest
from load_balancing import answer, free_port, get, is_open, listener, load_balancer, network
from local_cloud import LocalCloud, running
from waiting import wait_until

from herogate.local import lifecycle
from herogate.local.directory import Directory


def status(directory: Directory) -> dict[str, Any]:
    """What the cloud tells of its load balancing."""
    told = json.loads((directory.path / "status.json").read_text())
    return dict(told["load_balancer"])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def served(directory: Directory, port: int) -> LocalCloud:
    """A cloud of the test's own that serves a page on `port`."""
    cloud = running(directory)
    balancer = load_balancer(cloud.client, "served", network(cloud.client))
    listener(cloud.client, balancer, port, answer("here"))
    assert get(port)[1] == "here"
    return cloud


def test_the_status_names_the_router_and_its_ports(served: LocalCloud, port: int) -> None:
    told = status(served.directory)
    assert is_alive(told.pop("pid"))
    assert told == {"ports": [port], "failed": {}}


def test_a_killed_router_is_replaced_and_serves_the_same(served: LocalCloud, port: int) -> None:
    killed = status(served.directory)["pid"]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not is_alive(killed) and is_open(port))
    assert get(port)[1] == "here"
    wait_until(lambda: status(served.directory)["pid"] not in (killed, None))


def test_a_change_right_after_the_routers_death_is_served(served: LocalCloud, port: int) -> None:
    elbv2 = served.client("elbv2")
    balancer = elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    other = free_port()
    os.kill(status(served.directory)["pid"], signal.SIGKILL)
    listener(served.client, balancer, other, answer("other"))
    assert (get(port)[1], get(other)[1]) == ("here", "other")


def test_a_killed_control_process_takes_the_router_along_and_the_next_serves_the_same(
    served: LocalCloud, port: int
) -> None:
    router = status(served.directory)["pid"]
    control = served.directory.control_pid()
    assert control
    os.kill(control, signal.SIGKILL)
    wait_until(lambda: not is_alive(router))
    assert not is_open(port)
    running(served.directory)
    assert get(port)[1] == "here"


def test_stopping_leaves_no_router_and_no_port(served: LocalCloud, port: int) -> None:
    router = status(served.directory)["pid"]
    lifecycle.stop(served.directory)
    assert (is_alive(router), is_open(port)) == (False, False)


def test_a_port_that_a_stranger_has_taken_meanwhile_is_told_and_opened_when_free(
    served: LocalCloud, port: int
) -> None:
    lifecycle.stop(served.directory)
    with socket.create_server(("127.0.0.1", port)):
        running(served.directory)
        told = status(served.directory)
        assert (told["ports"], told["failed"]) == ([], {str(port): "Address already in use"})
    wait_until(lambda: status(served.directory)["ports"] == [port])
    assert get(port)[1] == "here"
