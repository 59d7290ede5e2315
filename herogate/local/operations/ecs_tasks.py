"""Tasks: run by themselves, stopped, described."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.ecs_workload import (
    capacity_of,
    check_tags,
    client_error,
    cluster_of,
    definition_of,
    invalid,
    network_of,
    platform_of,
    refuse_unknown,
)
from herogate.local.planes.ecs import showing
from herogate.local.planes.ecs.addresses import NoAddressLeft
from herogate.local.planes.ecs.birth import Order
from herogate.local.planes.ecs.status import StopCode
from herogate.local.planes.ecs.tasks import Task

Document = Mapping[str, Any]

_TASKS_A_CALL = 10
_DESCRIBED_A_CALL = 100
_OVERRIDES_CHARACTERS = 8192
_STARTED_BY_CHARACTERS = 128
_UNKNOWN = (
    "enableExecuteCommand",
    "placementConstraints",
    "placementStrategy",
    "referenceId",
    "volumeConfigurations",
)
_OVERRIDDEN_CONTAINER = {"name", "command", "environment", "cpu", "memory", "memoryReservation"}
_OVERRIDDEN_TASK = {"containerOverrides", "cpu", "memory", "executionRoleArn", "taskRoleArn"}


@operation("ecs", "RunTask")
async def run_task(call: Call) -> Result:
    check(call)
    asked = call.parameters
    refuse_unknown(asked, _UNKNOWN)
    cluster = await cluster_of(call)
    definition = await definition_of(call, asked["taskDefinition"])
    count = asked.get("count", 1)
    _check_sizes(asked, count)
    overrides = asked.get("overrides", {})
    _check_overrides(overrides, definition)
    before = _run_before(call, cluster, definition)
    if before:
        return {"tasks": _shown(before), "failures": []}
    network = await network_of(call, asked)
    await _check_roles(call, {**definition, **overrides})
    order = Order(
        region=call.region,
        account_id=call.cloud.account_id,
        cluster=cluster["clusterName"],
        definition=definition,
        capacity=capacity_of(asked, cluster, definition),
        overrides=overrides,
        group=asked.get("group") or f"family:{definition['family']}",
        tags=await _tags(call, cluster, definition),
        platform_version=platform_of(asked),
        started_by=asked.get("startedBy"),
        client_token=asked.get("clientToken"),
    )
    subnets = network["awsvpcConfiguration"]["subnets"]
    try:
        begun = await call.cloud.ecs.run_tasks(order, subnets, count)
    except NoAddressLeft:
        return {"tasks": [], "failures": [{"reason": "RESOURCE:ENI"}]}
    return {"tasks": _shown(begun), "failures": []}


@operation("ecs", "StopTask")
async def stop_task(call: Call) -> Result:
    check(call)
    cluster = await cluster_of(call)
    task = _task(call, cluster, call.parameters["task"])
    if task is None:
        raise invalid("The referenced task was not found.")
    reason = call.parameters.get("reason") or "User initiated"
    ending = await call.cloud.ecs.stop_task(task, StopCode.USER_INITIATED, reason)
    return {"task": showing.task(ending)}


@operation("ecs", "DescribeTasks")
async def describe_tasks(call: Call) -> Result:
    check(call)
    cluster = await cluster_of(call)
    named = call.parameters["tasks"]
    if not named:
        raise invalid("Tasks cannot be empty.")
    if len(named) > _DESCRIBED_A_CALL:
        raise invalid(f"Tasks cannot have more than {_DESCRIBED_A_CALL} elements.")
    tags = "TAGS" in call.parameters.get("include", [])
    found, missing = [], []
    for name in named:
        task = _task(call, cluster, name)
        if task is None:
            missing.append({"arn": _arn(call, cluster, name), "reason": "MISSING"})
        else:
            found.append(showing.task(task, tags=tags))
    return {"tasks": found, "failures": missing}


def _shown(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    return [showing.task(task, tags=True) for task in tasks]


def _task(call: Call, cluster: Document, named: str) -> Task | None:
    """The task of an id or ARN; an ARN of another cluster's names none."""
    if "/" in named and not named.endswith(f"task/{cluster['clusterName']}/{_id(named)}"):
        return None
    return call.cloud.ecs.records.task(f"{call.region} {cluster['clusterName']} {_id(named)}")


