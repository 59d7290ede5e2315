"""A working day of people who may do what the docs say their job takes, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from deployed_apps import Checkout, checkout, plain_app
from local_cloud import LocalCloud, running
from roles import make_role

from herogate.local import lifecycle
from herogate.local.directory import Directory
from stacks.people import Job

pytestmark = pytest.mark.e2e


@dataclass(frozen=True, kw_only=True)
class Office:
    """A cloud, a checkout, and people to work with them."""

    cloud: LocalCloud
    path: Path

    def person(self, job: Job) -> Checkout:
        """Somebody at the checkout who may do a job."""
        me = self.cloud.client("sts").get_caller_identity()["Arn"]
        allowed = {"Effect": "Allow", "Principal": {"AWS": me}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        policy = json.dumps(job.policy)
        arn = make_role(self.cloud.client("iam"), f"person-{job}", trust, policy)
        session = self.cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="monday")
        return checkout(self.path, self._environment(session["Credentials"]))

    @property
    def denied(self) -> list[tuple[str, str, str]]:
        """What was denied to whom."""
        entries = map(json.loads, self.cloud.directory.access_record.read_text().splitlines())
        return [
            (entry["role"], entry["action"], entry["resource"])
            for entry in entries
            if not entry.get("allowed", True)
        ]

    def _environment(self, key: Mapping[str, str]) -> dict[str, str]:
        hidden = ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
        kept = {name: value for name, value in self.cloud.environment.items() if name not in hidden}
        return {
            **kept,
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": self.cloud.endpoint_url,
            "AWS_REGION": self.cloud.region,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_SESSION_TOKEN": key["SessionToken"],
            "HEROGATE_APP": "office",
        }


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    directory = Directory(tmp_path / "local")
    yield Office(cloud=running(directory), path=tmp_path / "app")
    lifecycle.stop(directory)


def test_each_job_takes_no_more_than_its_policy(office: Office) -> None:
    spaces = office.person(Job.SPACES)
    spaces.herogate("spaces:create")

    apps = office.person(Job.APPS)
    apps.herogate("create", "office")

    deploy = office.person(Job.DEPLOY)
    deploy.commit(plain_app("v1"))
    assert "Released v1" in deploy.push().err
    deploy.herogate("builds")

    operate = office.person(Job.OPERATE)
    operate.herogate("config:set", "GREETING=hello")
    operate.herogate("ps:wait")
    assert operate.herogate("config:get", "GREETING") == "hello\n"
    operate.herogate("scale", "worker=1")
    operate.herogate("ps:wait")
    operate.herogate("ps")
    operate.herogate("logs", "--num", "5")
    assert operate.herogate("run", "echo $GREETING") == "hello\n"
    operate.herogate("schedule:add", "rate(1 hour)", "--", "true")
    operate.herogate("schedule")
    operate.herogate("maintenance:on")
    operate.herogate("maintenance:off")
    operate.herogate("restart", "worker")
    operate.herogate("rollback", "v1")
    operate.herogate("releases")

    apps.herogate("info")
    apps.herogate("destroy", "--confirm", "office")
    spaces.herogate("spaces:destroy", "default", "--confirm", "default")
    assert office.denied == []


def test_what_is_no_part_of_a_job_is_refused_with_awss_reason(office: Office) -> None:
    operate = office.person(Job.OPERATE)
    said = operate.run("herogate", "spaces:create")
    assert said.code != 0
    assert "lacks a permission" in said.err
    assert [action for _, action, _ in office.denied] == ["iam:ListRoles"]
