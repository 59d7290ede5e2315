"""What there is of services, tasks and deployments, described and listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.ecs_workload import cluster_of, invalid
from herogate.local.planes.ecs import showing
from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.status import ServiceStatus
from herogate.local.planes.ecs.tasks import Task

Document = Mapping[str, Any]

_SERVICES_A_CALL = 10
_MOST_A_PAGE = 100


@operation("ecs", "DescribeServices")
async def describe_services(call: Call) -> Result:
    check(call)
    cluster = await cluster_of(call)
    named = call.parameters["services"]
    if not named:
        raise invalid("Services cannot be empty.")
    if len(named) > _SERVICES_A_CALL:
        raise invalid(f"Services cannot have more than {_SERVICES_A_CALL} elements.")
    tags = "TAGS" in call.parameters.get("include", [])
    records = call.cloud.ecs.records
    found, missing = [], []
    for name in named:
        service = _service(call, cluster, name)
        if service is None:
            missing.append({"arn": _arn(call, cluster, name), "reason": "MISSING"})
        else:
            found.append(showing.service(service, records.tasks_of(service), tags=tags))
    return {"services": found, "failures": missing}


@operation("ecs", "ListServices")
async def list_services(call: Call) -> Result:
    """Services that were not deleted: one whose last tasks drain can be described only."""
    check(call)
    cluster = await cluster_of(call)
    asked = call.parameters
    of_fargate = asked.get("launchType", "FARGATE") == "FARGATE"
    replicas = asked.get("schedulingStrategy", "REPLICA") == "REPLICA"
    arns = [
        service.arn
        for service in call.cloud.ecs.records.services(call.region, cluster["clusterName"])
        if service.status is ServiceStatus.ACTIVE and of_fargate and replicas
    ]
    return page(call, "serviceArns", arns, size=10)


@operation("ecs", "ListTaskDefinitions")
async def list_task_definitions(call: Call) -> Result | Reply:
    """Revisions by family and number; moto knows no order and no pages."""
    check(call)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    descending = call.parameters.get("sort") == "DESC"
    arns = sorted(reply.result["taskDefinitionArns"], key=_revision, reverse=descending)
    return page(call, "taskDefinitionArns", arns, size=_MOST_A_PAGE)


@operation("ecs", "ListTaskDefinitionFamilies")
async def list_task_definition_families(call: Call) -> Result | Reply:
    """The families that have a definition of the status asked for."""
    check(call)
    reply = await call.proceed()
    if not reply.ok:
        return reply
    status = call.parameters.get("status", "ACTIVE")
    statuses = ("ACTIVE", "INACTIVE") if status == "ALL" else (status,)
    found = [
        family for family in sorted(reply.result["families"]) if await _has(call, family, statuses)
    ]
    return page(call, "families", found, size=_MOST_A_PAGE)


@operation("ecs", "ListTasks")
async def list_tasks(call: Call) -> Result:
    check(call)
    cluster = await cluster_of(call)
    asked = call.parameters
    if "serviceName" in asked and _service(call, cluster, asked["serviceName"]) is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    tasks = call.cloud.ecs.records.tasks(call.region, cluster["clusterName"])
    arns = [task.arn for task in tasks if _is_asked(task, asked)]
    return page(call, "taskArns", arns, size=_MOST_A_PAGE)


async def _has(call: Call, family: str, statuses: Sequence[str]) -> bool:
    for status in statuses:
        asked = {"familyPrefix": family, "status": status, "maxResults": 1}
        listed = await call.ask("ecs", "ListTaskDefinitions", **asked)
        if listed["taskDefinitionArns"]:
            return True
    return False


def page(call: Call, name: str, items: Sequence[Any], *, size: int) -> dict[str, Any]:
    """The page of a list that a call asks for; a token is the number of items before it."""
    wanted = call.parameters.get("maxResults", size)
    if not 1 <= wanted <= _MOST_A_PAGE:
        raise invalid(f"maxResults must be between 1 and {_MOST_A_PAGE}.")
    token = call.parameters.get("nextToken") or "0"
    if not token.isdecimal() or int(token) > len(items):
        raise invalid("Invalid token in the request.")
    end = int(token) + wanted
    further = {"nextToken": str(end)} if end < len(items) else {}
    return {name: list(items[int(token) : end]), **further}


def _revision(arn: str) -> tuple[str, int]:
    family, _, number = arn.rpartition(":")
    return family, int(number)


def _is_asked(task: Task, asked: Document) -> bool:
    family = task.definition_arn.rpartition("/")[2].partition(":")[0]
    service = asked.get("serviceName")
    return (
        task.desired.value == asked.get("desiredStatus", "RUNNING")
        and asked.get("family", family) == family
        and asked.get("startedBy", task.started_by) == task.started_by
        and asked.get("launchType", task.launch_type) == task.launch_type
        and (service is None or service.rpartition("/")[2] == task.service)
        and not asked.get("containerInstance")
        and not asked.get("daemonName")
    )


def _service(call: Call, cluster: Document, named: str) -> Service | None:
    name = named.rpartition("/")[2]
    return call.cloud.ecs.records.service(f"{call.region} {cluster['clusterName']} {name}")


def _arn(call: Call, cluster: Document, named: str) -> str:
    if named.startswith("arn:"):
        return named
    account = call.cloud.account_id
    return f"arn:aws:ecs:{call.region}:{account}:service/{cluster['clusterName']}/{named}"
