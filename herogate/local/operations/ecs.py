"""ECS's clusters and task definitions, which are declarations. What runs is the ecs plane's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.ecs_workload import latest_definition

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,255}")
_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
_SERVICE_LINKED_ROLE = "AWSServiceRoleForECS"

_TASK_DEFINITION_BYTES = 65_536
_CONTAINERS = 10
_GIB = 1024
_FARGATE_MEMORY_MIB: Mapping[int, Sequence[int]] = {
    256: (512, 1024, 2048),
    512: range(1 * _GIB, 4 * _GIB + 1, _GIB),
    1024: range(2 * _GIB, 8 * _GIB + 1, _GIB),
    2048: range(4 * _GIB, 16 * _GIB + 1, _GIB),
    4096: range(8 * _GIB, 30 * _GIB + 1, _GIB),
    8192: range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB),
    16384: range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB),
}
"""Fargate's memory sizes by CPU units."""

_SHOWN_IF_ASKED = {"TAGS": "tags", "SETTINGS": "settings", "CONFIGURATIONS": "configuration"}


@operation("ecs", "CreateCluster")
async def create_cluster(call: Call) -> Reply | Result:
    name = call.parameters.get("clusterName", "default")
    if not _IDENTIFIER.fullmatch(name):
        raise _invalid(
            "Invalid cluster name. Up to 255 letters (uppercase and lowercase), numbers, "
            "underscores, and hyphens are allowed."
        )
    providers = call.parameters.get("capacityProviders", [])
    _check_providers(providers, call.parameters.get("defaultCapacityProviderStrategy", []))
    existing = await _active_cluster(call, name)
    if existing is not None:
        return {"cluster": _same_cluster(existing, call.parameters)}
    await _check_service_linked_role(call)
    return await call.proceed()


@operation("ecs", "PutClusterCapacityProviders")
async def put_cluster_capacity_providers(call: Call) -> Reply:
    _check_providers(
        call.parameters["capacityProviders"], call.parameters["defaultCapacityProviderStrategy"]
    )
    await _check_service_linked_role(call)
    return await call.proceed()


@operation("ecs", "DescribeCapacityProviders")
async def describe_capacity_providers(call: Call) -> Result:
    """Fargate's two; nothing here has instances of its own."""
    asked = call.parameters.get("capacityProviders") or _PROVIDERS
    names = [name.rpartition("/")[2] for name in asked]
    return {
        "capacityProviders": [_provider(call, name) for name in names if name in _PROVIDERS],
        "failures": [
            {"arn": _provider_arn(call, name), "reason": "MISSING"}
            for name in names
            if name not in _PROVIDERS
        ],
    }


@operation("ecs", "ListClusters")
async def list_clusters(call: Call) -> Reply | Result:
    """A deleted cluster can be described as INACTIVE for a while, and is listed no more."""
    reply = await call.proceed()
    if not reply.ok or not reply.result["clusterArns"]:
        return reply
    arns = reply.result["clusterArns"]
    found = (await call.ask("ecs", "DescribeClusters", clusters=arns))["clusters"]
    inactive = {cluster["clusterArn"] for cluster in found if cluster["status"] == "INACTIVE"}
    return {**reply.result, "clusterArns": [arn for arn in arns if arn not in inactive]}


@operation("ecs", "DescribeClusters")
async def describe_clusters(call: Call) -> Reply | Result:
    """Tags, settings and configuration are shown to whom asks for them."""
    reply = await call.proceed()
    if not reply.ok:
        return reply
    asked = call.parameters.get("include", [])
    hidden = {field for name, field in _SHOWN_IF_ASKED.items() if name not in asked}
    clusters = [
        _shown({**cluster, **_counts(call, cluster["clusterName"])}, hidden)
        for cluster in reply.result["clusters"]
    ]
    return {**reply.result, "clusters": clusters}


@operation("ecs", "DeleteCluster")
async def delete_cluster(call: Call) -> Reply:
    """A cluster in which something still is stays."""
    counts = _counts(call, call.parameters["cluster"].rpartition("/")[2])
    if counts["activeServicesCount"]:
        raise AwsError(
            "ClusterContainsServicesException",
            "The Cluster cannot be deleted while Services are active.",
        )
    if counts["runningTasksCount"] or counts["pendingTasksCount"]:
        raise AwsError(
            "ClusterContainsTasksException",
            "The Cluster cannot be deleted while Tasks are active.",
        )
    reply = await call.proceed()
    if reply.ok:
        # A deleted cluster can be described for a while, but is no longer found by its tags.
        arn = reply.result["cluster"]["clusterArn"]
        told = await call.ask("ecs", "ListTagsForResource", resourceArn=arn)
        if keys := [tag["key"] for tag in told.get("tags") or []]:
            await call.ask("ecs", "UntagResource", resourceArn=arn, tagKeys=keys)
    return reply


