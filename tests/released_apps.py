"""Apps released without a build: images of one small program, pushed and declared by the test."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from host_images import ARCHITECTURE, HOST_BASE, layer
from local_cloud import LocalCloud
from registries import OCI_IMAGE, Client, digest_of, image_of
from waiting import eventually, wait_until

from herogate import Platform
from herogate.aws.session import Session
from herogate.engine import release_changes
from herogate.engine.release_changes import Draft
from herogate.models import Architecture, ProcessState, Release, Slug

PROGRAM = """\
import http.server, os, signal, sys

signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))
mode, said = sys.argv[1], " ".join(sys.argv[2:])
print(mode, said, flush=True)
if mode == "crash":
    for line in range(20):
        print("line", line, flush=True)
    sys.exit(int(said))
if mode == "say":
    sys.exit(0)
if mode == "work":
    signal.pause()

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = os.environ.get(self.path[1:], said).encode()
        self.send_response(500 if mode == "ill" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""
"""``serve <text>``, ``ill <text>``, ``work``, ``say <text>`` or ``crash <code>``."""


def command(*words: str) -> str:
    """A Procfile's command that runs the program."""
    return " ".join([sys.executable, "program.py", *words])


@dataclass(frozen=True, kw_only=True)
class ReleasedApp:
    """An app of a test's own."""

    aws: LocalCloud
    platform: Platform
    name: str
    lines: list[str] = field(default_factory=list)

    def slug(self, health_check_path: str | None = None, **process_types: str) -> Slug:
        """A slug of a new image, with these process types."""
        return Slug(
            image_digest=self._push_image(),
            architecture=Architecture.X86_64 if ARCHITECTURE == "amd64" else Architecture.ARM64,
            process_types=process_types,
            health_check_path=health_check_path,
        )

    def declare(self, health_check_path: str | None = None, **process_types: str) -> Release:
        """Declare the deploy of a slug with these process types."""
        slug, commit = self.slug(health_check_path, **process_types), uuid4().hex
        return self.platform.rollouts.declare(
            self.name,
            lambda base: release_changes.deploy(base, slug=slug, commit=commit, user="ada"),
        )

    def set(self, key: str, value: str) -> Release:
        """Declare a config var."""
        parameter = f"/herogate/{self.name}/config/{key}/{uuid4().hex}"
        self.client("ssm").put_parameter(Name=parameter, Value=value, Type="SecureString")

        def change(base: Release | None) -> Draft:
            return Draft(
                description=f"Set {key} config vars",
                user="ada",
                slug=None if base is None else base.slug,
                commit=None if base is None else base.commit,
                config={**({} if base is None else base.config), key: parameter},
                formation={} if base is None else base.formation,
            )

        return self.platform.rollouts.declare(self.name, change)

    def follow(self, release: Release) -> Release:
        """Bring a release to its end; what it says is in `lines`."""
        return drained(self.platform.rollouts.follow(self.name, release.number), self.lines)

    def deploy(self, health_check_path: str | None = None, **process_types: str) -> Release:
        """Declare and follow."""
        return self.follow(self.declare(health_check_path, **process_types))

    def client(self, service: str) -> Any:
        return self.aws.client(service, region_name=self.platform.region)

    def page(self, path: str = "") -> str:
        """What the app answers, as soon as it answers at all."""
        url = f"{self.platform.apps.info(self.name).web_url}/{path}"

        def look() -> str | None:
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return str(answer.read().decode())
            except OSError:
                return None

        return eventually(look)

    @property
    def asked_for(self) -> str:
        """What the load balancer asks the app's web processes for."""
        found = self.client("elbv2").describe_target_groups(Names=[f"hg-{self.name}"])
        return str(found["TargetGroups"][0]["HealthCheckPath"])

    def scale(self, process_type: str, count: int) -> None:
        """Say how many processes of a type there are to be, and wait until they are."""
        service = f"{self.name}--{process_type}"
        self.client("ecs").update_service(
            cluster="herogate--default", service=service, desiredCount=count
        )
        wait_until(lambda: self._up(process_type) == count)

    @property
    def running(self) -> dict[str, str | None] | None:
        """The command of each process type; None while some start, stop, or are of two minds."""
        found = self.platform.processes.all(self.name)
        commands = {process.type: process.command for process in found}
        whole = all(process.state is ProcessState.UP for process in found)
        return commands if whole and len(commands) == len(found) else None

    def one_offs(self, kind: str) -> list[str]:
        """The one-off processes of a kind that have ended."""
        found = self.client("ecs").list_tasks(
            cluster="herogate--default",
            family=f"herogate--{self.name}--{kind}",
            desiredStatus="STOPPED",
        )
        return sorted(found["taskArns"])

    def _up(self, process_type: str) -> int:
        found = self.platform.processes.all(self.name, type=process_type)
        return sum(process.state is ProcessState.UP for process in found)

    @property
    def session(self) -> Session:
        return Session(region=self.platform.region)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many processes of each type there are to be."""
        services = [f"{self.name}--{name}" for name in ("web", "worker", "clock")]
        found = self.client("ecs").describe_services(cluster="herogate--default", services=services)
        return {
            service["serviceName"].partition("--")[2]: service["desiredCount"]
            for service in found["services"]
            if service["status"] == "ACTIVE"
        }

    @property
    def statuses(self) -> list[tuple[str, str, str]]:
        """Every release: version, description, what became of it; the newest first."""
        return [
            (release.version, release.description.split()[0], str(release.status))
            for release in self.platform.releases.all(self.name)
        ]

    @property
    def registry(self) -> Client:
        """The app's images, as docker sees them."""
        ecr = self.client("ecr")
        granted = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        return Client(
            address=self.aws.endpoint_url,
            repository=f"{self.platform.region}/herogate/{self.name}",
            headers={"Authorization": f"Basic {granted}"},
        )

    def _push_image(self) -> str:
        client = self.registry
        files = layer({"app/program.py": PROGRAM, "app/version": uuid4().hex})
        settings = {"WorkingDir": "/app"}
        config = json.dumps({"os": "linux", "architecture": ARCHITECTURE, "config": settings})
        text = image_of(
            {"digest": client.push_blob(config.encode()), "size": len(config)},
            [{"digest": client.push_blob(files), "size": len(files)}],
            annotations=HOST_BASE,
        )
        put = client.call("PUT", f"manifests/{digest_of(text)}", text, Content_Type=OCI_IMAGE)
        assert put.status == 201, put.body
        return digest_of(text)


def drained(steps: Generator[str, None, Release], lines: list[str]) -> Release:
    """Take steps to their end."""
    while True:
        try:
            lines.append(next(steps))
        except StopIteration as end:
            ended: Release = end.value
            return ended
