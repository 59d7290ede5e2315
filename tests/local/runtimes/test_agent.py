"""The agent: what a task is given, how it is refused, what its containers see."""

from __future__ import annotations

import json
import re
import textwrap
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from host_images import HOST_BASE, layer, link, push
from inside_cloud import CloudInside, cloud_inside
from processes import is_running
from tasks_at_work import Tasks
from waiting import wait_until

from herogate.local.runtimes.agent import LaunchFailed, TaskEnd
from herogate.local.runtimes.runtime import ContainerEnd

PYTHON = "#!/usr/bin/env python3\n"


@pytest.fixture(scope="module")
def shell(inside: CloudInside) -> str:
    """An image whose command is the host's shell."""
    return push(inside.outside, [layer({"app/notes.txt": "of the image\n"})], Cmd=["/bin/sh"])


def script(image: str, text: str, **further: Any) -> dict[str, Any]:
    """A container that runs a script of the shell's."""
    return {"image": image, "command": ["/bin/sh", "-c", textwrap.dedent(text)], **further}


def refusal(tasks: Tasks, *containers: dict[str, Any], **task: Any) -> str:
    """Why a task is not started."""
    with pytest.raises(LaunchFailed) as caught:
        tasks.launch(*containers, **task)
    return str(caught.value)


def test_a_task_ends_with_its_essential_container_and_its_log_is_complete(
    tasks: Tasks, shell: str
) -> None:
    end, log = tasks.run(script(shell, "cat notes.txt; echo to errors >&2; printf rest; exit 3"))
    assert end == TaskEnd(containers={"c0": ContainerEnd(exit_code=3)}, essential="c0")
    assert log == "of the image\nto errors\nrest\n"


def test_the_environment_is_made_of_image_definition_secrets_and_overrides_alone(
    tasks: Tasks, inside: CloudInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_DEVELOPER", "private")
    inside.outside.client("ssm").put_parameter(
        Name="/runtimes/secret", Value="s3cret", Type="SecureString"
    )
    image = push(
        inside.outside,
        [layer({"app/bin/show": "#!/bin/sh\nenv -0\n"})],
        Env=["PATH=/app/bin:/usr/bin:/bin", "KEPT=image", "CHANGED=image", "FILE=/app/x:/apple"],
        Entrypoint=["show"],
    )
    end, log = tasks.run(
        {
            "image": image,
            "environment": [
                {"name": "CHANGED", "value": "definition /app/x"},
                {"name": "OVERRIDDEN", "value": "definition"},
                {"name": "AWS_EXECUTION_ENV", "value": "definition"},
            ],
            "secrets": [{"name": "SECRET", "valueFrom": "/runtimes/secret"}],
        },
        overrides={
            "containerOverrides": [
                {
                    "name": "c0",
                    "environment": [
                        {"name": "OVERRIDDEN", "value": "override"},
                        {"name": "ADDED", "value": "über\nzwei Zeilen"},
                    ],
                }
            ]
        },
    )
    seen = dict(entry.split("=", 1) for entry in log.strip("\n").split("\0")[:-1])
    root = seen.pop("PWD").removesuffix("/app")
    room = root.removesuffix("/root")
    assert re.search("/runtime/rooms/[0-9a-f]{8}-[0-9a-f]{8}$", room)
    metadata = seen.pop("ECS_CONTAINER_METADATA_URI_V4")
    assert metadata.startswith(f"{inside.cloud.endpoint_url}/v4/metadata/")
    assert (end.containers["c0"].exit_code, seen) == (
        0,
        {
            "ADDED": "über\nzwei Zeilen",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": inside.cloud.endpoint_url,
            "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
            "AWS_REGION": "us-east-1",
            "CHANGED": "definition /app/x",
            "FILE": f"{root}/app/x:/apple",
            "HOME": f"{room}/home",
            "HOSTNAME": "ip-10-0-0-5.ec2.internal",
            "KEPT": "image",
            "LANG": "C.UTF-8",
            "OVERRIDDEN": "override",
            "PATH": f"{root}/app/bin:/usr/bin:/bin",
            "SECRET": "s3cret",
            "TMPDIR": f"{room}/tmp",
        },
    )


def test_a_task_finds_its_roles_credentials_and_its_metadata_as_long_as_it_runs(
    tasks: Tasks, inside: CloudInside
) -> None:
    ask = """
        import json, os, urllib.request
        request = urllib.request.Request(
            os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
            headers={"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]},
        )
        metadata = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
        for where in (request, metadata, metadata + "/task"):
            with urllib.request.urlopen(where) as answer:
                print(answer.read().decode())
        print(metadata)
    """
    image = push(
        inside.outside, [layer({"app/ask": PYTHON + textwrap.dedent(ask)})], Cmd=["/app/ask"]
    )
    role = inside.role("task-role", "ecs-tasks.amazonaws.com")
    _, log = tasks.run({"image": image}, taskRoleArn=role)
    credentials, container, task, address = log.splitlines()
    assert json.loads(credentials)["RoleArn"] == role
    about = json.loads(task)
    assert about.pop("Containers") == [json.loads(container)]
    assert about.pop("TaskARN").startswith("arn:aws:ecs:us-east-1:123456789012:task/cluster/")
    assert about == {
        "Cluster": "cluster",
        "Family": "family",
        "Revision": "7",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "LaunchType": "FARGATE",
    }
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(address)
    caught.value.close()


def test_a_lot_of_output_arrives_whole_and_in_order(
    tasks: Tasks, inside: CloudInside, shell: str
) -> None:
    identifier, task = tasks.launch(script(shell, "seq 1 30000"))
    inside.run(task.ended())
    pages = inside.outside.client("logs").get_paginator("filter_log_events")
    found = [
        event["message"]
        for page in pages.paginate(
            logGroupName=tasks.group, logStreamNames=[f"test/c0/{identifier}"]
        )
        for event in page["events"]
    ]
    assert found == [str(number) for number in range(1, 30_001)]


def test_secrets_come_by_name_by_arn_and_by_key(
    tasks: Tasks, inside: CloudInside, shell: str
) -> None:
    ssm, manager = (inside.outside.client(name) for name in ("ssm", "secretsmanager"))
    ssm.put_parameter(Name="plain", Value="1", Type="String")
    ssm.put_parameter(Name="/deep/er", Value="2", Type="SecureString")
    arns = [ssm.get_parameter(Name=name)["Parameter"]["ARN"] for name in ("plain", "/deep/er")]
    whole = manager.create_secret(Name="whole", SecretString='{"key": "4"}')["ARN"]
    froms = ["plain", *arns, whole, f"{whole}:key::", f"{whole}::AWSCURRENT:"]
    _, log = tasks.run(
        script(
            shell,
            "echo $S0 $S1 $S2 $S3 $S4 $S5",
            secrets=[
                {"name": f"S{number}", "valueFrom": written} for number, written in enumerate(froms)
            ],
        )
    )
    assert log == '1 1 2 {"key": "4"} 4 {"key": "4"}\n'


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (
            "/not/there",
            "unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid "
            "ssm parameters: /not/there",
        ),
        (
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:absent-AbCdEf",
            "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to "
            "fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:absent-AbCdEf from "
            "secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified "
            "secret.",
        ),
    ],
)
def test_a_secret_that_is_not_there_keeps_the_task_from_starting(
    tasks: Tasks, shell: str, written: str, reason: str
) -> None:
    container = script(shell, "true", secrets=[{"name": "S", "valueFrom": written}])
    assert refusal(tasks, container) == (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
        f"retrieval failed: {reason}"
    )


