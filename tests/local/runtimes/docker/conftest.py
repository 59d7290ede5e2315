"""A cloud in the tests' own process that runs its tasks in docker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docker_engines import need_engine, push_busybox
from inside_cloud import CloudInside, cloud_inside

from herogate.local.runtimes.choice import RuntimeName


@pytest.fixture(scope="session")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudInside]:
    """A cloud for all tests of the docker runtime."""
    need_engine()
    directory = tmp_path_factory.mktemp("docker") / "local"
    with cloud_inside(directory, RuntimeName.DOCKER) as running:
        yield running


@pytest.fixture(scope="session")
def log_group(inside: CloudInside) -> str:
    """Where all tasks write."""
    inside.outside.client("logs").create_log_group(logGroupName="docker")
    return "docker"


@pytest.fixture(scope="session")
def execution_role(inside: CloudInside) -> str:
    """What all tasks are executed as."""
    return inside.role("docker", "ecs-tasks.amazonaws.com")


@pytest.fixture(scope="session")
def busybox(inside: CloudInside) -> str:
    """An image of busybox."""
    return push_busybox(inside.outside, Cmd=["/bin/sh"])
