"""Every command, done by people who may do what the docs say that it takes, and nothing else."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from deployed_apps import Checkout, checkout, plain_app
from local_cloud import LocalCloud, running
from roles import make_role

from herogate import Platform
from herogate.cli import registry
from herogate.engine.addresses import Addresses
from herogate.local import lifecycle
from herogate.local.directory import Directory
from stacks.people import Job

pytestmark = pytest.mark.e2e

PERMISSIONS = Path(__file__).parents[2] / "docs" / "permissions.md"

BEGINNING = (
    "spaces:create --dry-run",
    "spaces:create",
    "spaces",
    "spaces:info",
    "apps:create office --dry-run",
    "apps:create office",
    "apps",
    "apps:info",
    "apps:open --print",
    "buildpacks",
    "git:remote",
)
DAY = (
    "builds",
    "builds:info",
    "builds:output",
    "git:clone copy",
    "releases",
    "releases:info",
    "releases:output",
    "ps",
    "logs --num 5",
    "config:set GREETING=hello OTHER=1",
    "config:unset OTHER",
    "config:edit --yes",
    "ps:wait",
    "config",
    "config:get GREETING",
    "ps:scale worker=1",
    "ps:type worker=standard-2x",
    "ps:options worker --stop-timeout 20",
    "ps:wait",
    "ps:restart worker",
    "ps:stop worker",
    "ps:wait",
    "run 'echo $GREETING'",
    "run:detached true",
    "schedule:add 'cron(0 3 * * ? *)' -- true",
    "schedule",
    "schedule:run {schedule}",
    "schedule:remove {schedule}",
    "maintenance:on",
    "maintenance",
    "maintenance:off",
    "releases:rollback v1",
    "releases:retry",
    "container:push",
    "container:release --dry-run",
    "container:release",
    "ps:wait",
    "buildpacks:set heroku/python",
    "buildpacks:clear",
    "domains:add www.example.com",
    "domains",
    "domains:info www.example.com",
    "domains:wait www.example.com",
    "domains:remove www.example.com",
    "domains:clear",
    "certs",
    "certs:auto",
    "apps:update --yes --deregistration-delay 20",
    "apps:update --dry-run --deregistration-delay 30",
    "spaces:update --yes --log-retention 30",
    "stacks:export office",
    "stacks:export --space default",
)
FULL = (
    "apps:create annex --no-remote",
    "apps:info -a annex",
    "apps:destroy annex --confirm annex",
)
AT_A_DOMAIN = (
    "spaces:create safe --domain apps.example.com",
    "apps:create vault --space safe --no-remote",
    "domains:add www.example.com -a vault",
    "domains:wait -a vault",
    "certs -a vault",
    "certs:auto:disable -a vault",
    "certs:auto:enable -a vault",
    "certs:auto:refresh -a vault",
    "domains:update www.example.com --cert {certificate} -a vault",
    *(f"domains:add {name}.example.com -a vault" for name in ("a", "b", "c", "d", "e")),
    "domains -a vault",
    "domains:clear -a vault",
    "domains:add shop.example.com -a vault",
    "apps:destroy vault --confirm vault",
    "spaces:destroy safe --confirm safe",
)
END = (
    "apps:destroy office --dry-run",
    "apps:destroy office --confirm office",
    "spaces:destroy default --confirm default",
)

DOCKER = """\
import base64, os, pathlib, sys, urllib.parse, urllib.request
words = sys.argv[1:]
if words[:2] == ["context", "inspect"]:
    print("unix:///nowhere")
if words[0] != "--config":
    sys.exit()
password = pathlib.Path(words[1], "password")
if "login" in words:
    sys.exit(password.write_text(sys.stdin.read()) * 0)
host, _, rest = words[-1].partition("/")
name, _, tag = rest.rpartition(":")
key = base64.b64encode(b"AWS:" + password.read_bytes()).decode()
def call(method, path, body=None, **headers):
    url = urllib.parse.urljoin(f"http://{host}/v2/{name}/", path)
    request = urllib.request.Request(url, body, headers, method=method)
    request.add_header("Authorization", f"Basic {key}")
    return urllib.request.urlopen(request)
