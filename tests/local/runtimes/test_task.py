"""A running task: its ports, its end, its containers' order and health."""

from __future__ import annotations

import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from host_images import layer, push
from inside_cloud import CloudInside
from tasks_at_work import Tasks
from waiting import wait_until

from herogate.local.runtimes.agent import LaunchFailed, TaskEnd
from herogate.local.runtimes.runtime import ContainerEnd

SERVER = """#!/usr/bin/env python3
import http.server, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"served")

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""

Scripted = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def image(inside: CloudInside) -> str:
    return push(inside.outside, [layer({"app/serve": SERVER, "app/data/x": "1\n"})])


@pytest.fixture
def script(image: str) -> Scripted:
    """A container that runs a script of the shell's."""

    def make(text: str, **further: Any) -> dict[str, Any]:
        return {
            "image": image,
            "command": ["/bin/sh", "-c", textwrap.dedent(text)],
            **further,
        }

    return make


def get(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        return str(answer.read().decode())


def answers(port: int) -> bool:
    try:
        get(port)
    except urllib.error.URLError:
        return False
    return True


def rooms(inside: CloudInside) -> list[Path]:
    return list((inside.cloud.directory.path / "runtime" / "rooms").iterdir())


def test_a_task_listens_on_a_loopback_port_of_its_own_and_leaves_nothing_behind(
    tasks: Tasks, inside: CloudInside, image: str
) -> None:
    container = {
        "image": image,
        "command": ["/app/serve"],
        "portMappings": [{"containerPort": 8080}],
        "environment": [{"name": "PORT", "value": "8080"}],
    }
    running = [tasks.launch(container)[1] for _ in range(3)]
    ports = [task.ports[8080] for task in running]
    assert len(set(ports)) == 3
    for task, port in zip(running, ports, strict=True):
        wait_until(lambda port=port: answers(port))  # type: ignore[misc]
        assert task.ports == {8080: port}
    assert [get(port) for port in ports] == ["served"] * 3
    for task in running:
        inside.run(task.stop())
    assert not any(map(answers, ports))
    assert not rooms(inside)


def test_a_process_without_a_mapping_has_a_port_of_its_own_if_it_is_told_any(
    tasks: Tasks, script: Scripted
) -> None:
    told = [{"name": "PORT", "value": "8080"}]
    assert tasks.run(script("echo ${PORT-none}"))[1] == "none\n"
    assert tasks.run(script("echo $PORT", environment=told))[1] != "8080\n"


def test_each_task_has_files_of_its_own(tasks: Tasks, script: Scripted) -> None:
    change = script(
        "cat data/x; echo changed > data/x; rm serve; cat data/x; touch $HOME/y; ls $HOME"
    )
    assert [tasks.run(change)[1] for _ in range(2)] == ["1\nchanged\ny\n"] * 2


def test_stopping_asks_first_and_the_answer_is_the_exit_code(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    identifier, task = tasks.launch(
        script("trap 'echo asked; exit 9' TERM; echo ready; while :; do sleep 0.05; done")
    )
    tasks.wait_for_line(identifier, "ready")
    end = inside.run(task.stop())
    assert end == TaskEnd(containers={"c0": ContainerEnd(exit_code=9)}, essential=None)
    assert tasks.log(identifier) == "ready\nasked\n"
    assert inside.run(task.stop()) == inside.run(task.kill()) == inside.run(task.ended()) == end


def test_who_does_not_end_in_time_is_killed(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    identifier, task = tasks.launch(
        script("trap '' TERM; echo ready; while :; do sleep 0.05; done", stopTimeout=1)
    )
    tasks.wait_for_line(identifier, "ready")
    begin = time.monotonic()
    assert inside.run(task.stop()).containers["c0"].exit_code == 137
    assert time.monotonic() - begin >= 1


def test_killing_does_not_wait(tasks: Tasks, inside: CloudInside, script: Scripted) -> None:
    identifier, task = tasks.launch(script("trap '' TERM; echo ready; sleep 1000"))
    tasks.wait_for_line(identifier, "ready")
    assert inside.run(task.kill(), seconds=20).containers["c0"].exit_code == 137


def test_an_essential_container_takes_the_others_along_and_another_does_not(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    waits = "trap 'exit 8' TERM; echo ready; while :; do sleep 0.05; done"
    identifier, task = tasks.launch(
        script(waits),
        script("while ! [ -e $HOME/../go ]; do sleep 0.05; done; exit 5"),
        script("exit 6", essential=False),
    )
    tasks.wait_for_line(identifier, "ready")
    for room in rooms(inside):
        (room / "go").touch()
    assert inside.run(task.ended()) == TaskEnd(
        containers={
            "c0": ContainerEnd(exit_code=8),
            "c1": ContainerEnd(exit_code=5),
            "c2": ContainerEnd(exit_code=6),
        },
        essential="c1",
    )


def after(name: str, condition: str) -> list[dict[str, str]]:
    return [{"containerName": name, "condition": condition}]


def test_a_container_waits_for_what_it_depends_on(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    identifier, task = tasks.launch(
        script("date +%s%N", dependsOn=after("c1", "SUCCESS")),
        script("sleep 0.3; date +%s%N", essential=False),
    )
    end = inside.run(task.ended())
    assert end.essential == "c0"
    assert int(tasks.log(identifier)) > int(tasks.log(identifier, "c1"))


def test_a_dependency_that_failed_keeps_the_task_from_starting(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    with pytest.raises(LaunchFailed) as caught:
        tasks.launch(
            script("true", dependsOn=after("c1", "SUCCESS")), script("exit 1", essential=False)
        )
    assert str(caught.value) == (
        "CannotStartContainerError: failed to resolve container ordering dependency [c1] for target "
        "[c0] as dependency did not exit successfully."
    )
    assert not rooms(inside)


def test_an_essential_end_while_others_wait_is_the_tasks_end(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    _, task = tasks.launch(script("true", dependsOn=after("c1", "HEALTHY")), script("exit 3"))
    assert inside.run(task.ended()) == TaskEnd(
        containers={"c0": ContainerEnd(exit_code=None), "c1": ContainerEnd(exit_code=3)},
        essential="c1",
    )


def test_a_health_check_runs_in_the_container_and_its_changes_are_told(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    check = {"command": ["CMD-SHELL", "test -e $HOME/well"], "interval": 0.1, "retries": 2}
    _, task = tasks.launch(script("exec sleep 1000", healthCheck=check))
    seen: list[str] = []
    task.on_health(lambda: seen.append(task.health["c0"]))
    assert task.health == {"c0": "UNKNOWN"}
    wait_until(lambda: seen == ["UNHEALTHY"])
    (room,) = rooms(inside)
    (room / "home" / "well").touch()
    wait_until(lambda: seen == ["UNHEALTHY", "HEALTHY"])
    inside.run(task.kill())


def test_a_health_check_that_does_not_answer_in_time_has_failed(
    tasks: Tasks, inside: CloudInside, script: Scripted
) -> None:
    check = {"command": ["CMD", "sleep", "1000"], "interval": 0.1, "timeout": 0.1, "retries": 1}
    _, task = tasks.launch(script("exec sleep 1000", healthCheck=check))
    wait_until(lambda: task.health["c0"] == "UNHEALTHY")
    inside.run(task.kill())
