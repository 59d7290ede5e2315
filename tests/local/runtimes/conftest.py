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
def execution_role(inside: CloudInside) -> str:
    """What all tasks are executed as; their log group is made with it."""
    inside.outside.client("logs").create_log_group(logGroupName="runtimes")
    return inside.role("runtimes", "ecs-tasks.amazonaws.com")


@pytest.fixture
def tasks(inside: CloudInside, execution_role: str) -> Iterator[Tasks]:
    """Starts tasks, which end with the test."""
    started = Tasks(inside, execution_role, "runtimes")
    yield started
    started.end_all()
