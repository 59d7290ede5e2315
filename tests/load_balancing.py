"""What tests of load balancing share: a router of their own, targets behind it, raw clients."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from herogate.local.planes.elb import encoding
from herogate.local.planes.elb.table import (
    FixedResponse,
    Forward,
    Listener,
    LoadBalancer,
    Rule,
    Share,
    Table,
    Target,
    TargetGroup,
)

GROUP = "arn:group"


_EACH = 1000
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 20
_PORTS = iter(range(12_000 + _EACH * _WORKER, 12_000 + _EACH * (_WORKER + 1)))
"""Those of this process's tests: none that the system gives to connections, or another's tests take."""


def free_port() -> int:
    """A port that nobody has, that no app gets, and that was not given out before."""
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


def is_open(port: int, address: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections."""
    try:
        socket.create_connection((address, port), timeout=5).close()
    except OSError:
        return False
    return True


def page(body: str) -> Rule:
    """A rule that always answers with these words."""
    return Rule(action=FixedResponse(status=200, body=body))


def forwarding(*ports: int, **listener: Any) -> Table:
    """A table whose one listener forwards everything to targets on these ports of 127.0.0.1."""
    rule = Rule(action=Forward(shares=(Share(target_group_arn=GROUP),)))
    targets = tuple(Target(address="127.0.0.1", port=port) for port in ports)
    return Table(
        load_balancers=balancers(Listener(arn="arn:listener", rules=(rule,), **listener)),
        target_groups=(TargetGroup(arn=GROUP, targets=targets),),
    )


def balancers(*listeners: Listener) -> tuple[LoadBalancer, ...]:
    """One load balancer with these listeners."""
    return (LoadBalancer(arn="arn:balancer", listeners=listeners),)


class RunningRouter:
    """A router process, spoken to as the control process does."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "herogate.local.planes.elb.router"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = free_port()
        self.reports: list[dict[str, Any]] = []
        self._number = 0

    def ask(self, **command: Any) -> dict[str, str]:
        """Have a command carried out; the ports it failed on."""
        assert self.process.stdin
        assert self.process.stdout
        self._number += 1
        self.process.stdin.write(json.dumps({**command, "number": self._number}) + "\n")
        self.process.stdin.flush()
        while "number" not in (answer := json.loads(self.process.stdout.readline())):
            self.reports.append(answer)
        assert answer["number"] == self._number
        return dict(answer["failed"])

    def next_report(self) -> dict[str, Any]:
        """What the router tells next without being asked; waits for it."""
        assert self.process.stdout
        if not self.reports:
            self.reports.append(json.loads(self.process.stdout.readline()))
        return self.reports.pop(0)

    def serve(self, wanted: Table) -> dict[str, str]:
        """Have a table served."""
        return self.ask(do="serve", table=encoding.to_json(wanted))

    def serve_rules(self, *rules: Rule, **listener: Any) -> None:
        """Serve one listener with these rules."""
        known = {"arn": "arn:listener", "port": self.port, "rules": rules}
        listeners = balancers(Listener(**{**known, **listener}))
        assert self.serve(Table(load_balancers=listeners)) == {}

    def stop(self) -> int:
        """End its input, as the end of the control process would; its exit status."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        return status


@contextmanager
def target(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server whose every connection is handled by `script`; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    talks: list[threading.Thread] = []

    def talk(connection: socket.socket) -> None:
        with connection:
            script(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            talks.append(threading.Thread(target=talk, args=(connection,), daemon=True))
            talks[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join(timeout=10)
        for thread in talks:
            thread.join(timeout=10)


def read_head(connection: socket.socket) -> str:
    """A message's head, to its empty line."""
    read = b""
    while not read.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            break
        read += byte
    return read.decode("latin-1")


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other end closes."""
    read = b""
    while piece := connection.recv(65536):
        read += piece
    return read


def read_exactly(connection: socket.socket, length: int) -> bytes:
    """The next so many bytes; fewer only if the other end closes."""
    read = b""
    while len(read) < length and (piece := connection.recv(length - len(read))):
        read += piece
    return read


def answering(response: bytes) -> Callable[[socket.socket], None]:
    """A target that answers every request alike."""

    def script(connection: socket.socket) -> None:
        if read_head(connection):
            connection.sendall(response)

    return script


def raw(port: int, request: bytes) -> str:
    """What comes back for these bytes until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return read_all(connection).decode("latin-1")


def get(port: int, path: str = "/", *headers: str, method: str = "GET") -> tuple[str, str]:
    """A request on a connection of its own: the answer's head, without its date, and its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    head, _, body = raw(port, "\r\n".join(lines).encode()).partition("\r\n\r\n")
    kept = [line for line in head.split("\r\n") if not line.startswith("Date: ")]
    return "\n".join(kept), body


@dataclass(frozen=True, kw_only=True)
class Network:
    """A VPC in which a load balancer can be made."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    security_group_id: str


def network(client: Callable[[str], Any]) -> Network:
    """A VPC with two subnets, connected to the internet; `client` gives boto3 clients."""
    ec2 = client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
    subnets = [
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=zone)
        for number, zone in enumerate(zones[:2])
    ]
    group = ec2.create_security_group(GroupName="alb", Description="alb", VpcId=vpc_id)
    return Network(
        vpc_id=vpc_id,
        subnet_ids=tuple(subnet["Subnet"]["SubnetId"] for subnet in subnets),
        security_group_id=group["GroupId"],
    )


def load_balancer(client: Callable[[str], Any], name: str, where: Network) -> str:
    """Make a load balancer; its ARN."""
    made = client("elbv2").create_load_balancer(
        Name=name, Subnets=list(where.subnet_ids), SecurityGroups=[where.security_group_id]
    )
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def answer(body: str, status: str = "200") -> dict[str, Any]:
    """A fixed-response action as the API spells it."""
    return {
        "Type": "fixed-response",
        "FixedResponseConfig": {
            "StatusCode": status,
            "ContentType": "text/plain",
            "MessageBody": body,
        },
    }


def listener(client: Callable[[str], Any], balancer: str, port: int, *actions: Any) -> str:
    """Make an HTTP listener; its ARN."""
    made = client("elbv2").create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=port, DefaultActions=list(actions)
    )
    return str(made["Listeners"][0]["ListenerArn"])
