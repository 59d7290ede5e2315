"""What tests of ECS share: a small web app in an image, and all that its tasks and services need."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from load_balancing import Network, free_port, listener, load_balancer, network
from local_cloud import LocalCloud
from registries import client_of, unique
from roles import make_role
from waiting import wait_for

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)

PROGRAM = """\
import os, signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

def ended(*_):
    print("terminated", flush=True)
    os._exit(int(os.environ.get("EXIT", "0")))

signal.signal(signal.SIGTERM, signal.SIG_IGN if "DEAF" in os.environ else ended)
print("hello from", os.environ.get("SAY"), flush=True)
if "CRASH" in os.environ:
    sys.exit(int(os.environ["CRASH"]))
if "IDLE" in os.environ:
    time.sleep(float(os.environ["IDLE"]))
    sys.exit(0)

class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/exit":
            os._exit(7)
        if self.path == "/slow":
            time.sleep(2)
        ill = self.path == "/health" and os.path.exists(os.environ.get("ILL", "/nowhere"))
        body = os.environ.get("SAY", "").encode()
        self.send_response(500 if ill else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
"""
"""Says `SAY` at every path; its variables make it crash, end, be ill, or be deaf to SIGTERM."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A cluster in which tests run the app.

    Attributes:
        cluster: its name, with which the names of all other things begin.
    """

    cloud: LocalCloud
    cluster: str
    where: Network
    image: str
    role: str

    @property
    def ecs(self) -> Any:
        return self.cloud.client("ecs")

    @property
    def on_network(self) -> dict[str, Any]:
        """The network configuration of tasks."""
        groups = [self.where.security_group_id]
        return {
            "awsvpcConfiguration": {
                "subnets": list(self.where.subnet_ids),
                "securityGroups": groups,
                "assignPublicIp": "ENABLED",
            }
        }

    def definition(self, family: str, variables: Mapping[str, str], **container: Any) -> str:
        """Register a task definition of the app with these variables; its ARN."""
        whole = {
            "name": "web",
            "image": self.image,
            "essential": True,
            "entryPoint": [sys.executable, "program.py"],
            "workingDirectory": "/app",
            "stopTimeout": 2,
            "portMappings": [{"containerPort": 8080}],
            "environment": [{"name": name, "value": value} for name, value in variables.items()],
            **container,
        }
        made = self.ecs.register_task_definition(
            family=f"{self.cluster}-{family}",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=self.role,
            containerDefinitions=[whole],
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def service(self, name: str, definition: str, **settings: Any) -> dict[str, Any]:
        """Create a service with one task, unless the settings say otherwise."""
        asked = {
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": self.on_network,
            **settings,
        }
        made = self.ecs.create_service(
            cluster=self.cluster, serviceName=name, taskDefinition=definition, **asked
        )
        return dict(made["service"])

    def update(self, name: str, **settings: Any) -> dict[str, Any]:
        """Update a service."""
        made = self.ecs.update_service(cluster=self.cluster, service=name, **settings)
        return dict(made["service"])

    def described(self, name: str) -> dict[str, Any]:
        """A service as it is now."""
        found = self.ecs.describe_services(cluster=self.cluster, services=[name])
        return dict(found["services"][0])

    def until(self, name: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The service as soon as it is so."""
        return wait_for(lambda: self.described(name), is_so)

    def tasks(self, name: str, status: str = "RUNNING") -> list[dict[str, Any]]:
        """The tasks of a service that are wanted (or, if ``STOPPED``, are not), the oldest first."""
        arns = self.ecs.list_tasks(cluster=self.cluster, serviceName=name, desiredStatus=status)[
            "taskArns"
        ]
        if not arns:
            return []
        return list(self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"])

    def task(self, arn: str) -> dict[str, Any]:
        """A task as it is now."""
        found = self.ecs.describe_tasks(cluster=self.cluster, tasks=[arn])
        return dict(found["tasks"][0])

    def task_until(self, arn: str, status: str) -> dict[str, Any]:
        """A task as soon as it has come so far."""
        return wait_for(lambda: self.task(arn), lambda task: bool(task["lastStatus"] == status))

    def run(self, definition: str, **settings: Any) -> list[dict[str, Any]]:
        """Run tasks that no service keeps."""
        asked = {"networkConfiguration": self.on_network, "launchType": "FARGATE", **settings}
        begun = self.ecs.run_task(cluster=self.cluster, taskDefinition=definition, **asked)
        assert begun["failures"] == []
        return list(begun["tasks"])

    def until_healthy(self, door: Entrance) -> None:
        """Return as soon as a task takes requests there, and no other one is about to."""
        elbv2 = self.cloud.client("elbv2")
        asked = {"TargetGroupArn": door.group}
        wait_for(
            lambda: dict(elbv2.describe_target_health(**asked)),
            lambda found: (
                [each["TargetHealth"]["State"] for each in found["TargetHealthDescriptions"]]
                == ["healthy"]
            ),
        )

    def entrance(self, name: str, **group: Any) -> Entrance:
        """A target group behind a load balancer of its own."""
        elbv2 = self.cloud.client("elbv2")
        made = elbv2.create_target_group(
            Name=f"{self.cluster}-{name}",
            Protocol="HTTP",
            Port=8080,
            VpcId=self.where.vpc_id,
            TargetType="ip",
            **{
                "HealthCheckPath": "/health",
                "HealthCheckIntervalSeconds": 5,
                "HealthCheckTimeoutSeconds": 2,
                "HealthyThresholdCount": 2,
                "UnhealthyThresholdCount": 2,
                **group,
            },
        )
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "5"}
        elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[delay])
        balancer = load_balancer(self.cloud.client, f"{self.cluster}-{name}", self.where)
        port = free_port()
        listener(self.cloud.client, balancer, port, {"Type": "forward", "TargetGroupArn": arn})
        return Entrance(group=arn, port=port)


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Where requests to a service come in."""

    group: str
    port: int

    @property
    def balancers(self) -> list[dict[str, Any]]:
        """What a service is told of it."""
        return [{"targetGroupArn": self.group, "containerName": "web", "containerPort": 8080}]

    def get(self, path: str = "/", seconds: float = 10) -> tuple[int, str]:
        """Status and body of an answer."""
        url = f"http://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def is_steady(service: dict[str, Any]) -> bool:
    """Whether its one deployment has completed and its tasks run."""
    deployments = service["deployments"]
    return (
        len(deployments) == 1
        and deployments[0]["rolloutState"] == "COMPLETED"
        and service["runningCount"] == service["desiredCount"]
    )


def messages(service: dict[str, Any]) -> list[str]:
    """A service's events, newest first."""
    return [event["message"] for event in service["events"]]


