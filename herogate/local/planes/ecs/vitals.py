"""Whether a service's task is healthy, by load balancers and container health checks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from herogate.local.planes.ecs.plan import Copy, CopyState
from herogate.local.planes.ecs.status import DesiredStatus, Health
from herogate.local.planes.ecs.tasks import Task

PROVEN_SECONDS = 5
"""How long a task that nothing checks must run to count as healthy. ECS waits 40 seconds; here
nothing takes so long to show."""


@dataclass(frozen=True, kw_only=True)
class TargetHealth:
    """What a load balancer says of a target: ``initial``, ``healthy``, ``unhealthy`` …, and why."""

    state: str
    reason: str = ""


Targets = Mapping[tuple[str, str, int], TargetHealth]
"""By target group, address and port."""


def copy_of(task: Task, targets: Targets, *, grace_seconds: int, now: float) -> Copy:
    """A service's task as its scheduler sees it."""
    state, ailment, settles_at = _state(task, targets, grace_seconds, now)
    return Copy(
        id=task.id,
        deployment=task.deployment or "",
        state=state,
        created_at=task.created_at,
        ailment=ailment,
        settles_at=settles_at,
    )


def _state(
    task: Task, targets: Targets, grace_seconds: int, now: float
) -> tuple[CopyState, str, float | None]:
    if task.desired is DesiredStatus.STOPPED:
        return CopyState.STOPPING, "", None
    if not task.is_running or task.started_at is None:
        return CopyState.STARTING, "", None
    ailment = _ailment(task, targets)
    if ailment:
        grace_ends = task.started_at + grace_seconds
        if now >= grace_ends:
            return CopyState.UNHEALTHY, ailment, None
        return CopyState.STARTING, "", grace_ends
    if _is_proven(task, targets):
        return CopyState.HEALTHY, "", None
    if task.targets or any(each.essential and each.checked for each in task.containers):
        return CopyState.STARTING, "", None
    proven_at = task.started_at + PROVEN_SECONDS
    return (
        (CopyState.HEALTHY, "", None) if now >= proven_at else (CopyState.STARTING, "", proven_at)
    )


def _ailment(task: Task, targets: Targets) -> str:
    """What is wrong with a running task, in ECS's words; empty if nothing is known to be."""
    for container in task.containers:
        if container.essential and container.checked and container.health is Health.UNHEALTHY:
            return "Task failed container health checks"
    for target in task.targets:
        found = targets.get((target.group_arn, task.interface.address, target.port))
        if found is not None and found.state == "unhealthy":
            return f"Task failed ELB health checks in (target-group {target.group_arn})"
    return ""


def _is_proven(task: Task, targets: Targets) -> bool:
    """Whether all that checks the task has found it healthy, and something does."""
    checked = [each for each in task.containers if each.essential and each.checked]
    if any(container.health is not Health.HEALTHY for container in checked):
        return False
    for target in task.targets:
        found = targets.get((target.group_arn, task.interface.address, target.port))
        if found is None or found.state != "healthy":
            return False
    return bool(checked or task.targets)
