"""Services whose tasks are containers, behind a load balancer; and a cloud that changes its runtime."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from docker_engines import need_engine, push_busybox
from local_cloud import running
from services_at_work import Entrance, Place, is_steady, place
from waiting import wait_until

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.runtimes.choice import RuntimeName

pytestmark = pytest.mark.docker

TURNING = {"minimumHealthyPercent": 100, "maximumPercent": 200}


def serving(at_work: Place, port: int) -> str:
    """A definition of a web server that listens on this port and says which it is."""
    server = (
        f"cd /page; echo -n {port} >index.html; echo -n {port} >health; exec httpd -f -p {port}"
    )
    return at_work.definition(
        f"on-{port}",
        {},
        image=push_busybox(at_work.cloud, {"page/x": ""}),
        entryPoint=["/bin/sh", "-c"],
        command=[server],
        workingDirectory="/",
        portMappings=[{"containerPort": port}],
    )


def behind(entrance: Entrance, port: int) -> list[dict[str, Any]]:
    return [{**entrance.balancers[0], "containerPort": port}]


@contextmanager
def requests(entrance: Entrance) -> Iterator[list[tuple[int, str]]]:
    """Request after request, until the end; what was answered."""
    answered: list[tuple[int, str]] = []
    enough = threading.Event()

    def ask() -> None:
        while not enough.is_set():
            answered.append(entrance.get())

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield answered
    finally:
        enough.set()
        asking.join()


def test_no_request_fails_when_a_release_listens_on_another_port(directory: Directory) -> None:
    need_engine()
    at_work = place(running(directory, RuntimeName.DOCKER), "ports")
    definitions = {port: serving(at_work, port) for port in (3000, 8080)}
    entrance = at_work.entrance("ports")
    at_work.service(
        "web",
        definitions[3000],
        loadBalancers=behind(entrance, 3000),
        deploymentConfiguration=TURNING,
    )
    at_work.until("web", is_steady)
    with requests(entrance) as answered:
        for port in (8080, 3000):
            at_work.update(
                "web", taskDefinition=definitions[port], loadBalancers=behind(entrance, port)
            )
            at_work.until("web", is_steady)
            assert entrance.get() == (200, str(port))
    assert {status for status, _ in answered} == {200}
    assert {body for _, body in answered} == {"3000", "8080"}


def refused(at_work: Place, words: str) -> bool:
    """Whether a task of the service was not started for this reason."""
    return any(words in task["stoppedReason"] for task in at_work.tasks("web", "STOPPED"))


def test_a_cloud_that_changes_its_runtime_refuses_what_was_built_for_the_other(
    directory: Directory,
) -> None:
    need_engine()
    at_work = place(running(directory), "switch")
    at_work.service("web", at_work.definition("web", {"SAY": "hi", "PORT": "8080"}))
    at_work.until("web", is_steady)
    lifecycle.stop(directory)

    in_docker = replace(at_work, cloud=running(directory, RuntimeName.DOCKER))
    assert directory.last_runtime() is RuntimeName.DOCKER
    wait_until(lambda: refused(in_docker, "it was built for the process runtime"))
    mended = in_docker.definition(
        "web",
        {},
        image=push_busybox(in_docker.cloud),
        entryPoint=["/bin/sh", "-c"],
        command=["trap 'exit 0' TERM; while :; do sleep 0.1; done"],
        workingDirectory="/",
    )
    in_docker.update("web", taskDefinition=mended)
    in_docker.until("web", is_steady)
    lifecycle.stop(directory)

    assert lifecycle.start(directory).runtime is RuntimeName.DOCKER
    lifecycle.stop(directory)
    back = replace(at_work, cloud=running(directory))
    wait_until(lambda: refused(back, "this one needs the docker runtime"))
