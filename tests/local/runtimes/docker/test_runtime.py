"""Containers of a docker engine: how they end, what they may have, what they find."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from functools import partial
from typing import Any

import pytest
from docker_engines import busybox_binary, busybox_layer, containers_of, push_busybox
from host_images import HOST_BASE, layer, push
from inside_cloud import CloudInside
from processes import command_lines
from tasks_at_work import Tasks
from waiting import wait_until

from herogate.local.runtimes.agent import LaunchFailed, TaskEnd
from herogate.local.runtimes.runtime import ContainerEnd

pytestmark = pytest.mark.docker

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
SERVER = "httpd -f -p 8080 -h /"


def answers(address: str, port: int) -> bool:
    """Whether a page is served there."""
    try:
        with urllib.request.urlopen(f"http://{address}:{port}/etc/passwd", timeout=2) as answer:
            return bool(answer.read())
    except OSError:
        return False


def accepts(address: str, port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((address, port)) == 0


def own_addresses() -> list[str]:
    """This machine's addresses outside of the loopback interface."""
    listed = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout
    return [word for word in listed.split() if ":" not in word]


def script(image: str, text: str, **further: Any) -> dict[str, Any]:
    """A container that runs a script of the shell's."""
    return {"image": image, "command": ["/bin/sh", "-c", text], **further}


def refusal(tasks: Tasks, *containers: dict[str, Any], **task: Any) -> str:
    """Why a task is not started."""
    with pytest.raises(LaunchFailed) as caught:
        tasks.launch(*containers, **task)
    return str(caught.value)


@pytest.mark.parametrize(
    ("program", "code"),
    [("exit 0", 0), ("exit 3", 3), ("exec no-such-program", 127)],
)
def test_a_container_ends_with_its_programs_exit_code(
    tasks: Tasks, busybox: str, program: str, code: int
) -> None:
    end, _ = tasks.run(script(busybox, program))
    assert end == TaskEnd(containers={"c0": ContainerEnd(exit_code=code)}, essential="c0")


def test_both_streams_are_in_the_log_line_by_line_and_to_the_last_byte(
    tasks: Tasks, busybox: str
) -> None:
    _, log = tasks.run(
        script(busybox, "printf one; echo error >&2; echo ' line'; yes | head -9000; printf rest")
    )
    lines = log.splitlines()
    lines.remove("error")  # which of two streams is read first, docker leaves open
    assert lines == ["one line", *["y"] * 9_000, "rest"]


def test_a_program_is_asked_to_end_before_it_is_made_to(tasks: Tasks, busybox: str) -> None:
    polite = "trap 'echo leaving; exit 5' TERM; echo here; while :; do sleep 0.05; done"
    identifier, task = tasks.launch(script(busybox, polite))
    tasks.wait_for_line(identifier, "here")
    assert tasks.inside.run(task.stop()).containers == {"c0": ContainerEnd(exit_code=5)}
    assert tasks.log(identifier) == "here\nleaving\n"

    deaf = "trap '' TERM; echo here; while :; do sleep 0.05; done"
    identifier, task = tasks.launch(script(busybox, deaf, stopTimeout=1))
    tasks.wait_for_line(identifier, "here")
    begin = time.monotonic()
    assert tasks.inside.run(task.stop()).containers == {"c0": ContainerEnd(exit_code=137)}
    assert time.monotonic() - begin >= 1


def test_an_images_own_stop_signal_is_what_asks_it_to_end(tasks: Tasks) -> None:
    image = push_busybox(tasks.inside.outside, StopSignal="SIGUSR1")
    waiting = "trap 'exit 6' USR1; echo here; while :; do sleep 0.05; done"
    identifier, task = tasks.launch(script(image, waiting))
    tasks.wait_for_line(identifier, "here")
    assert tasks.inside.run(task.stop()).containers["c0"].exit_code == 6


def test_a_container_that_needs_too_much_memory_is_killed_and_the_reason_is_named(
    tasks: Tasks, busybox: str
) -> None:
    end, log = tasks.run(script(busybox, "echo hungry; exec tail /dev/zero"), memory="32")
    assert log == "hungry\n"
    assert end.containers == {"c0": ContainerEnd(exit_code=137, reason=OUT_OF_MEMORY)}


def test_the_sizes_of_task_and_container_are_seen_inside(tasks: Tasks, busybox: str) -> None:
    look = """
        cd /sys/fs/cgroup
        cat memory.max 2>/dev/null || cat memory/memory.limit_in_bytes
        cut -d ' ' -f 1 cpu.max 2>/dev/null || cat cpu/cpu.cfs_quota_us
    """
    sizes = {"cpu": "256", "memory": "512"}
    _, whole = tasks.run(script(busybox, look), **sizes)
    _, smaller = tasks.run(script(busybox, look, memory=100), **sizes)
    assert (whole, smaller) == (f"{512 << 20}\n25000\n", f"{100 << 20}\n25000\n")


