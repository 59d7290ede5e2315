"""Killed at any moment, in the middle of changes and of stacks: what was answered stays, stacks end."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from local_cloud import LocalCloud, running
from waiting import wait_until

from herogate.local.directory import Directory

ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
TEMPLATE = json.dumps(
    {
        "Resources": {
            "Log": {"Type": "AWS::Logs::LogGroup"},
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Value": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Ref": "Bucket"}},
            },
        }
    }
)

Answered = list[str]


def control(control_pid: int, _: int) -> None:
    os.kill(control_pid, signal.SIGKILL)


def both(control_pid: int, router_pid: int) -> None:
    os.kill(control_pid, signal.SIGKILL)
    os.kill(router_pid, signal.SIGKILL)


def control_and_a_stopped_router(control_pid: int, router_pid: int) -> None:
    os.kill(router_pid, signal.SIGSTOP)
    os.kill(control_pid, signal.SIGKILL)


def control_politely(control_pid: int, _: int) -> None:
    os.kill(control_pid, signal.SIGTERM)


@contextmanager
def changing(cloud: LocalCloud, prefix: str) -> Iterator[Answered]:
    """Changes are made meanwhile, one after the other until none is answered; those that were."""
    answered: Answered = []
    ssm, api = (cloud.client(name, config=ONCE) for name in ("ssm", "cloudformation"))

    def change() -> None:
        number = 0
        try:
            while True:
                name = f"{prefix}-{number}"
                api.create_stack(StackName=name, TemplateBody=TEMPLATE)
                answered.append(f"stack {name}")
                for further in range(4):
                    parameter = f"{name}-{further}"
                    ssm.put_parameter(Name=parameter, Value=name, Type="String")
                    answered.append(f"parameter {parameter}")
                number += 1
        except (BotoCoreError, ClientError):
            return

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield answered
    finally:
        thread.join()


def are_so_many(answered: Answered, count: int) -> bool:
    return len(answered) >= count


def present(cloud: LocalCloud) -> set[str]:
    def pages(service: str, operation: str) -> Iterator[Any]:
        yield from cloud.client(service).get_paginator(operation).paginate()

    stacks = [one for page in pages("cloudformation", "describe_stacks") for one in page["Stacks"]]
    parameters = [one for page in pages("ssm", "describe_parameters") for one in page["Parameters"]]
    return {
        *(f"stack {stack['StackName']}" for stack in stacks),
        *(f"parameter {parameter['Name']}" for parameter in parameters),
    }


def test_what_was_answered_stays_and_stacks_end_by_themselves(directory: Directory) -> None:
    answered: Answered = []
    kills = (control, both, control_and_a_stopped_router, control_politely)
    for number, kill in enumerate(kills):
        cloud = running(directory)
        with changing(cloud, f"round{number}") as meanwhile:
            wait_until(
                partial(are_so_many, meanwhile, 3 + 4 * number)
            )  # each time at another moment
            pid = directory.control_pid()
            assert pid is not None
            kill(pid, directory.status()["load_balancer"]["pid"])
        answered += meanwhile
        wait_until(lambda: not directory.is_locked())  # the last process has gone
    cloud = running(directory)
    assert set(answered) - present(cloud) == set()
    api = cloud.client("cloudformation")
    for name in (each.split()[1] for each in answered if each.startswith("stack ")):
        waiter = api.get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
