"""What ECS tells EventBridge of tasks, deployments and services, in its documented form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from herogate.local.planes.ecs import showing
from herogate.local.planes.ecs.services import Deployment, Service
from herogate.local.planes.ecs.tasks import Task


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One event from the source ``aws.ecs``."""

    region: str
    detail_type: str
    resources: tuple[str, ...]
    detail: Mapping[str, Any]


def of_task(task: Task) -> Notice:
    """That a task has come further."""
    detail = {**showing.task(task), "version": task.version, "updatedAt": _time(_latest(task))}
    return Notice(
        region=task.region,
        detail_type="ECS Task State Change",
        resources=(task.arn,),
        detail=_plain(detail),
    )


def of_deployment(service: Service, deployment: Deployment, name: str) -> Notice:
    """That a deployment has begun, succeeded or failed."""
    return Notice(
        region=service.region,
        detail_type="ECS Deployment State Change",
        resources=(service.arn,),
        detail={
            "eventType": "ERROR" if name == "SERVICE_DEPLOYMENT_FAILED" else "INFO",
            "eventName": name,
            "deploymentId": deployment.id,
            "updatedAt": _time(deployment.updated_at),
            "reason": deployment.reason,
        },
    )


def of_service(service: Service, name: str, kind: str, now: float) -> Notice:
    """What a service has to say: `kind` is INFO, WARN or ERROR."""
    return Notice(
        region=service.region,
        detail_type="ECS Service Action",
        resources=(service.arn,),
        detail={
            "eventType": kind,
            "eventName": name,
            "clusterArn": service.cluster_arn,
            "createdAt": _time(now),
        },
    )


def _latest(task: Task) -> float:
    moments = (task.stopped_at, task.stopping_at, task.started_at, task.pull_started_at)
    return next((moment for moment in moments if moment is not None), task.created_at)


def _time(moment: float) -> str:
    return _iso(datetime.fromtimestamp(moment, UTC))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    """The value with its times as JSON can carry them."""
    if isinstance(value, datetime):
        return _iso(value)
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value
