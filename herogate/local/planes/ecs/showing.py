"""Services, deployments and tasks in the shape of the API. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from herogate.local.planes.ecs.services import Deployment, Revision, Service, ServiceDeployment
from herogate.local.planes.ecs.status import DeploymentStatus, Health, TaskStatus
from herogate.local.planes.ecs.tasks import Container, Interface, Task

Shape = dict[str, Any]

PLATFORM_VERSION = "1.4.0"
PLATFORM_FAMILY = "Linux"


def task(found: Task, *, tags: bool = False) -> Shape:
    """A task as DescribeTasks shows it."""
    return _present(
        {
            "taskArn": found.arn,
            "clusterArn": found.cluster_arn,
            "taskDefinitionArn": found.definition_arn,
            "group": found.group,
            "startedBy": found.started_by,
            "launchType": found.launch_type,
            "capacityProviderName": found.capacity_provider,
            "platformVersion": found.platform_version,
            "platformFamily": PLATFORM_FAMILY,
            "availabilityZone": found.interface.availability_zone,
            "cpu": found.cpu,
            "memory": found.memory,
            "desiredStatus": found.desired.value,
            "lastStatus": found.status.value,
            "healthStatus": health(found).value,
            "connectivity": None if found.started_at is None else "CONNECTED",
            "connectivityAt": _time(found.pull_started_at if found.started_at else None),
            "createdAt": _time(found.created_at),
            "pullStartedAt": _time(found.pull_started_at),
            "pullStoppedAt": _time(found.pull_stopped_at),
            "startedAt": _time(found.started_at),
            "stoppingAt": _time(found.stopping_at),
            "executionStoppedAt": _time(found.execution_stopped_at),
            "stoppedAt": _time(found.stopped_at),
            "stopCode": found.stop_code and found.stop_code.value,
            "stoppedReason": found.stopped_reason,
            "version": found.version,
            "enableExecuteCommand": False,
            "attributes": [],
            "ephemeralStorage": {"sizeInGiB": 20},
            "overrides": {"containerOverrides": [], **found.overrides},
            "attachments": [_attachment(found.interface, found.status)],
            "containers": [_container(found, each) for each in found.containers],
            "tags": list(found.tags) if tags else [],
        }
    )


def health(found: Task) -> Health:
    """A task's health: that of its essential containers, the worst counting."""
    states = {container.health for container in found.containers if container.essential}
    for worst in (Health.UNHEALTHY, Health.UNKNOWN):
        if worst in states:
            return worst
    return Health.HEALTHY


def service(found: Service, tasks: Sequence[Task], *, tags: bool = False) -> Shape:
    """A service as DescribeServices shows it, with its `tasks` that have not stopped."""
    workload = found.primary.revision.workload
    shape = {
        "serviceArn": found.arn,
        "serviceName": found.name,
        "clusterArn": found.cluster_arn,
        "status": found.status.value,
        "desiredCount": found.desired_count,
        **_counts(tasks),
        **workload,
        **found.settings,
        "platformFamily": PLATFORM_FAMILY,
        "serviceRegistries": [],
        "deployments": [_deployment(found, each, tasks) for each in found.deployments],
        "events": [
            {"id": each.id, "createdAt": _time(each.created_at), "message": each.message}
            for each in found.events
        ],
        "roleArn": _service_linked_role(found),
        "createdAt": _time(found.created_at),
        "createdBy": found.created_by,
        "placementConstraints": [],
        "placementStrategy": [],
        "currentServiceRevisions": [
            revision_summary(
                found, each.revision, tasks, found.desired_count if each is found.primary else 0
            )
            for each in found.deployments
        ],
        "tags": list(found.tags) if tags else [],
    }
    if found.entry.status.is_under_way:
        shape["currentServiceDeployment"] = found.entry_arn(found.entry)
    return shape


def revision_summary(
    found: Service, revision: Revision, tasks: Iterable[Task], requested: int
) -> Shape:
    """A revision with the numbers of its tasks."""
    ids = {each.id for each in found.deployments if each.revision == revision}
    counts = _counts([each for each in tasks if each.deployment in ids])
    return {
        "arn": found.revision_arn(revision),
        "requestedTaskCount": requested,
        "runningTaskCount": counts["runningCount"],
        "pendingTaskCount": counts["pendingCount"],
    }


def service_deployment_brief(found: Service, entry: ServiceDeployment) -> Shape:
    """An entry of the history as ListServiceDeployments shows it."""
    return _present(
        {
            "serviceDeploymentArn": found.entry_arn(entry),
            "serviceArn": found.arn,
            "clusterArn": found.cluster_arn,
            "createdAt": _time(entry.created_at),
            "startedAt": _time(entry.created_at),
            "finishedAt": _time(entry.finished_at),
            "targetServiceRevisionArn": found.revision_arn(entry.target),
            "status": entry.status.value,
            "statusReason": entry.reason,
        }
    )


