"""Builds that are asked for while the cloud comes up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from building import building
from local_cloud import running

from herogate.local import lifecycle
from herogate.local.directory import Directory

AT_ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=60)
QUICK = "version: 0.2\nphases: {build: {commands: [echo]}}\n"


def test_a_build_asked_for_while_the_cloud_comes_up_is_not_taken_for_one_of_before(
    directory: Directory,
) -> None:
    builds = building(running(directory), "coming-up")
    project = builds.project("early", QUICK)
    codebuild = builds.cloud.client("codebuild", config=AT_ONCE)

    def build() -> str:
        while True:
            try:
                return str(codebuild.start_build(projectName=project)["build"]["id"])
            except EndpointConnectionError:
                continue

    lifecycle.stop(directory)
    with ThreadPoolExecutor() as meanwhile:
        begun = meanwhile.submit(build)
        running(directory)

    assert builds.ended(begun.result())["buildStatus"] == "SUCCEEDED"