def _id(named: str) -> str:
    return named.rpartition("/")[2]


def _arn(call: Call, cluster: Document, named: str) -> str:
    if named.startswith("arn:"):
        return named
    account = call.cloud.account_id
    return f"arn:aws:ecs:{call.region}:{account}:task/{cluster['clusterName']}/{named}"


def _run_before(call: Call, cluster: Document, definition: Document) -> list[Task]:
    """The tasks that the same call, sent before with its token, has started."""
    token = call.parameters.get("clientToken")
    if token is None:
        return []
    tasks = call.cloud.ecs.records.tasks(call.region, cluster["clusterName"])
    found = [task for task in tasks if task.client_token == token]
    if any(task.definition_arn != definition["taskDefinitionArn"] for task in found):
        raise AwsError(
            "ConflictException",
            "The RunTask request could not be processed due to conflicts: the client token was "
            "used with other parameters.",
        )
    return found


def _check_sizes(asked: Document, count: int) -> None:
    if not 1 <= count <= _TASKS_A_CALL:
        raise invalid(f"count must be between 1 and {_TASKS_A_CALL}.")
    if len(asked.get("startedBy", "")) > _STARTED_BY_CHARACTERS:
        raise invalid(f"startedBy can have at most {_STARTED_BY_CHARACTERS} characters.")
    if asked.get("group", "").startswith("service:"):
        raise invalid("The group name prefix 'service:' is reserved.")
    if asked.get("propagateTags") == "SERVICE":
        raise invalid("SERVICE is not a valid value of propagateTags for RunTask.")


def _check_overrides(overrides: Document, definition: Document) -> None:
    length = len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False))
    if overrides and length > _OVERRIDES_CHARACTERS:
        raise invalid(f"Container Overrides length must be at most {_OVERRIDES_CHARACTERS}")
    for name in sorted(set(overrides) - _OVERRIDDEN_TASK):
        raise not_supported(f"overrides.{name} of a task")
    names = {each["name"] for each in definition["containerDefinitions"]}
    for container in overrides.get("containerOverrides", []):
        named = container.get("name")
        if named not in names:
            raise invalid(
                f"Override for container named {named} is not a container in the TaskDefinition."
            )
        for name in sorted(set(container) - _OVERRIDDEN_CONTAINER):
            raise not_supported(f"overrides.containerOverrides.{name} of a task")


async def _check_roles(call: Call, definition: Document) -> None:
    """Refuse a task whose roles ECS could not take on."""
    for name in ("taskRoleArn", "executionRoleArn"):
        if role := definition.get(name):
            await _check_role(call, role)


async def _check_role(call: Call, role: str) -> None:
    try:
        await call.cloud.calls.assume(
            role,
            service="ecs-tasks.amazonaws.com",
            source_arn=f"arn:aws:ecs:{call.region}:{call.cloud.account_id}:*",
            session="ecs-run-task",
            region=call.region,
        )
    except AwsError:
        raise client_error(
            f"ECS was unable to assume the role '{role}' that was provided for this task. Please "
            "verify that the role being passed has the proper trust relationship and permissions "
            "and that your IAM user has permissions to pass this role."
        ) from None


async def _tags(call: Call, cluster: Document, definition: Document) -> list[Document]:
    asked = call.parameters
    own = asked.get("tags", [])
    check_tags(own)
    managed, inherited = [], []
    if asked.get("enableECSManagedTags"):
        managed = [{"key": "aws:ecs:clusterName", "value": cluster["clusterName"]}]
    if asked.get("propagateTags") == "TASK_DEFINITION":
        arn = definition["taskDefinitionArn"]
        keys = {tag["key"] for tag in own}
        inherited = [
            tag
            for tag in await call.cloud.ecs.means.tags(call.region, arn)
            if tag["key"] not in keys
        ]
    return [*own, *inherited, *managed]
