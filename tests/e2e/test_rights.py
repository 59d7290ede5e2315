"""What the roles of an app do on bad days, too: none is ever denied what Herogate needs of it.

Whatever of a role's rights the rest of these tests does not use, something here does.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from building import Building
from deployed_apps import Checkout, checkout, page, plain_app
from local_cloud import LocalCloud, running
from released_apps import ReleasedApp
from waiting import wait_until

from herogate import Platform
from herogate.local import lifecycle
from herogate.local.directory import Directory

pytestmark = pytest.mark.e2e

PREPARE = "python -c 'print(\"prepared\")'"
APP, CLUSTER, TABLE = "rights", "herogate--default", "herogate--default--ledger"
KEPT_RELEASES = 30

AS_DOCKER = """\
version: 0.2
phases:
  build:
    commands:
      - |
        python3 - <<'PROGRAM'
        import hashlib, json, os, subprocess, urllib.request
        told = subprocess.check_output(["aws", "ecr", "get-authorization-token"])
        (login,) = json.loads(told)["authorizationData"]
        blobs = os.environ["HEROGATE_IMAGE_REPOSITORY"].partition("/")[2] + "/blobs/"
        def call(method, path, body=None):
            url = path if path.startswith("http") else login["proxyEndpoint"] + path
            request = urllib.request.Request(url, body, method=method)
            request.add_header("Authorization", "Basic " + login["authorizationToken"])
            return urllib.request.urlopen(request)
        layer = b"a layer"
        digest = "sha256:" + hashlib.sha256(layer).hexdigest()
        upload = call("POST", "/v2/" + blobs + "uploads/").headers["Location"]
        upload = call("PATCH", upload, layer).headers["Location"]
        call("PUT", upload + "?digest=" + digest, b"")
        print(call("GET", "/v2/" + blobs + digest).read().decode())
        PROGRAM
"""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """An app and where it is pushed from."""

    cloud: LocalCloud
    work: Checkout
    platform: Platform

    def push(self, version: str, **process_types: str) -> str:
        """Push a version; what is said of it."""
        procfile = "".join(f"{name}: {command}\n" for name, command in process_types.items())
        self.work.commit({**plain_app(version), "Procfile": procfile})
        return self.work.push().err

    @property
    def live(self) -> str | None:
        """What the app's page says."""
        url = self.platform.apps.info(APP).web_url
        return None if url is None else page(url)

    @property
    def images(self) -> set[str]:
        """The digests of the app's images."""
        ecr = self.cloud.client("ecr")
        listed = ecr.list_images(repositoryName=f"herogate/{APP}")["imageIds"]
        return {image["imageDigest"] for image in listed}

    @property
    def denied(self) -> list[tuple[str, str]]:
        """What was denied to roles: who wanted to do what."""
        entries = map(json.loads, self.cloud.directory.access_record.read_text().splitlines())
        return [(e["role"], e["action"]) for e in entries if not e.get("allowed", True)]


@contextmanager
def without_load_balancer(cloud: LocalCloud) -> Iterator[None]:
    """Have the app's target group behind no load balancer: ECS refuses a service of it."""
    elb = cloud.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    nothing = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    arn, forward = listener["ListenerArn"], listener["DefaultActions"]
    elb.modify_listener(ListenerArn=arn, DefaultActions=[nothing])
    yield
    elb.modify_listener(ListenerArn=arn, DefaultActions=forward)


def begun_long_ago(cloud: LocalCloud) -> bool:
    """Have the rollout of the newest release begun an hour ago; False while there is none."""
    dynamodb = cloud.client("dynamodb")
    newest = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :release)",
        ExpressionAttributeValues={":pk": {"S": f"app/{APP}"}, ":release": {"S": "release/"}},
        ScanIndexForward=False,
        Limit=1,
    )["Items"][0]
    told = json.loads(newest["release"]["S"])
    begun = told["progress"]["begun"]
    if not begun or newest["status"]["S"] != "pending":
        return False
    for each in begun.values():
        each["at"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    dynamodb.put_item(TableName=TABLE, Item={**newest, "release": {"S": json.dumps(told)}})
    return True


def fail_to_be_born(app: Deployed) -> None:
    """A formation cannot be made; what was made of it goes, and the next push makes it anew."""
    with without_load_balancer(app.cloud):
        said = app.push("v1", release=PREPARE, web="python web.py", clock="python worker.py")
    assert "could not make the processes' services" in said
    said = app.push("v1", release=PREPARE, web="python web.py")
    assert "prepared" in said
    assert "Released v" in said
    assert app.live == "v1"


def grow_and_grow_old(app: Deployed) -> None:
    """Processes of a new type join; what none of the last thirty releases needs is deleted."""
    first = app.images
    assert "Released v" in app.push("v2", web="python web.py", clock="python worker.py")
    releasing = ReleasedApp(aws=app.cloud, platform=app.platform, name=APP)
    for number in range(KEPT_RELEASES + 2):
        releasing.set("NUMBER", str(number))
    assert "Released v" in app.push("v3", web="python web.py", clock="python worker.py")
    assert first - app.images
    assert app.live == "v3"


def crash(app: Deployed) -> None:
    """What crashes is diagnosed."""
    said = app.push("v4", web="python -c 'print(\"no luck\"); exit(4)'")
    assert "exited with code 4" in said
    assert "no luck" in said


def never_come_up(app: Deployed) -> None:
    """What takes too long is stopped."""
    app.work.commit({"Procfile": "web: sleep 600\n", "version": "v5"})
    with subprocess.Popen(
        ["git", "push", "herogate", "main"],
        cwd=app.work.path,
        env=app.work.environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as pushing:
        wait_until(lambda: begun_long_ago(app.cloud))
        _, said = pushing.communicate(timeout=120)
    assert "was not found healthy" in said
    assert app.live == "v3"


def build_with_docker(app: Deployed) -> None:
    """docker pushes and pulls by pieces, in a build."""
    codebuild = app.cloud.client("codebuild")
    builds = Building(cloud=app.cloud, codebuild=codebuild, role="")
    build = builds.build(
        f"herogate--{APP}--build",
        sourceTypeOverride="NO_SOURCE",
        artifactsOverride={"type": "NO_ARTIFACTS"},
        buildspecOverride=AS_DOCKER,
    )
    assert (build["buildStatus"], builds.said(build)) == ("SUCCEEDED", ["a layer"])


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    directory = Directory(tmp_path / "local")
    cloud = running(directory)
    environment = {**cloud.environment, "PATH": os.environ["PATH"], "HEROGATE_APP": APP}
    work = checkout(tmp_path / "app", environment)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.environment.items():
            patch.setenv(name, value)
        try:
            work.herogate("spaces:create")
            work.herogate("create", APP)
            yield Deployed(cloud=cloud, work=work, platform=Platform())
        finally:
            lifecycle.stop(directory)


def test_on_bad_days_no_role_of_an_app_is_denied_what_it_must_do(deployed: Deployed) -> None:
    for happening in (fail_to_be_born, grow_and_grow_old, crash, never_come_up, build_with_docker):
        happening(deployed)
        assert deployed.denied == []