def test_a_secret_under_a_key_takes_the_execution_roles_right_to_it_and_an_enabled_key(
    tasks: Tasks, inside: CloudInside, shell: str
) -> None:
    kms, ssm = (inside.outside.client(name) for name in ("kms", "ssm"))
    key = kms.create_key()["KeyMetadata"]["Arn"]
    ssm.put_parameter(Name="/keyed", Value="s3cret", Type="SecureString", KeyId=key)
    container = script(shell, "echo $S", secrets=[{"name": "S", "valueFrom": "/keyed"}])
    _, log = tasks.run(container)
    kms.disable_key(KeyId=key)

    entries = map(json.loads, inside.cloud.directory.access_record.read_text().splitlines())
    (demanded,) = [each for each in entries if each.get("resource") == key]
    assert log == "s3cret\n"
    assert (demanded["action"], demanded["allowed"]) == ("kms:Decrypt", True)
    assert demanded["context"]["kms:encryptioncontext:parameter_arn"] == [
        "arn:aws:ssm:us-east-1:123456789012:parameter/keyed"
    ]
    assert f"InvalidKeyId: {key} is disabled." in refusal(tasks, container)


def logging_to(group: str, **options: str) -> dict[str, Any]:
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": group,
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "test",
            **options,
        },
    }


def test_a_log_group_that_is_not_there_keeps_the_task_from_starting(
    tasks: Tasks, shell: str
) -> None:
    container = script(shell, "true", logConfiguration=logging_to("absent"))
    assert refusal(tasks, container) == (
        "ResourceInitializationError: failed to validate logger args: create stream has been "
        "retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The "
        "specified log group does not exist. : exit status 1"
    )


def test_a_log_group_is_made_where_that_is_asked_for(tasks: Tasks, shell: str) -> None:
    tasks.group = "made-by-a-task"
    logging = logging_to(tasks.group, **{"awslogs-create-group": "true"})
    _, log = tasks.run(script(shell, "echo here", logConfiguration=logging))
    assert log == "here\n"