def test_a_root_can_be_read_only(tasks: Tasks, busybox: str) -> None:
    writing = "touch /x && echo written"
    assert tasks.run(script(busybox, writing))[1] == "written\n"
    end, log = tasks.run(script(busybox, writing, readonlyRootFilesystem=True))
    assert (end.containers["c0"].exit_code, log) == (1, "touch: /x: Read-only file system\n")


def test_the_user_is_the_definitions_else_the_images(tasks: Tasks, busybox: str) -> None:
    image = push_busybox(tasks.inside.outside, User="ann")
    who = "exec 2>&1; id -u; id -g; touch /x"  # an engine may mix up two streams
    assert tasks.run(script(busybox, who))[1] == "0\n0\n"
    assert tasks.run(script(image, who))[1] == "1234\n1234\ntouch: /x: Permission denied\n"
    assert tasks.run(script(image, "id -u; id -g", user="77:88"))[1] == "77\n88\n"


def test_an_entry_point_gets_the_command_unless_it_is_replaced(tasks: Tasks) -> None:
    image = push_busybox(
        tasks.inside.outside, Entrypoint=["/bin/echo", "entry"], Cmd=["own"], WorkingDir="/etc"
    )
    assert tasks.run({"image": image})[1] == "entry own\n"
    assert tasks.run({"image": image, "command": ["given"]})[1] == "entry given\n"
    assert tasks.run({"image": image, "entryPoint": ["/bin/pwd"]})[1] == "/etc\n"
    replaced = {"image": image, "entryPoint": ["/bin/sh", "-c"], "command": ["pwd; echo $0"]}
    assert tasks.run({**replaced, "workingDirectory": "/bin"})[1] == "/bin\n/bin/sh\n"


def test_an_image_without_a_shell_runs_its_program_and_no_other(tasks: Tasks) -> None:
    bare = push(
        tasks.inside.outside,
        [layer({"echo": busybox_binary()})],
        annotations={},
        Cmd=["/echo", "hi"],
    )
    assert tasks.run({"image": bare})[1] == "hi\n"
    assert refusal(tasks, script(bare, "echo hi")).startswith("CannotStartContainerError: ")
    assert 'exec: "/bin/sh"' in refusal(tasks, script(bare, "echo hi"))


def test_an_init_process_passes_signals_on_and_keeps_the_exit_code(
    tasks: Tasks, busybox: str
) -> None:
    plain = "cat /proc/1/comm; exit 4"
    end, log = tasks.run(script(busybox, plain, linuxParameters={"initProcessEnabled": True}))
    assert (end.containers["c0"].exit_code, log) == (4, "docker-init\n")
    assert tasks.run(script(busybox, plain))[1] == "sh\n"


def test_capabilities_are_dropped(tasks: Tasks, busybox: str) -> None:
    chown = "touch /x; chmod 600 /x; grep CapEff /proc/self/status | cut -f 2"
    all_dropped = {"capabilities": {"drop": ["ALL"]}}
    _, log = tasks.run(script(busybox, chown, linuxParameters=all_dropped))
    assert log == "0000000000000000\n"


def test_what_the_definition_says_overrides_the_image_and_no_secret_is_in_an_argv(
    tasks: Tasks, inside: CloudInside
) -> None:
    inside.outside.client("ssm").put_parameter(
        Name="/docker/secret", Value="s3cret-value", Type="SecureString"
    )
    image = push_busybox(
        inside.outside, Env=["KEPT=image", "CHANGED=image", "AWS_REGION=eu-west-1", "PATH=/bin"]
    )
    container = {
        "environment": [{"name": "CHANGED", "value": "definition"}],
        "secrets": [{"name": "SECRET", "valueFrom": "/docker/secret"}],
    }
    look = (
        "echo $KEPT $CHANGED $AWS_REGION $AWS_DEFAULT_REGION $SECRET $HOSTNAME; hostname; sleep 60"
    )
    identifier, _ = tasks.launch(script(image, look, **container))
    host = "ip-10-0-0-5.ec2.internal"
    tasks.wait_for_line(identifier, host)
    assert tasks.log(identifier).splitlines() == [
        f"image definition eu-west-1 us-east-1 s3cret-value {host}",
        host,
    ]
    assert not [line for line in command_lines() if "s3cret-value" in line]


def test_a_task_has_its_roles_credentials_and_reaches_the_cloud(
    tasks: Tasks, inside: CloudInside, busybox: str
) -> None:
    role = inside.role("docker-task", "ecs-tasks.amazonaws.com")
    ask = """
        wget -qO- --header "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" \
          "$AWS_CONTAINER_CREDENTIALS_FULL_URI" | tr , '\\n' | grep RoleArn
        wget -qO- "$ECS_CONTAINER_METADATA_URI_V4" | tr , '\\n' | head -1
    """
    _, log = tasks.run(script(busybox, ask), taskRoleArn=role)
    assert log == f'{{"RoleArn": "{role}"\n{{"Name": "c0"\n'


