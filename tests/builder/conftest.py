"""What the builder's tests share: a build environment of each test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Machine, machine
from local_cloud import LocalCloud


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the machines of a module have in common: the unpacked package, pip's cache."""
    return tmp_path_factory.mktemp("builds")


@pytest.fixture
def at(cloud: LocalCloud, shared: Path, request: pytest.FixtureRequest) -> Machine:
    """A build environment."""
    return machine(cloud, shared / str(abs(hash(request.node.nodeid))))
