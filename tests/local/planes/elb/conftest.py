"""A router for tests: one process for all of them, with a port of its own and no table for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from load_balancing import RunningRouter, free_port

from herogate.local.planes.elb.table import Table


@pytest.fixture(scope="session")
def running() -> Iterator[list[RunningRouter]]:
    """The router that runs at the moment, if any."""
    routers: list[RunningRouter] = []
    yield routers
    for router in routers:
        router.stop()


@pytest.fixture
def router(running: list[RunningRouter]) -> Iterator[RunningRouter]:
    """A router that serves nothing yet. A test may end it."""
    if not running:
        running.append(RunningRouter())
    router = running[0]
    router.port = free_port()
    router.reports.clear()
    yield router
    if router.process.poll() is None:
        assert router.serve(Table()) == {}
    else:
        running.clear()
