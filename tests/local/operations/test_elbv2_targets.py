"""Targets: requests that reach them, and what is told of their health."""

from __future__ import annotations

import http.client
import socket
import threading
from typing import Any

import pytest
from load_balancing import (
    Network,
    answering,
    free_port,
    get,
    listener,
    load_balancer,
    read_head,
    target,
)
from local_cloud import LocalCloud
from waiting import wait_until

Health = list[tuple[str, int, str, str | None]]


@pytest.fixture(scope="module")
def balancer(cloud: LocalCloud, where: Network) -> str:
    return load_balancer(cloud.client, "targets", where)


def group(elbv2: Any, where: Network, name: str) -> str:
    """Make a target group; its ARN."""
    made = elbv2.create_target_group(
        Name=name, Protocol="HTTP", Port=8080, VpcId=where.vpc_id, TargetType="ip"
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def health(elbv2: Any, arn: str, **parameters: Any) -> Health:
    """What DescribeTargetHealth tells: address, port, state, reason."""
    told = elbv2.describe_target_health(TargetGroupArn=arn, **parameters)
    return [
        (
            each["Target"]["Id"],
            each["Target"]["Port"],
            each["TargetHealth"]["State"],
            each["TargetHealth"].get("Reason"),
        )
        for each in told["TargetHealthDescriptions"]
    ]


def test_requests_reach_registered_targets_and_no_others(
    cloud: LocalCloud, elbv2: Any, where: Network, balancer: str
) -> None:
    arn = group(elbv2, where, "reached")
    port = free_port()
    listening = listener(cloud.client, balancer, port, {"Type": "forward", "TargetGroupArn": arn})
    assert get(port)[0].startswith("HTTP/1.1 503 Service Temporarily Unavailable\n")
    bodies = [b"one", b"two"]
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + body for body in bodies]
    with target(answering(answers[0])) as one, target(answering(answers[1])) as two:
        targets = [{"Id": "127.0.0.1", "Port": port} for port in (one, two)]
        elbv2.register_targets(TargetGroupArn=arn, Targets=targets)
        assert [each[:2] for each in health(elbv2, arn)] == sorted(
            ("127.0.0.1", number) for number in (one, two)
        )
        wait_until(lambda: {each[2:] for each in health(elbv2, arn)} == {("healthy", None)})
        assert {get(port)[1] for _ in range(4)} == {"one", "two"}
        elbv2.deregister_targets(TargetGroupArn=arn, Targets=targets[:1])
        assert {get(port)[1] for _ in range(4)} == {"two"}
        wait_until(lambda: [each[1] for each in health(elbv2, arn)] == [two])
        assert health(elbv2, arn, Targets=targets[:1]) == [
            ("127.0.0.1", one, "unused", "Target.NotRegistered")
        ]
    elbv2.delete_listener(ListenerArn=listening)
    elbv2.delete_target_group(TargetGroupArn=arn)


def test_a_target_that_is_taken_away_finishes_its_request_first(
    cloud: LocalCloud, elbv2: Any, where: Network, balancer: str
) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def script(connection: socket.socket) -> None:
        if "/work" in read_head(connection):
            asked.set()
            may_answer.wait(20)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

    arn = group(elbv2, where, "finishing")
    port = free_port()
    listening = listener(cloud.client, balancer, port, {"Type": "forward", "TargetGroupArn": arn})
    with target(script) as one:
        targets = [{"Id": "127.0.0.1", "Port": one}]
        elbv2.register_targets(TargetGroupArn=arn, Targets=targets)
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        client.request("GET", "/work")
        assert asked.wait(20)
        elbv2.deregister_targets(TargetGroupArn=arn, Targets=targets)
        going = [("127.0.0.1", one, "draining", "Target.DeregistrationInProgress")]
        assert health(elbv2, arn) == going
        assert get(port)[0].startswith("HTTP/1.1 503 ")
        may_answer.set()
        assert client.getresponse().read() == b"done"
        client.close()
        wait_until(lambda: health(elbv2, arn) == [])
    elbv2.delete_listener(ListenerArn=listening)
    elbv2.delete_target_group(TargetGroupArn=arn)


def test_a_draining_target_that_is_registered_again_stays(
    cloud: LocalCloud, elbv2: Any, where: Network, balancer: str
) -> None:
    arn = group(elbv2, where, "returning")
    port = free_port()
    listening = listener(cloud.client, balancer, port, {"Type": "forward", "TargetGroupArn": arn})
    with target(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as one:
        targets = [{"Id": "127.0.0.1", "Port": one}]
        for change in (elbv2.register_targets, elbv2.deregister_targets, elbv2.register_targets):
            change(TargetGroupArn=arn, Targets=targets)
        wait_until(lambda: health(elbv2, arn) == [("127.0.0.1", one, "healthy", None)])
    elbv2.delete_listener(ListenerArn=listening)
    elbv2.delete_target_group(TargetGroupArn=arn)


def test_targets_of_a_group_that_no_load_balancer_uses_are_unused(
    elbv2: Any, where: Network
) -> None:
    arn = group(elbv2, where, "idle")
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.255.7"}])
    assert health(elbv2, arn) == [("10.0.255.7", 8080, "unused", "Target.NotInUse")]
    elbv2.delete_target_group(TargetGroupArn=arn)
    again = group(elbv2, where, "idle")
    assert health(elbv2, again) == []
    elbv2.delete_target_group(TargetGroupArn=again)


def test_an_address_behind_which_nobody_is_never_gets_an_answer(
    cloud: LocalCloud, elbv2: Any, where: Network, balancer: str
) -> None:
    arn = group(elbv2, where, "nowhere")
    port = free_port()
    listening = listener(cloud.client, balancer, port, {"Type": "forward", "TargetGroupArn": arn})
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.255.7"}])
    assert get(port)[0].startswith("HTTP/1.1 504 ")
    elbv2.delete_listener(ListenerArn=listening)
    elbv2.delete_target_group(TargetGroupArn=arn)
