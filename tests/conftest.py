"""What all tests share: real local clouds, started and stopped as a user would."""

from __future__ import annotations

import fcntl
import gc
import socket
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from local_cloud import LocalCloud, running

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.runtimes.choice import RuntimeName


def pytest_configure() -> None:
    """Look for garbage seldom: what is collected and imported stays, and is much."""
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Half as many again as there are processors: tests wait for health checks and drains, too."""
    processors = yield
    return processors + processors // 2


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    """A directory for a local cloud of the test's own, which is stopped afterwards."""
    own = Directory(tmp_path / "local")
    yield own
    lifecycle.stop(own)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """One local cloud for the whole session; tests use names of their own on it."""
    shared = Directory(tmp_path_factory.mktemp("cloud") / "local")
    yield running(shared)
    lifecycle.stop(shared)


@pytest.fixture
def web_ports() -> Iterator[None]:
    """80 and 443, which one test of a machine has at a time; skips it where others have them."""
    with Path(__file__).open() as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        try:
            for port in (80, 443):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            pytest.skip(f"Ports 80 and 443 of this machine cannot be opened: {error}")
        yield


@pytest.fixture(scope="session")
def docker_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """One local cloud in docker for the whole session, of which nothing is left afterwards."""
    from docker_engines import containers_of, need_engine  # it imports a second's worth

    need_engine()
    shared = Directory(tmp_path_factory.mktemp("docker") / "local")
    try:
        yield running(shared, RuntimeName.DOCKER)
    finally:
        lifecycle.stop(shared)
    assert containers_of(shared.path) == []
