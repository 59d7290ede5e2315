"""What is left in the engine when a cloud ends, however it does."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from docker_engines import containers_of, docker, label_of, need_engine, push_busybox
from local_cloud import running
from services_at_work import place
from waiting import wait_until

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.runtimes.choice import RuntimeName
from herogate.local.runtimes.docker import sockets

pytestmark = pytest.mark.docker


def left_of(directory: Directory) -> list[str]:
    """All that a cloud has in the engine, and its sockets' directory."""
    label = ("--filter", f"label={label_of(directory.path)}")
    networks = docker("network", "ls", "--quiet", *label).split()
    images = docker("images", "--quiet", *label).split()
    sockets_left = [str(path) for path in Path("/tmp").glob(f"herogate-*-{id_of(directory)}")]
    return [*containers_of(directory.path), *networks, *images, *sockets_left]


def id_of(directory: Directory) -> str:
    return label_of(directory.path).rpartition("=")[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_cloud(directory: Directory, number: signal.Signals) -> None:
    need_engine()
    at_work = place(running(directory, RuntimeName.DOCKER), "left")
    definition = at_work.definition(
        "deaf",
        {},
        image=push_busybox(at_work.cloud),
        entryPoint=["/bin/sh", "-c"],
        command=["trap '' TERM; while :; do sleep 0.1; done"],
        workingDirectory="/",
    )
    (task,) = at_work.run(definition)
    at_work.task_until(task["taskArn"], "RUNNING")
    assert len(containers_of(directory.path)) == 2
    os.kill(directory.status()["pid"], number)
    wait_until(lambda: not directory.is_locked())
    assert left_of(directory) == []


def test_what_even_the_guard_has_left_goes_at_the_next_start(directory: Directory) -> None:
    need_engine()
    label = label_of(directory.path)
    docker("network", "create", "--label", label, f"herogate-{id_of(directory)}")
    shutil.rmtree(sockets.make_directory(id_of(directory), os.environ))
    running(directory, RuntimeName.DOCKER)
    assert len(left_of(directory)) == 3
    lifecycle.stop(directory)
    assert left_of(directory) == []


def test_two_clouds_share_an_engine(directory: Directory, tmp_path: Path) -> None:
    need_engine()
    other = Directory(tmp_path / "other")
    running(directory, RuntimeName.DOCKER)
    running(other, RuntimeName.DOCKER)
    lifecycle.stop(other)
    assert (len(left_of(directory)), left_of(other)) == (3, [])
