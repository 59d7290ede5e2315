"""Where the engine is."""

from __future__ import annotations

from pathlib import Path

import pytest

from herogate.local.runtimes.docker.address import NotOfThisMachine, engine_socket


def test_the_engine_is_where_dockers_own_client_looks() -> None:
    assert engine_socket({}) == Path("/var/run/docker.sock")
    assert engine_socket({"DOCKER_HOST": "unix:///run/user/7/docker.sock"}) == Path(
        "/run/user/7/docker.sock"
    )


def test_an_engine_elsewhere_is_refused() -> None:
    with pytest.raises(NotOfThisMachine, match=r"DOCKER_HOST is tcp://10\.0\.0\.1:2375, and only"):
        engine_socket({"DOCKER_HOST": "tcp://10.0.0.1:2375"})
