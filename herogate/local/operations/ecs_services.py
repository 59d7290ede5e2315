"""Services: created, changed, deleted. Keeping their tasks is the ecs plane's."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.ecs_balancers import check_balancers
from herogate.local.operations.ecs_deployment_configuration import configuration_of
from herogate.local.operations.ecs_workload import (
    capacity_of,
    check_tags,
    cluster_of,
    definition_of,
    invalid,
    network_of,
    platform_of,
    refuse_unknown,
)
from herogate.local.planes.ecs import rollouts, showing
from herogate.local.planes.ecs.notices import Notice
from herogate.local.planes.ecs.services import Service
from herogate.local.planes.ecs.status import ServiceStatus

Document = Mapping[str, Any]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_MOST_TASKS = 5000
_UNKNOWN = (
    "enableExecuteCommand",
    "gatewayConnectors",
    "monitoring",
    "placementConstraints",
    "placementStrategy",
    "role",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
_KEPT = ("propagateTags", "enableECSManagedTags", "healthCheckGracePeriodSeconds")
_OF_A_WORKLOAD = (
    "capacityProviderStrategy",
    "launchType",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "taskDefinition",
)


@operation("ecs", "CreateService")
async def create_service(call: Call) -> Result:
    check(call)
    asked = call.parameters
    if not _NAME.fullmatch(asked["serviceName"]):
        raise invalid(
            "Invalid service name. Up to 255 letters (uppercase and lowercase), numbers, hyphens, "
            "and underscores are allowed."
        )
    _refuse_unknown(asked)
    cluster = await cluster_of(call)
    present = call.cloud.ecs.records.service(_key(call, cluster, asked["serviceName"]))
    if present is not None and present.status is not ServiceStatus.INACTIVE:
        return {"service": _shown(call, _same(present, asked))}
    _check_count(asked)
    check_tags(asked.get("tags", []))
    workload = await _workload(call, cluster, asked)
    _check_grace(asked, workload)
    service, said = rollouts.first(_new(call, cluster), workload, time.time())
    call.cloud.ecs.records.keep_service(service)
    await call.cloud.ecs.tell(said)
    call.cloud.ecs.wake(service)
    return {"service": _shown(call, service)}


@operation("ecs", "UpdateService")
async def update_service(call: Call) -> Result:
    check(call)
    asked = call.parameters
    _refuse_unknown(asked)
    cluster = await cluster_of(call)
    service = _active(call, cluster)
    before = service.primary.revision.workload
    workload = before
    if asked.get("forceNewDeployment") or any(name in asked for name in _OF_A_WORKLOAD):
        workload = await _workload(call, cluster, _over(before, asked))
    _check_grace(asked, workload)
    service = _active(call, cluster)  # as it is now that all was looked up
    service = replace(service, settings=_settings(asked, service.settings))
    if "desiredCount" in asked:
        _check_count(asked)
        service = replace(service, desired_count=asked["desiredCount"], steady=False)
    said: tuple[Notice, ...] = ()
    if workload != before or asked.get("forceNewDeployment"):
        service, said = rollouts.begin(service, workload, time.time())
    call.cloud.ecs.records.keep_service(service)
    await call.cloud.ecs.tell(said)
    call.cloud.ecs.wake(service)
    return {"service": _shown(call, service)}


@operation("ecs", "DeleteService")
async def delete_service(call: Call) -> Result:
    check(call)
    cluster = await cluster_of(call)
    service = _service(call, cluster)
    if service is None or service.status is ServiceStatus.INACTIVE:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    if service.desired_count > 0 and not call.parameters.get("force"):
        raise invalid("The service cannot be stopped while it is scaled above 0.")
    service = replace(service, status=ServiceStatus.DRAINING, desired_count=0)
    call.cloud.ecs.records.keep_service(service)
    call.cloud.ecs.wake(service)
    return {"service": _shown(call, service)}


def _refuse_unknown(asked: Document) -> None:
    refuse_unknown(asked, _UNKNOWN)
    if asked.get("schedulingStrategy", "REPLICA") != "REPLICA":
        raise not_supported("the scheduling strategy DAEMON")
    controller = asked.get("deploymentController", {"type": "ECS"})["type"]
    if controller != "ECS":
        raise not_supported(f"the deployment controller {controller}")
    if asked.get("serviceConnectConfiguration", {}).get("enabled"):
        raise not_supported("Service Connect")


def _check_count(asked: Document) -> None:
    if "desiredCount" not in asked:
        raise invalid("The desired count must be specified for the REPLICA scheduling strategy.")
    if not 0 <= asked["desiredCount"] <= _MOST_TASKS:
        raise invalid(f"desiredCount must be between 0 and {_MOST_TASKS}.")


def _check_grace(asked: Document, workload: Document) -> None:
    if "healthCheckGracePeriodSeconds" in asked and not workload["loadBalancers"]:
        raise invalid(
            "Health check grace period is only valid for services configured to use load balancers"
        )


async def _workload(call: Call, cluster: Document, asked: Document) -> dict[str, Any]:
    """What a deployment is to bring."""
    if "taskDefinition" not in asked:
        raise invalid("TaskDefinition can not be blank.")
    definition = await _definition(call, asked["taskDefinition"])
    return {
        "taskDefinition": definition["taskDefinitionArn"],
        **capacity_of(asked, cluster, definition),
        "platformVersion": platform_of(asked),
        "networkConfiguration": await network_of(call, asked),
        "loadBalancers": await check_balancers(call, asked.get("loadBalancers", []), definition),
    }


async def _definition(call: Call, named: str) -> Document:
    """The definition of a name; one that the service has already need not be active any more."""
    if "taskDefinition" in call.parameters:
        return await definition_of(call, named)
    return await call.cloud.ecs.means.definition(call.region, named)


def _over(workload: Document, asked: Document) -> dict[str, Any]:
    """A workload with what is asked for in place of what there was."""
    changed = {name: asked[name] for name in _OF_A_WORKLOAD if name in asked}
    kept = dict(workload)
    if "capacityProviderStrategy" in changed:
        kept.pop("launchType", None)
    return {**kept, **changed}


def _new(call: Call, cluster: Document) -> Service:
    asked = call.parameters
    return Service(
        region=call.region,
        account_id=call.cloud.account_id,
        cluster=cluster["clusterName"],
        name=asked["serviceName"],
        created_at=time.time(),
        created_by=call.caller.arn,
        desired_count=asked["desiredCount"],
        settings=_settings(asked, {}),
        deployments=(),
        history=(),
        tags=tuple(asked.get("tags", [])),
        asked=dict(asked),
    )


def _settings(asked: Document, present: Document) -> dict[str, Any]:
    """What a service keeps of a request besides its workload."""
    configuration = configuration_of(
        asked.get("deploymentConfiguration", {}), present.get("deploymentConfiguration")
    )
    return {
        "propagateTags": "NONE",
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "availabilityZoneRebalancing": "DISABLED",
        **present,
        "deploymentConfiguration": configuration,
        **{name: asked[name] for name in _KEPT if name in asked},
    }


def _same(present: Service, asked: Document) -> Service:
    """The service that is there, if it was asked for in the same way."""
    if present.status is ServiceStatus.DRAINING:
        raise invalid("Unable to Start a service that is still Draining.")
    if present.asked != asked:
        raise invalid("Creation of service was not idempotent.")
    return present


def _active(call: Call, cluster: Document) -> Service:
    service = _service(call, cluster)
    if service is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    if service.status is not ServiceStatus.ACTIVE:
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    return service


def _service(call: Call, cluster: Document) -> Service | None:
    name = call.parameters["service"].rpartition("/")[2]
    return call.cloud.ecs.records.service(_key(call, cluster, name))


def _key(call: Call, cluster: Document, name: str) -> str:
    return f"{call.region} {cluster['clusterName']} {name}"


def _shown(call: Call, service: Service) -> dict[str, Any]:
    tasks = call.cloud.ecs.records.tasks_of(service)
    return showing.service(service, tasks, tags=True)
