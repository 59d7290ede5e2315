"""A cloud in the tests' own process, and tasks started on it without a scheduler."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from inside_cloud import CloudInside, cloud_inside
from tasks_at_work import Tasks


@pytest.fixture(scope="session")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudInside]:
    """A cloud for all tests of runtimes."""
    with cloud_inside(tmp_path_factory.mktemp("inside") / "local") as running:
        yield running


@pytest.fixture(scope="session")
def log_group(inside: CloudInside) -> str:
    """Where all tasks write; its name is no other's, for moto is one for all clouds of a process."""
    inside.outside.client("logs").create_log_group(logGroupName="runtimes")
    return "runtimes"


@pytest.fixture(scope="session")
def execution_role(inside: CloudInside) -> str:
    """What all tasks are executed as."""
    return inside.role("runtimes", "ecs-tasks.amazonaws.com")


@pytest.fixture
def tasks(inside: CloudInside, execution_role: str, log_group: str) -> Iterator[Tasks]:
    """Starts tasks, which end with the test."""
    started = Tasks(inside, execution_role, log_group)
    yield started
    started.end_all()
