"""An app in use: asked while it is deployed, its process killed, its cloud killed in mid-deploy."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from deployed_apps import Checkout, checkout, page, plain_app
from local_cloud import LocalCloud, running
from waiting import wait_until

from herogate.local import lifecycle
from herogate.local.directory import Directory

pytestmark = pytest.mark.e2e

RELEASES = "herogate--used--release"
CLUSTER, SERVICE = "herogate--default", "used--web"


@dataclass(frozen=True, kw_only=True)
class App:
    """An app that is live, on a cloud of its own."""

    cloud: LocalCloud
    work: Checkout
    url: str

    def deploy(self, version: str) -> None:
        self.work.commit({"version": version})
        said = self.work.push()
        assert said.code == 0, said.err

    @property
    def releases(self) -> list[dict[str, Any]]:
        """The newest first."""
        return list(json.loads(self.work.herogate("releases", "--json")))

    @property
    def settling_builds(self) -> int:
        """How often the release project was started by anything but a deploy."""
        codebuild = self.cloud.client("codebuild")
        ids = codebuild.list_builds_for_project(projectName=RELEASES)["ids"]
        builds = codebuild.batch_get_builds(ids=ids)["builds"]
        return sum(not each["initiator"].startswith("codepipeline/") for each in builds)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is under way any more."""
        codepipeline = self.cloud.client("codepipeline")
        (name,) = [each["name"] for each in codepipeline.list_pipelines()["pipelines"]]
        executions = codepipeline.list_pipeline_executions(pipelineName=name)
        states = {each["status"] for each in executions["pipelineExecutionSummaries"]}
        return "InProgress" not in states and self.releases[0]["status"] != "pending"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    directory = Directory(tmp_path_factory.mktemp("used") / "local")
    cloud = running(directory)
    try:
        environment = {**cloud.environment, "PATH": os.environ["PATH"], "HEROGATE_APP": "used"}
        work = checkout(tmp_path_factory.mktemp("work") / "app", environment)
        work.herogate("spaces:create")
        work.herogate("create", "used")
        made = App(cloud=cloud, work=work, url=work.herogate("open", "--print").strip())
        work.commit(plain_app("v1"))
        made.deploy("v1")
        yield made
    finally:
        lifecycle.stop(directory)


@contextmanager
def asked_all_the_time(*ask: Callable[[], bytes]) -> Iterator[list[bytes]]:
    """Clients that ask without a pause; what they were answered. A failure fails the test."""
    answers: list[bytes] = []
    over = threading.Event()

    def client(ask: Callable[[], bytes]) -> None:
        while not over.is_set():
            answers.append(ask())

    with ThreadPoolExecutor(len(ask)) as clients:
        futures = [clients.submit(client, each) for each in ask]
        try:
            yield answers
        finally:
            over.set()
    for each in futures:
        each.result()


def test_nobody_notices_a_deploy(app: App) -> None:
    address = urlsplit(app.url)
    kept = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)

    def over_one_connection() -> bytes:
        kept.request("GET", "/")
        answer = kept.getresponse()
        assert answer.status == 200
        return answer.read()

    def over_a_new_one(path: str = "/") -> bytes:
        with urllib.request.urlopen(app.url + path, timeout=30) as answer:
            return bytes(answer.read())

    def slowly() -> bytes:
        return over_a_new_one("/slow/5")

    with asked_all_the_time(over_one_connection, over_a_new_one, slowly, slowly) as answers:
        app.deploy("v2")
        app.deploy("v3")
    kept.close()

    assert set(answers) == {b"v1", b"v2", b"v3"}
    assert page(app.url) == "v3"


def test_a_process_that_dies_is_told_of_and_replaced(app: App) -> None:
    ecs = app.cloud.client("ecs")
    (before,) = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]
    version = page(app.url)

    assert page(f"{app.url}/exit") is None
    wait_until(lambda: page(app.url) == version)
    ecs.get_waiter("tasks_stopped").wait(cluster=CLUSTER, tasks=[before])
    (dead,) = ecs.describe_tasks(cluster=CLUSTER, tasks=[before])["tasks"]
    ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[SERVICE])
    (after,) = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]

    assert (dead["stopCode"], dead["stoppedReason"], dead["containers"][0]["exitCode"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
        3,
    )
    assert after != before


def test_a_release_is_settled_after_the_command_that_began_it_and_a_deploy_settles_its_own(
    app: App,
) -> None:
    app.deploy("before the change")
    before = app.settling_builds
    app.work.herogate("config:set", "COLOUR=green")

    wait_until(lambda: app.is_settled)
    assert app.releases[0]["status"] == "succeeded"
    app.deploy("after the change")
    assert app.settling_builds == before + 1


def test_after_a_kill_in_mid_release_it_is_settled_and_the_next_push_goes_live(app: App) -> None:
    directory = app.cloud.directory
    app.work.commit({"version": "killed"})
    before = page(app.url)
    pushing = subprocess.Popen(
        ["git", "push", "herogate", "main"],
        cwd=app.work.path,
        env=app.work.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    with pushing:
        assert pushing.stderr is not None
        next(line for line in pushing.stderr if "Launching" in line)
        os.kill(directory.control_pid() or 0, signal.SIGKILL)
        pushing.stderr.read()
    wait_until(lambda: not directory.is_locked())
    running(directory)

    wait_until(lambda: app.is_settled)
    live = next(each for each in app.releases if each["status"] == "succeeded")
    is_new = live["commit"] == app.work.git("rev-parse", "HEAD")
    wait_until(lambda: page(app.url) == ("killed" if is_new else before))
    app.deploy("after")
    assert page(app.url) == "after"