@operation("ecs", "UpdateClusterSettings")
async def update_cluster_settings(call: Call) -> Result:
    return await call.ask("ecs", "UpdateCluster", **call.parameters)


@operation("ecs", "RegisterTaskDefinition")
async def register_task_definition(call: Call) -> Reply:
    asked = call.parameters
    if not _IDENTIFIER.fullmatch(asked["family"]):
        raise _refused(
            "Invalid family name. Up to 255 letters (uppercase and lowercase), numbers, hyphens, "
            "and underscores are allowed."
        )
    size = len(json.dumps(asked, separators=(",", ":"), default=str).encode())
    if size > _TASK_DEFINITION_BYTES:
        raise _refused(
            f"Actual length: '{size}'. Max allowed length is '{_TASK_DEFINITION_BYTES}' bytes."
        )
    if len(asked["containerDefinitions"]) > _CONTAINERS:
        raise _refused(f"Too many containers. A task definition has at most {_CONTAINERS}.")
    if "FARGATE" in asked.get("requiresCompatibilities", []):
        _check_fargate(asked)
    return await call.proceed()


@operation("ecs", "DescribeTaskDefinition")
async def describe_task_definition(call: Call) -> Reply:
    """A family without a revision is its latest active one."""
    named = call.parameters["taskDefinition"]
    if ":" in named:
        return await call.proceed()
    latest = await latest_definition(call, named)
    if latest is None:
        raise _refused("Unable to describe task definition.")
    return await call.proceed(taskDefinition=latest)


def _counts(call: Call, name: str) -> dict[str, int]:
    """What is in a cluster."""
    records = call.cloud.ecs.records
    states = [task.status for task in records.tasks(call.region, name)]
    return {
        "activeServicesCount": sum(
            not service.status.is_over for service in records.services(call.region, name)
        ),
        "pendingTasksCount": sum(status.is_starting for status in states),
        "runningTasksCount": sum(
            not status.is_starting and not status.is_over for status in states
        ),
    }


def _shown(cluster: Mapping[str, Any], hidden: set[str]) -> dict[str, Any]:
    whole = {"tags": [], "settings": [], **cluster}
    return {field: value for field, value in whole.items() if field not in hidden}


def _check_providers(providers: Sequence[str], strategy: Sequence[Mapping[str, Any]]) -> None:
    if not set(providers).issubset(_PROVIDERS):
        raise _invalid(
            "The specified capacity provider was not found. Specify a valid capacity provider and "
            "try again."
        )
    if not {item["capacityProvider"] for item in strategy}.issubset(providers):
        raise _invalid(
            "The specified capacity provider strategy cannot contain a capacity provider that is "
            "not associated with the cluster. Associate the capacity provider with the cluster or "
            "specify a valid capacity provider and try again."
        )


async def _active_cluster(call: Call, name: str) -> Mapping[str, Any] | None:
    include = list(_SHOWN_IF_ASKED)
    answer = await call.ask("ecs", "DescribeClusters", clusters=[name], include=include)
    active = [cluster for cluster in answer["clusters"] if cluster["status"] == "ACTIVE"]
    return active[0] if active else None


def _same_cluster(existing: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The cluster that is there, if it was asked for in the same way."""
    compared = {*asked} - {"clusterName"}
    if any(existing.get(field, []) != asked[field] for field in compared):
        raise _invalid(
            "Arguments on this idempotent request are inconsistent with arguments used in previous "
            "request(s)."
        )
    return existing


async def _check_service_linked_role(call: Call) -> None:
    """A fresh account's first cluster fails until the role is there: ECS acts through it."""
    try:
        await call.ask("iam", "GetRole", RoleName=_SERVICE_LINKED_ROLE)
    except AwsError as error:
        if error.code != "NoSuchEntity":
            raise
        raise _invalid(
            "Unable to assume the service linked role. Please verify that the ECS service linked "
            "role exists."
        ) from None


def _check_fargate(asked: Mapping[str, Any]) -> None:
    if asked.get("networkMode") != "awsvpc":
        raise _refused("Fargate only supports network mode 'awsvpc'.")
    if "cpu" not in asked or "memory" not in asked:
        raise _refused("Fargate requires that 'cpu' and 'memory' be defined at the task level.")
    cpu, memory = asked["cpu"], asked["memory"]
    fits = cpu.isdecimal() and memory.isdecimal()
    if fits and int(memory) not in _FARGATE_MEMORY_MIB.get(int(cpu), ()):
        raise _refused(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
        )


def _provider(call: Call, name: str) -> dict[str, Any]:
    arn = _provider_arn(call, name)
    return {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "tags": []}


def _provider_arn(call: Call, name: str) -> str:
    return f"arn:aws:ecs:{call.region}:{call.cloud.account_id}:capacity-provider/{name}"


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


def _refused(message: str) -> AwsError:
    return AwsError("ClientException", message)
