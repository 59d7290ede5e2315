"""Operations on stacks outlive whatever happens to the local cloud."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from typing import Any

from local_cloud import LocalCloud, running
from waiting import wait_for

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.planes.cloudformation.records.records import Records
from herogate.local.store import Store

COUNT = 30


def chain(value: str, *, count: int = COUNT, fails: bool = False) -> dict[str, Any]:
    """Parameters that wait for one another, so that a stack takes its time."""
    resources: dict[str, Any] = {}
    for number in range(count):
        resources[f"P{number}"] = {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Name": f"p{number}", "Type": "String", "Value": value},
            **({"DependsOn": f"P{number - 1}"} if number else {}),
        }
    if fails:
        resources[f"P{count - 1}"]["Properties"]["Name"] = "taken"
    return {"Resources": resources}


def kill(directory: Directory) -> None:
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def outcome(cloud: LocalCloud, stack: str) -> str:
    api = cloud.client("cloudformation")
    return wait_for(
        lambda: str(api.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]),
        lambda status: not status.endswith("_IN_PROGRESS"),
    )


def values(cloud: LocalCloud) -> dict[str, str]:
    found = cloud.client("ssm").get_paginator("describe_parameters").paginate()
    names = [parameter["Name"] for page in found for parameter in page["Parameters"]]
    ssm = cloud.client("ssm")
    return {name: ssm.get_parameter(Name=name)["Parameter"]["Value"] for name in sorted(names)}


def events(cloud: LocalCloud, stack: str) -> list[tuple[str, str, str | None]]:
    found = cloud.client("cloudformation").get_paginator("describe_stack_events")
    pages = found.paginate(StackName=stack)
    told = [event for page in pages for event in page["StackEvents"]]
    return [
        (e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason"))
        for e in reversed(told)
    ]


ALL = {f"p{number}" for number in range(COUNT)}


def killed_at(directory: Directory, cloud: LocalCloud, stack: str, counts: list[int]) -> LocalCloud:
    """The cloud after it was killed and started again each time that so many events were told."""
    for count in counts:
        while len(events(cloud, stack)) < count:
            pass
        kill(directory)
        cloud = running(directory)
    return cloud


def test_a_create_that_is_killed_again_and_again_is_finished_and_makes_nothing_twice(
    directory: Directory,
) -> None:
    cloud = running(directory)
    api = cloud.client("cloudformation")
    stack = api.create_stack(StackName="it", TemplateBody=json.dumps(chain("one")))["StackId"]
    cloud = killed_at(directory, cloud, stack, [1, 3, 8, 50])
    assert outcome(cloud, stack) == "CREATE_COMPLETE"
    assert values(cloud) == dict.fromkeys(sorted(ALL), "one")
    assert len(set(events(cloud, stack))) == len(events(cloud, stack)) == 3 * COUNT + 2


def test_an_update_that_fails_and_is_killed_again_and_again_ends_wholly_in_the_old_state(
    directory: Directory,
) -> None:
    cloud = running(directory)
    api = cloud.client("cloudformation")
    cloud.client("ssm").put_parameter(Name="taken", Value="mine", Type="String")
    stack = api.create_stack(StackName="it", TemplateBody=json.dumps(chain("one")))["StackId"]
    outcome(cloud, stack)
    before = len(events(cloud, stack))
    api.update_stack(StackName="it", TemplateBody=json.dumps(chain("two", fails=True)))
    cloud = killed_at(directory, cloud, stack, [before + 4, before + 35, before + 75])
    assert outcome(cloud, stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert values(cloud) == {**dict.fromkeys(sorted(ALL), "one"), "taken": "mine"}


def test_a_delete_that_is_killed_again_and_again_is_finished(directory: Directory) -> None:
    cloud = running(directory)
    api = cloud.client("cloudformation")
    stack = api.create_stack(StackName="it", TemplateBody=json.dumps(chain("one")))["StackId"]
    outcome(cloud, stack)
    before = len(events(cloud, stack))
    api.delete_stack(StackName="it")
    cloud = killed_at(directory, cloud, stack, [before + 2, before + 30])
    assert outcome(cloud, stack) == "DELETE_COMPLETE"
    assert values(cloud) == {}


def test_a_stack_that_was_seen_complete_is_complete_after_a_kill(directory: Directory) -> None:
    for number in range(2):
        cloud = running(directory)
        template = {"Resources": {"P": {"Type": "AWS::SNS::Topic"}}}
        cloud.client("cloudformation").create_stack(
            StackName=f"s{number}", TemplateBody=json.dumps(template)
        )
        outcome(cloud, f"s{number}")
        kill(directory)
        cloud = running(directory)
        found = cloud.client("cloudformation").describe_stacks(StackName=f"s{number}")["Stacks"]
        assert [stack["StackStatus"] for stack in found] == ["CREATE_COMPLETE"]


def test_a_create_that_was_stopped_goes_on_after_the_next_start(directory: Directory) -> None:
    cloud = running(directory)
    api = cloud.client("cloudformation")
    stack = api.create_stack(StackName="it", TemplateBody=json.dumps(chain("one")))["StackId"]
    while len(events(cloud, stack)) < 5:
        pass
    lifecycle.stop(directory)
    cloud = running(directory)
    assert outcome(cloud, stack) == "CREATE_COMPLETE"
    assert values(cloud) == dict.fromkeys(sorted(ALL), "one")
    assert len(set(events(cloud, stack))) == len(events(cloud, stack)) == 3 * COUNT + 2


def test_a_create_ends_when_its_time_is_over(directory: Directory) -> None:
    cloud = running(directory)
    api = cloud.client("cloudformation")
    # Long, since it must not be over before the cloud is stopped.
    body = json.dumps(chain("one", count=300), separators=(",", ":"))
    stack = api.create_stack(StackName="it", TemplateBody=body, TimeoutInMinutes=1)["StackId"]
    lifecycle.stop(directory)
    _let_a_minute_pass(directory, stack)
    cloud = running(directory)
    assert outcome(cloud, stack) == "ROLLBACK_COMPLETE"
    assert (
        "it",
        "ROLLBACK_IN_PROGRESS",
        "Stack creation time exceeded the specified timeout. Rollback requested by user.",
    ) in events(cloud, stack)
    assert values(cloud) == {}


def _let_a_minute_pass(directory: Directory, stack: str) -> None:
    """As it passes for a cloud that is stopped: the deadline is now a minute nearer."""
    store = Store(directory.path / "cloud.db")
    records = Records(store)
    operation = records.operation(stack)
    assert operation is not None
    assert operation.deadline is not None
    records.put_operation(replace(operation, deadline=operation.deadline - 60))
    saved = store.snapshot()
    assert saved is not None
    store.commit(*saved)
    store.close()