blob = f"blobs/{os.environ['CONFIGURATION']}"
upload = call("POST", "blobs/uploads/").headers["Location"]
upload = call("PATCH", upload, call("GET", blob).read()).headers["Location"]
call("PUT", f"{upload}?digest={os.environ['CONFIGURATION']}", b"")
image = call("GET", f"manifests/{os.environ['IMAGE']}")
call("PUT", f"manifests/{tag}", image.read(), **{"Content-Type": image.headers["Content-Type"]})
"""
"""Asks a registry for what docker asks it for, to push under another tag what is there already."""


@cache
def jobs() -> Mapping[str, tuple[Job, ...]]:
    """What the docs say each command takes."""
    rows = re.findall(r"^\| (`.+) \| (.+) \|$", PERMISSIONS.read_text(), flags=re.MULTILINE)
    return {
        command: tuple(map(Job, re.findall(r"`(\w+)`", told)))
        for commands, told in rows
        for command in re.findall(r"`([a-z:]+)`", commands)
    }


@dataclass(frozen=True, kw_only=True)
class Office:
    """A cloud, a checkout, and people to work with them."""

    cloud: LocalCloud
    path: Path
    people: dict[tuple[Job, ...], Checkout]

    def person(self, *able: Job) -> Checkout:
        """Somebody at the checkout who may do these jobs."""
        if able not in self.people:
            self.people[able] = checkout(self.path, self._environment(self._hired(*able)))
        return self.people[able]

    def do(self, line: str, **more: str) -> str:
        """What a command answers to somebody who may do what it takes and nothing else."""
        words = shlex.split(line)
        able = self.person(*jobs()[words[0]])
        person = Checkout(path=able.path, environment={**able.environment, **more})
        return person.herogate(*words)

    def image(self) -> dict[str, str]:
        """Where the image that was built lies in the registry."""
        ecr = self.cloud.client("ecr")
        (built,) = (
            each
            for each in ecr.list_images(repositoryName="herogate/office")["imageIds"]
            if not each.get("imageTag", "cache").startswith("cache")
        )
        (found,) = ecr.batch_get_image(repositoryName="herogate/office", imageIds=[built])["images"]
        configuration = json.loads(found["imageManifest"])["config"]["digest"]
        return {"IMAGE": built["imageDigest"], "CONFIGURATION": configuration}

    def fill(self) -> None:
        """Give the places at the space's load balancer that are left to apps that nobody makes."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.cloud.environment.items():
                patch.setenv(name, value)
            spaces = Platform().spaces
            stack = spaces.stack("default")
            ledger, places = spaces.ledger(stack), Addresses(stack).places("filler")
            for number in range(len(places) - len(ledger.apps())):
                ledger.allocate(f"filler-{number}", places)

    @property
    def denied(self) -> list[tuple[str, str, str]]:
        """What was denied to whom."""
        entries = map(json.loads, self.cloud.directory.access_record.read_text().splitlines())
        return [
            (entry["role"], entry["action"], entry["resource"])
            for entry in entries
            if not entry.get("allowed", True)
        ]

    def _hired(self, *able: Job) -> Mapping[str, str]:
        me = self.cloud.client("sts").get_caller_identity()["Arn"]
        allowed = {"Effect": "Allow", "Principal": {"AWS": me}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        whole = [statement for job in able for statement in job.policy["Statement"]]
        policy = json.dumps({"Version": "2012-10-17", "Statement": whole})
        name = f"person-{'-and-'.join(able)}"
        arn = make_role(self.cloud.client("iam"), name, trust, policy)
        session = self.cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="monday")
        key: Mapping[str, str] = session["Credentials"]
        return key

    def _environment(self, key: Mapping[str, str]) -> dict[str, str]:
        hidden = ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
        kept = {name: value for name, value in self.cloud.environment.items() if name not in hidden}
        return {
            **kept,
            "PATH": f"{self.path.parent / 'bin'}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.cloud.endpoint_url,
            "AWS_REGION": self.cloud.region,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_SESSION_TOKEN": key["SessionToken"],
            "HEROGATE_APP": "office",
            "EDITOR": "sed -i s/hello/good-day/",
        }


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f"#!{sys.executable}\n{DOCKER}")
    docker.chmod(0o755)
    directory = Directory(tmp_path / "local")
    yield Office(cloud=running(directory), path=tmp_path / "app", people={})
    lifecycle.stop(directory)


def test_the_docs_say_of_every_command_which_jobs_it_takes() -> None:
    assert sorted(jobs()) == list(registry.names())


def test_whatever_takes_a_job_is_done_by_somebody_who_has_that_job_only() -> None:
    done = {line.split()[0] for line in (*BEGINNING, *DAY, *FULL, *AT_A_DOMAIN, *END)}
    assert done == {command for command, able in jobs().items() if able}


def test_each_job_takes_no_more_than_its_policy(office: Office) -> None:
    for line in BEGINNING:
        office.do(line)
    deploy = office.person(Job.DEPLOY)
    app = plain_app("v1")
    deploy.commit({**app, "Procfile": f"{app['Procfile']}release: echo prepared\n"})
    assert "Released v1" in deploy.push().err
    (deploy.path / "Dockerfile").write_text("FROM scratch\n")
    image, schedule = office.image(), ""
    for line in DAY:
        office.do(line.format(schedule=schedule), **image)
        if line.startswith("schedule:add"):
            (found,) = json.loads(office.do("schedule --json"))
            schedule = found["id"]
    for line in END:
        office.do(line)
    assert office.denied == []


def test_a_space_that_is_full_takes_no_more_either(office: Office) -> None:
    office.do("spaces:create")
    office.fill()
    for line in FULL:
        office.do(line)
    assert office.denied == []


def test_a_space_with_a_domain_takes_no_more_either(web_ports: None, office: Office) -> None:
    acm = office.cloud.client("acm")
    certificate = acm.request_certificate(DomainName="*.example.com")["CertificateArn"]
    acm.get_waiter("certificate_validated").wait(
        CertificateArn=certificate, WaiterConfig={"Delay": 1}
    )
    for line in AT_A_DOMAIN:
        office.do(line.format(certificate=certificate))
    assert office.denied == []


def test_what_is_no_part_of_a_job_is_refused_with_awss_reason(office: Office) -> None:
    operate = office.person(Job.OPERATE)
    said = operate.run("herogate", "spaces:create")
    assert said.code != 0
    assert "lacks a permission" in said.err
    assert [action for _, action, _ in office.denied] == ["iam:ListRoles"]