def test_containers_of_a_task_share_its_network_and_no_others_do(
    tasks: Tasks, busybox: str
) -> None:
    serving = script(busybox, "ip -4 -o addr show eth0 | awk '{print $4}'; exec " + SERVER)
    ask = "until wget -qO- http://127.0.0.1:8080/etc/passwd; do sleep 0.05; done"
    identifier, task = tasks.launch(
        {**serving, "essential": False, "stopTimeout": 1},
        script(busybox, ask, dependsOn=[{"containerName": "c0", "condition": "START"}]),
    )
    end = tasks.inside.run(task.ended())
    assert (end.essential, end.containers["c1"].exit_code) == ("c1", 0)
    assert tasks.log(identifier, "c1").startswith("root:x:0:0")

    identifier, _ = tasks.launch(serving)
    wait_until(lambda: "/" in tasks.log(identifier))
    address = tasks.log(identifier).partition("/")[0]
    elsewhere = f"nc -w 1 {address} 8080 </dev/null 2>/dev/null || echo nothing there"
    assert tasks.run(script(busybox, elsewhere))[1] == "nothing there\n"


def test_ports_are_open_on_the_loopback_interface_alone(tasks: Tasks, busybox: str) -> None:
    ports = [{"containerPort": 8080}]
    _, first = tasks.launch(script(busybox, SERVER, portMappings=ports))
    _, second = tasks.launch(script(busybox, SERVER, portMappings=ports))
    assert first.ports[8080] != second.ports[8080]
    for port in (first.ports[8080], second.ports[8080]):
        wait_until(partial(answers, "127.0.0.1", port))
        assert [address for address in own_addresses() if accepts(address, port)] == []


def test_a_health_check_runs_in_the_container(tasks: Tasks, busybox: str) -> None:
    check = {"command": ["CMD-SHELL", "rm /well"], "interval": 5, "retries": 1, "timeout": 2}
    _, task = tasks.launch(script(busybox, "touch /well; exec sleep 1000", healthCheck=check))
    wait_until(lambda: task.health == {"c0": "HEALTHY"})
    wait_until(lambda: task.health == {"c0": "UNHEALTHY"})


@pytest.mark.skipif(os.getuid() != 0, reason="only root ends another user's programs")
def test_a_health_check_that_takes_too_long_is_ended(tasks: Tasks, busybox: str) -> None:
    check = {"command": ["CMD-SHELL", "exec sleep 61"], "interval": 5, "timeout": 2}
    _, log = tasks.run(
        script(
            busybox,
            "until ps | grep -q '[s]leep 61'; do sleep 0.1; done; echo asked;"
            "while ps | grep -q '[s]leep 61'; do sleep 0.1; done; echo over",
            healthCheck=check,
        )
    )
    assert log == "asked\nover\n"


def test_nothing_is_left_of_a_task(tasks: Tasks, inside: CloudInside, busybox: str) -> None:
    before = containers_of(inside.cloud.directory.path)
    tasks.run(script(busybox, "touch /x"))
    refusal(tasks, {"image": busybox, "command": ["/no/such/program"]})
    assert containers_of(inside.cloud.directory.path) == before


def test_an_image_of_the_host_base_is_refused_by_name(tasks: Tasks, inside: CloudInside) -> None:
    image = push(inside.outside, [busybox_layer()], annotations=HOST_BASE)
    assert refusal(tasks, script(image, "true")) == (
        f"CannotPullContainerError: {image} is of the host base (dev.herogate.base: host) and brings no "
        "operating system: it was built for the process runtime, and this cloud runs in docker. Push "
        "a new commit of the app (an empty one will do)"
    )


def test_an_image_for_another_machine_or_none_at_all_cannot_be_pulled(
    tasks: Tasks, inside: CloudInside, busybox: str
) -> None:
    other = push(inside.outside, [busybox_layer()], annotations={}, architecture="arm64")
    assert refusal(tasks, script(other, "true")).endswith("matching platform 'linux/amd64'")
    gone = busybox.partition("@")[0] + ":none"
    assert refusal(tasks, script(gone, "true")).endswith("has no image none: not found")


def test_the_clouds_own_port_is_no_containers(
    tasks: Tasks, inside: CloudInside, busybox: str
) -> None:
    port = int(inside.cloud.endpoint_url.rpartition(":")[2])
    mappings = [{"containerPort": port}]
    assert refusal(tasks, script(busybox, "true", portMappings=mappings)) == (
        f"CannotStartContainerError: port {port} is the local cloud's own, in containers too; start it "
        "on another one (`herogate local start --port`)"
    )