def service_deployment(found: Service, entry: ServiceDeployment, tasks: Sequence[Task]) -> Shape:
    """An entry of the history as DescribeServiceDeployments shows it."""
    brief = service_deployment_brief(found, entry)
    del brief["targetServiceRevisionArn"]
    current = entry == found.entry
    wanted = found.desired_count if current and entry.rollback is None else 0
    back = entry.rollback
    return _present(
        {
            **brief,
            "stoppedAt": _time(entry.stopped_at),
            "updatedAt": _time(entry.updated_at),
            "sourceServiceRevisions": [
                revision_summary(found, each, tasks, 0) for each in entry.sources
            ],
            "targetServiceRevision": revision_summary(found, entry.target, tasks, wanted),
            "deploymentConfiguration": entry.configuration,
            "deploymentCircuitBreaker": _breaker(found, entry),
            "rollback": None
            if back is None
            else {
                "reason": back.reason,
                "startedAt": _time(back.started_at),
                "serviceRevisionArn": found.revision_arn(back.revision),
            },
        }
    )


def service_revision(found: Service, revision: Revision) -> Shape:
    """A revision as DescribeServiceRevisions shows it."""
    return {
        "serviceRevisionArn": found.revision_arn(revision),
        "serviceArn": found.arn,
        "clusterArn": found.cluster_arn,
        "createdAt": _time(revision.created_at),
        "platformFamily": PLATFORM_FAMILY,
        "serviceRegistries": [],
        "guardDutyEnabled": False,
        **revision.workload,
    }


def _breaker(found: Service, entry: ServiceDeployment) -> Shape:
    if entry.threshold is None:
        return {"status": "DISABLED", "failureCount": 0, "threshold": 0}
    under_way = entry.status.is_under_way and entry.rollback is None
    running = entry == found.entry and under_way
    failures = found.primary.failures if running else entry.failures
    stopped = "TRIGGERED" if failures >= entry.threshold else "MONITORING_COMPLETE"
    return {
        "status": "MONITORING" if running else stopped,
        "failureCount": failures,
        "threshold": entry.threshold,
    }


def _deployment(found: Service, deployment: Deployment, tasks: Sequence[Task]) -> Shape:
    own = [each for each in tasks if each.deployment == deployment.id]
    primary = deployment.status is DeploymentStatus.PRIMARY
    desired = sum(each.desired.value == "RUNNING" for each in own)
    workload = deployment.revision.workload
    return {
        "id": deployment.id,
        "status": deployment.status.value,
        "desiredCount": found.desired_count if primary else desired,
        **_counts(own),
        "failedTasks": deployment.failures,
        "createdAt": _time(deployment.created_at),
        "updatedAt": _time(deployment.updated_at),
        **{name: value for name, value in workload.items() if name != "loadBalancers"},
        "platformFamily": PLATFORM_FAMILY,
        "rolloutState": deployment.rollout.value,
        "rolloutStateReason": deployment.reason,
    }


def _counts(tasks: Iterable[Task]) -> dict[str, int]:
    states = [each.status for each in tasks]
    return {
        "runningCount": sum(state is TaskStatus.RUNNING for state in states),
        "pendingCount": sum(state.is_starting for state in states),
    }


def _container(found: Task, container: Container) -> Shape:
    interface = found.interface
    return _present(
        {
            "containerArn": found.container_arn(container),
            "taskArn": found.arn,
            "name": container.name,
            "image": container.image,
            "imageDigest": container.image_digest or None,
            "runtimeId": container.runtime_id or None,
            "lastStatus": container.status.value,
            "exitCode": container.exit_code,
            "reason": container.reason,
            "healthStatus": container.health.value,
            "networkBindings": [],
            "networkInterfaces": [
                {
                    "attachmentId": interface.attachment_id,
                    "privateIpv4Address": interface.address,
                }
            ],
            "cpu": "0",
        }
    )


def _attachment(interface: Interface, status: TaskStatus) -> Shape:
    private_name = f"ip-{interface.address.replace('.', '-')}.ec2.internal"
    details = {
        "subnetId": interface.subnet_id,
        "networkInterfaceId": interface.interface_id,
        "macAddress": interface.mac_address,
        "privateDnsName": private_name,
        "privateIPv4Address": interface.address,
    }
    states = {TaskStatus.PROVISIONING: "ATTACHING", TaskStatus.STOPPED: "DELETED"}
    return {
        "id": interface.attachment_id,
        "type": "ElasticNetworkInterface",
        "status": states.get(status, "ATTACHED"),
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def _service_linked_role(found: Service) -> str:
    path = "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    return f"arn:aws:iam::{found.account_id}:role/{path}"


def _time(moment: float | None) -> datetime | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def _present(members: Mapping[str, Any]) -> Shape:
    return {name: value for name, value in members.items() if value is not None}
