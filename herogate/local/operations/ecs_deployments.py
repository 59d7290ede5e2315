"""The history of services: their deployments and revisions, and stopping one that is under way."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.ecs_listing import page
from herogate.local.operations.ecs_workload import cluster_of, invalid
from herogate.local.planes.ecs import rollouts, showing
from herogate.local.planes.ecs.services import Revision, Service, ServiceDeployment

_ARN = re.compile(
    r"arn:aws:ecs:([^:]+):\d+:(service-deployment|service-revision)/([^/]+)/([^/]+)/([^/]+)"
)
_ARNS_A_CALL = 20


@operation("ecs", "ListServiceDeployments")
async def list_service_deployments(call: Call) -> Result:
    check(call)
    asked = call.parameters
    service = await _named_service(call)
    wanted, created = asked.get("status", []), asked.get("createdAt", {})
    entries = [
        showing.service_deployment_brief(service, entry)
        for entry in service.history
        if (not wanted or entry.status.value in wanted) and _lies_within(entry.created_at, created)
    ]
    return page(call, "serviceDeployments", entries, size=20)


@operation("ecs", "DescribeServiceDeployments")
async def describe_service_deployments(call: Call) -> Result:
    check(call)
    found, missing = [], []
    for arn in _arns(call, "serviceDeploymentArns"):
        entry = _entry(call, arn)
        if entry is None:
            missing.append({"arn": arn, "reason": "MISSING"})
        else:
            tasks = call.cloud.ecs.records.tasks_of(entry[0])
            found.append(showing.service_deployment(*entry, tasks))
    return {"serviceDeployments": found, "failures": missing}


@operation("ecs", "DescribeServiceRevisions")
async def describe_service_revisions(call: Call) -> Result:
    check(call)
    found, missing = [], []
    for arn in _arns(call, "serviceRevisionArns"):
        revision = _revision(call, arn)
        if revision is None:
            missing.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(showing.service_revision(*revision))
    return {"serviceRevisions": found, "failures": missing}


@operation("ecs", "StopServiceDeployment")
async def stop_service_deployment(call: Call) -> Result:
    check(call)
    arn = call.parameters["serviceDeploymentArn"]
    if call.parameters.get("stopType", "ROLLBACK") != "ROLLBACK":
        raise not_supported("the stop type ABORT, which belongs to blue/green deployments")
    found = _entry(call, arn)
    if found is None:
        raise AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
    service, entry = found
    if not entry.status.is_under_way or entry.rollback is not None:
        raise AwsError(
            "ConflictException",
            f"The service deployment is in the state {entry.status.value} and cannot be stopped.",
        )
    if service.completed is None:
        raise AwsError(
            "ConflictException",
            "The service deployment cannot be rolled back: no earlier service deployment has "
            "completed.",
        )
    service, said = rollouts.take_back(service, time.time())
    call.cloud.ecs.records.keep_service(service)
    await call.cloud.ecs.tell(said)
    call.cloud.ecs.wake(service)
    return {"serviceDeploymentArn": arn}


async def _named_service(call: Call) -> Service:
    cluster = await cluster_of(call)
    name = call.parameters["service"].rpartition("/")[2]
    service = call.cloud.ecs.records.service(f"{call.region} {cluster['clusterName']} {name}")
    if service is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    return service


def _lies_within(moment: float, span: Mapping[str, Any]) -> bool:
    after, before = span.get("after"), span.get("before")
    return (after is None or moment >= after.timestamp()) and (
        before is None or moment <= before.timestamp()
    )


def _arns(call: Call, name: str) -> list[str]:
    arns = list(call.parameters[name])
    if not 1 <= len(arns) <= _ARNS_A_CALL:
        raise invalid(f"{name} must have between 1 and {_ARNS_A_CALL} elements.")
    return arns


def _entry(call: Call, arn: str) -> tuple[Service, ServiceDeployment] | None:
    service, last = _service_of(call, arn)
    if service is None:
        return None
    entries = [each for each in service.history if each.id == last]
    return (service, entries[0]) if entries else None


def _revision(call: Call, arn: str) -> tuple[Service, Revision] | None:
    service, last = _service_of(call, arn)
    if service is None:
        return None
    known = [each.target for each in service.history]
    revisions = [each for each in known if str(each.number) == last]
    return (service, revisions[0]) if revisions else None


def _service_of(call: Call, arn: str) -> tuple[Service | None, str]:
    """The service that an ARN belongs to, and the ARN's last part."""
    matched = _ARN.fullmatch(arn)
    if matched is None:
        raise invalid("Invalid ARN.")
    region, _, cluster, name, last = matched.groups()
    return call.cloud.ecs.records.service(f"{region} {cluster} {name}"), last