def place(cloud: LocalCloud, name: str) -> Place:
    """A cluster of a name that no other test has, with the app's image beside it."""
    own = unique(name)
    iam = cloud.client("iam")
    try:
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    except iam.exceptions.InvalidInputException:
        iam.get_role(RoleName="AWSServiceRoleForECS")
    role = make_role(iam, own, TRUST)
    cloud.client("ecs").create_cluster(
        clusterName=own, capacityProviders=["FARGATE", "FARGATE_SPOT"]
    )
    image = push(cloud, own)
    return Place(cloud=cloud, cluster=own, where=network(cloud.client), image=image, role=role)


def push(cloud: LocalCloud, repository: str) -> str:
    """Push the app's image; its reference."""
    client = client_of(cloud, repository)
    annotations = {"dev.herogate.base": "host"}
    digest = client.push_image([_layer({"app/program.py": PROGRAM})], annotations=annotations)
    found = cloud.client("ecr").describe_repositories(repositoryNames=[repository])
    return f"{found['repositories'][0]['repositoryUri']}@{digest}"


def _layer(files: Mapping[str, str]) -> bytes:
    """A layer that holds these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content.encode()), 0o644
            archive.addfile(entry, io.BytesIO(content.encode()))
    return gzip.compress(buffer.getvalue())
