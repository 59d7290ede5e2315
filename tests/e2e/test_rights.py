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

import pytest
from building import Building
from deployed_apps import Checkout, checkout, page, plain_app, wait_until
from local_cloud import LocalCloud, running
from released_apps import ReleasedApp

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
        import base64, hashlib, os, urllib.request
        import boto3
        (login,) = boto3.client("ecr").get_authorization_token()["authorizationData"]
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


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    directory = Directory(tmp_path_factory.mktemp("rights") / "local")
    cloud = running(directory)
    environment = {**cloud.environment, "PATH": os.environ["PATH"], "HEROGATE_APP": APP}
    work = checkout(tmp_path_factory.mktemp("work") / "app", environment)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.environment.items():
            patch.setenv(name, value)
        try:
            work.herogate("spaces:create")
            work.herogate("create", APP)
            yield Deployed(cloud=cloud, work=work, platform=Platform())
        finally:
            lifecycle.stop(directory)


def test_a_formation_that_could_not_be_made_is_taken_back_and_made_by_the_next_push(
    deployed: Deployed,
) -> None:
    with without_load_balancer(deployed.cloud):
        said = deployed.push("v1", release=PREPARE, web="python web.py", clock="python worker.py")
    assert "could not make the processes' services" in said

    said = deployed.push("v1", release=PREPARE, web="python web.py")
    assert "prepared" in said
    assert "Released v" in said
    assert (deployed.live, deployed.denied) == ("v1", [])


def test_processes_of_a_new_type_join_and_what_no_release_needs_any_more_is_deleted(
    deployed: Deployed,
) -> None:
    images = deployed.cloud.client("ecr").list_images(repositoryName=f"herogate/{APP}")["imageIds"]
    assert "Released v" in deployed.push("v2", web="python web.py", clock="python worker.py")
    app = ReleasedApp(aws=deployed.cloud, platform=deployed.platform, name=APP)
    for number in range(KEPT_RELEASES + 2):
        app.set("NUMBER", str(number))
    assert "Released v" in deployed.push("v3", web="python web.py", clock="python worker.py")

    left = deployed.cloud.client("ecr").list_images(repositoryName=f"herogate/{APP}")["imageIds"]
    first = {image["imageDigest"] for image in images} - {image["imageDigest"] for image in left}
    assert first
    assert (deployed.live, deployed.denied) == ("v3", [])


def test_what_crashes_is_diagnosed_and_what_never_comes_up_is_stopped(deployed: Deployed) -> None:
    said = deployed.push("v4", web="python -c 'print(\"no luck\"); exit(4)'")
    assert "exited with code 4" in said
    assert "no luck" in said

    deployed.work.commit({"Procfile": "web: sleep 600\n", "version": "v5"})
    with subprocess.Popen(
        ["git", "push", "herogate", "main"],
        cwd=deployed.work.path,
        env=deployed.work.environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as pushing:
        wait_until(lambda: begun_long_ago(deployed.cloud), seconds=120)
        _, said = pushing.communicate(timeout=120)
    assert "was not found healthy" in said
    assert (deployed.live, deployed.denied) == ("v3", [])


def test_docker_may_push_and_pull_by_pieces_in_a_build(deployed: Deployed) -> None:
    codebuild = deployed.cloud.client("codebuild")
    builds = Building(cloud=deployed.cloud, codebuild=codebuild, role="")
    build = builds.build(
        f"herogate--{APP}--build",
        sourceTypeOverride="NO_SOURCE",
        artifactsOverride={"type": "NO_ARTIFACTS"},
        buildspecOverride=AS_DOCKER,
    )
    assert (build["buildStatus"], builds.said(build)) == ("SUCCEEDED", ["a layer"])
    assert deployed.denied == []