def test_output_goes_nowhere_without_a_log_configuration(
    tasks: Tasks, inside: CloudInside, shell: str
) -> None:
    _, task = tasks.launch(script(shell, "echo unheard; exit 4", logConfiguration=None))
    assert inside.run(task.ended()).containers["c0"].exit_code == 4


def test_a_role_that_does_not_trust_tasks_is_refused_as_ecs_does(
    tasks: Tasks, inside: CloudInside, shell: str
) -> None:
    role = inside.role("of-builds", "codebuild.amazonaws.com")
    words = (
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify "
        "that the role being passed has the proper trust relationship and permissions and that your "
        "IAM user has permissions to pass this role."
    )
    assert refusal(tasks, script(shell, "true"), taskRoleArn=role) == words
    assert refusal(tasks, script(shell, "true"), executionRoleArn=role) == words


def test_an_image_must_be_there_and_be_for_this_host(tasks: Tasks, inside: CloudInside) -> None:
    host = inside.cloud.endpoint_url.removeprefix("http://")
    cloud, content = inside.outside, [layer({"app/x": ""})]
    missing = f"{host}/us-east-1/missing:1"
    theirs = push(cloud, content, annotations={})
    foreign = push(cloud, content, architecture="s390x")
    assert refusal(tasks, {"image": missing}) == (
        f'CannotPullContainerError: failed to resolve reference "{missing}": repository missing does '
        "not exist in us-east-1"
    )
    assert refusal(tasks, {"image": "nginx:latest"}) == (
        'CannotPullContainerError: failed to resolve reference "nginx:latest": the local cloud pulls '
        "images from its own registry alone"
    )
    assert refusal(tasks, {"image": theirs}) == (
        f"CannotPullContainerError: {theirs} brings an operating system of its own. The process "
        "runtime runs images of the host base alone (dev.herogate.base: host); this one needs the "
        "docker runtime"
    )
    assert refusal(tasks, {"image": foreign}).startswith(
        "CannotPullContainerError: image Manifest does not contain descriptor matching platform "
    )


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (
            link("app/out", "/tmp"),
            "a layer writes through something that is no directory: app/out/x",
        ),
        (link("../x", "/etc/passwd"), "a layer leads out of the image: ../x"),
    ],
)
def test_an_image_that_would_write_elsewhere_is_refused(
    tasks: Tasks, inside: CloudInside, member: Any, reason: str
) -> None:
    image = push(inside.outside, [layer({"app/out/x": "written"}, member)], annotations=HOST_BASE)
    assert refusal(tasks, {"image": image}) == (
        f"CannotPullContainerError: failed to register layer: {reason}"
    )


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (["no-such"], 'exec: "no-such": executable file not found in $PATH'),
        (["/no/such"], 'exec: "/no/such": stat /no/such: no such file or directory'),
        (["/etc"], 'exec: "/etc": permission denied'),
    ],
)
def test_a_program_that_cannot_be_started_is_told_as_container_runtimes_do(
    tasks: Tasks, inside: CloudInside, shell: str, command: list[str], complaint: str
) -> None:
    assert refusal(tasks, {"image": shell, "command": command}) == (
        f"CannotStartContainerError: {complaint}"
    )
    rooms = inside.cloud.directory.path / "runtime" / "rooms"
    assert not list(rooms.iterdir())


def test_what_fargate_has_and_this_cloud_has_not_is_refused_by_name(
    tasks: Tasks, shell: str
) -> None:
    container = script(
        shell,
        "true",
        user="app",
        readonlyRootFilesystem=True,
        logConfiguration={"logDriver": "splunk"},
    )
    assert refusal(tasks, container) == (
        "The local cloud does not support readonlyRootFilesystem of the container c0, user of the "
        "container c0, the log driver splunk of the container c0."
    )


def test_what_the_tasks_of_a_killed_cloud_have_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / "local" / "runtime" / "rooms" / "0123"
    left.mkdir(parents=True)
    with cloud_inside(tmp_path / "local"):
        assert not left.exists()


def test_a_cloud_that_stops_ends_its_tasks_and_leaves_nothing_of_them(tmp_path: Path) -> None:
    with cloud_inside(tmp_path / "local") as own:
        image = push(own.outside, [layer({"app/x": ""})])
        own.outside.client("logs").create_log_group(logGroupName="stopping")
        role = own.role("stopping", "ecs-tasks.amazonaws.com")
        tasks = Tasks(own, role, "stopping")
        identifier, _ = tasks.launch(script(image, "trap '' TERM; echo $$; exec sleep 1000"))
        wait_until(lambda: tasks.log(identifier) != "")
        program = int(tasks.log(identifier))
        assert is_running(program)
    assert not is_running(program)
    assert not list((tmp_path / "local" / "runtime" / "rooms").iterdir())
