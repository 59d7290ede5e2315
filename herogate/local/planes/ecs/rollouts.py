"""What becomes of a service's deployments: begun, completed, failed, taken back.

Pure: a service in, the service as it is afterwards out, and with it what EventBridge is to be told.
When any of this is due is decided in ``plan.py``.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from herogate.local.planes.ecs import notices
from herogate.local.planes.ecs.breaker import breaker_of
from herogate.local.planes.ecs.notices import Notice
from herogate.local.planes.ecs.services import (
    EVENTS,
    Deployment,
    Revision,
    Rollback,
    Service,
    ServiceDeployment,
    ServiceEvent,
)
from herogate.local.planes.ecs.status import (
    DeploymentStatus,
    RolloutState,
    ServiceDeploymentStatus,
)

Outcome = tuple[Service, tuple[Notice, ...]]

TASKS_FAILED = "tasks failed to start."
IMPAIRED_AFTER = 3
"""So many tasks in a row must fail before a service says that it cannot start tasks consistently."""

_HISTORY = 50


def told(service: Service, message: str, now: float) -> Service:
    """The service with an event: a line that begins with its name."""
    line = f"(service {service.name}) {message}"
    event = ServiceEvent(id=str(uuid.uuid4()), created_at=now, message=line)
    return replace(service, events=(event, *service.events)[:EVENTS])


def first(service: Service, workload: Mapping[str, Any], now: float) -> Outcome:
    """The service, which has no deployment yet, with its first one."""
    return _begun(service, _revision(workload, now), now)


def begin(service: Service, workload: Mapping[str, Any], now: float) -> Outcome:
    """The service with a new primary deployment, which replaces what there is."""
    superseded = service.entry
    if superseded.status.is_under_way:
        service = service.with_entry(
            replace(
                superseded,
                status=ServiceDeploymentStatus.STOPPED,
                reason="Service deployment was superseded by a newer service deployment.",
                stopped_at=now,
                updated_at=now,
                failures=service.primary.failures,
            )
        )
    return _begun(service, _revision(workload, now), now)


def complete(service: Service, now: float) -> Outcome:
    """The service, its primary deployment completed."""
    primary = service.primary
    done = replace(
        primary,
        rollout=RolloutState.COMPLETED,
        reason=f"ECS deployment {primary.id} completed.",
        updated_at=now,
    )
    back = primary.rolls_back
    entry = replace(
        service.entry,
        status=ServiceDeploymentStatus.ROLLBACK_SUCCESSFUL
        if back
        else ServiceDeploymentStatus.SUCCESSFUL,
        finished_at=now,
        updated_at=now,
        failures=service.entry.failures if back else primary.failures,
    )
    service = replace(service.with_deployment(done).with_entry(entry), completed=done)
    service = told(service, f"(deployment {done.id}) deployment completed.", now)
    return service, (notices.of_deployment(service, done, "SERVICE_DEPLOYMENT_COMPLETED"),)


def fail(service: Service, now: float) -> Outcome:
    """The service, its primary deployment failed by the circuit breaker; rolled back if so wanted."""
    breaker = breaker_of(service.configuration)
    rolls_back = breaker is not None and breaker.rolls_back
    reason = f"ECS deployment circuit breaker: {TASKS_FAILED}"
    message = f"(deployment {service.primary.id}) deployment failed: {TASKS_FAILED}"
    service, failed = _failed(service, reason, now)
    service = told(service, message, now)
    before = service.completed
    if not rolls_back or before is None or failed.rolls_back or before.id == failed.id:
        status = (
            ServiceDeploymentStatus.ROLLBACK_FAILED
            if failed.rolls_back
            else ServiceDeploymentStatus.STOPPED
        )
        entry = replace(service.entry, status=status, reason=reason, stopped_at=now, updated_at=now)
        service = service.with_entry(entry)
        return service, (notices.of_deployment(service, failed, "SERVICE_DEPLOYMENT_FAILED"),)
    service, began = _rolled_back(
        service,
        before,
        now,
        reason,
        f"ECS deployment circuit breaker: rolling back to deploymentId {before.id}.",
    )
    return service, (notices.of_deployment(service, failed, "SERVICE_DEPLOYMENT_FAILED"), *began)


def take_back(service: Service, now: float) -> Outcome:
    """The service, its primary deployment rolled back to the last completed one, on request."""
    before = service.completed
    if before is None:
        raise ValueError("there is nothing to roll back to")
    reason = "Service deployment rolled back because a rollback was requested."
    service, _ = _failed(service, "ECS deployment stopped by user.", now)
    return _rolled_back(service, before, now, reason, f"Rolling back to deploymentId {before.id}.")


def retire(service: Service, deployment_id: str) -> Service:
    """The service without a deployment of which nothing is left."""
    kept = (each for each in service.deployments if each.id != deployment_id)
    return replace(service, deployments=tuple(kept))


def with_failure(service: Service, deployment_id: str, now: float) -> Outcome:
    """The service, one more task of a deployment failed."""
    deployment = service.deployment(deployment_id)
    if deployment is None:
        return service, ()
    in_progress = deployment.rollout is RolloutState.IN_PROGRESS
    failed = replace(
        deployment,
        failures=deployment.failures + in_progress,
        failures_in_a_row=deployment.failures_in_a_row + 1,
        last_failure_at=now,
        updated_at=now,
    )
    service = service.with_deployment(failed)
    if failed.failures_in_a_row != IMPAIRED_AFTER or failed.id != service.primary.id:
        return service, ()
    service = told(service, "is unable to consistently start tasks successfully.", now)
    return service, (notices.of_service(service, "SERVICE_TASK_START_IMPAIRED", "WARN", now),)


def with_healthy_task(service: Service, deployment_id: str) -> Service:
    """The service, a task of a deployment found healthy for the first time."""
    deployment = service.deployment(deployment_id)
    if deployment is None:
        return service
    breaker = breaker_of(service.configuration)
    resets = breaker is None or breaker.resets
    failures = 0 if resets else deployment.failures
    healthy = replace(deployment, failures=failures, failures_in_a_row=0)
    return service if healthy == deployment else service.with_deployment(healthy)


def without_delay(service: Service) -> Service:
    """The service, of which no failed task delays the next one any more."""
    return service.with_deployment(replace(service.primary, failures_in_a_row=0))


def settled(service: Service, now: float) -> Outcome:
    """The service, said to be in a steady state."""
    service = replace(told(service, "has reached a steady state.", now), steady=True)
    return service, (notices.of_service(service, "SERVICE_STEADY_STATE", "INFO", now),)


def _revision(workload: Mapping[str, Any], now: float) -> Revision:
    return Revision(number=_number(), created_at=now, workload=workload)


def _begun(service: Service, revision: Revision, now: float) -> Outcome:
    entry = ServiceDeployment(
        id=secrets.token_urlsafe(16)[:21],
        deployment=f"ecs-svc/{_number()}",
        target=revision,
        sources=tuple(each.revision for each in service.deployments),
        configuration=service.configuration,
        created_at=now,
        updated_at=now,
        threshold=_threshold(service),
    )
    deployment = Deployment(
        id=entry.deployment,
        status=DeploymentStatus.PRIMARY,
        revision=revision,
        entry=entry.id,
        created_at=now,
        updated_at=now,
        reason=f"ECS deployment {entry.deployment} in progress.",
    )
    service = replace(
        service,
        deployments=(deployment, *_replaced(service, now)),
        history=(entry, *service.history)[:_HISTORY],
        steady=False,
    )
    return service, (notices.of_deployment(service, deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS"),)


def _replaced(service: Service, now: float) -> tuple[Deployment, ...]:
    """The deployments as others than the primary one."""
    return tuple(
        replace(each, status=DeploymentStatus.ACTIVE, updated_at=now)
        if each.status is DeploymentStatus.PRIMARY
        else each
        for each in service.deployments
    )


def _failed(service: Service, reason: str, now: float) -> tuple[Service, Deployment]:
    failed = replace(service.primary, rollout=RolloutState.FAILED, reason=reason, updated_at=now)
    entry = service.entry
    if not failed.rolls_back:
        entry = replace(entry, failures=failed.failures)
    return service.with_deployment(failed).with_entry(entry), failed


def _rolled_back(
    service: Service, before: Deployment, now: float, reason: str, shown: str
) -> Outcome:
    """The service with the deployment that completed last as the primary one again."""
    entry = replace(
        service.entry,
        status=ServiceDeploymentStatus.ROLLBACK_IN_PROGRESS,
        reason=reason,
        rollback=Rollback(reason=reason, started_at=now, revision=before.revision),
        updated_at=now,
    )
    again = replace(
        before,
        status=DeploymentStatus.PRIMARY,
        rollout=RolloutState.IN_PROGRESS,
        reason=shown,
        entry=entry.id,
        rolls_back=True,
        failures=0,
        failures_in_a_row=0,
        updated_at=now,
    )
    others = (each for each in _replaced(service, now) if each.id != before.id)
    service = replace(service.with_entry(entry), deployments=(again, *others), steady=False)
    service = told(service, f"rolling back to deployment {before.id}.", now)
    return service, (notices.of_deployment(service, again, "SERVICE_DEPLOYMENT_IN_PROGRESS"),)


def _threshold(service: Service) -> int | None:
    breaker = breaker_of(service.configuration)
    return None if breaker is None else breaker.threshold(service.desired_count)


def _number() -> int:
    """A number of 19 digits, as ECS gives deployments and revisions."""
    return 10**18 + secrets.randbelow(9 * 10**18)
