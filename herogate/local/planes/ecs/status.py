"""The states of tasks, deployments and services, as ECS names them."""

from __future__ import annotations

from enum import StrEnum


class TaskStatus(StrEnum):
    """How far a task's life has come."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"

    @property
    def is_starting(self) -> bool:
        """Whether the task has yet to run."""
        return self in (TaskStatus.PROVISIONING, TaskStatus.PENDING, TaskStatus.ACTIVATING)

    @property
    def is_over(self) -> bool:
        return self is TaskStatus.STOPPED


class DesiredStatus(StrEnum):
    """What is wanted of a task."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class StopCode(StrEnum):
    """Who or what ended a task."""

    FAILED_TO_START = "TaskFailedToStart"
    ESSENTIAL_CONTAINER_EXITED = "EssentialContainerExited"
    USER_INITIATED = "UserInitiated"
    SCHEDULER_INITIATED = "ServiceSchedulerInitiated"
    TERMINATION_NOTICE = "TerminationNotice"
    INFRASTRUCTURE_HEALTH = "InfrastructureHealth"

    @property
    def is_of_its_own(self) -> bool:
        """Whether the task ended without anybody having wanted it."""
        return self in (StopCode.FAILED_TO_START, StopCode.ESSENTIAL_CONTAINER_EXITED)


class Health(StrEnum):
    """What container health checks say."""

    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


class ServiceStatus(StrEnum):
    """Whether a service keeps tasks, lets them go, or is no more."""

    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"
    INACTIVE = "INACTIVE"

    @property
    def is_over(self) -> bool:
        return self is ServiceStatus.INACTIVE


class DeploymentStatus(StrEnum):
    """Which of a service's deployments is the one wanted."""

    PRIMARY = "PRIMARY"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class RolloutState(StrEnum):
    """Whether a deployment got where it was to go."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class ServiceDeploymentStatus(StrEnum):
    """A deployment's outcome as the history of service deployments tells it."""

    PENDING = "PENDING"
    SUCCESSFUL = "SUCCESSFUL"
    STOPPED = "STOPPED"
    STOP_REQUESTED = "STOP_REQUESTED"
    IN_PROGRESS = "IN_PROGRESS"
    ROLLBACK_REQUESTED = "ROLLBACK_REQUESTED"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    ROLLBACK_SUCCESSFUL = "ROLLBACK_SUCCESSFUL"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"

    @property
    def is_under_way(self) -> bool:
        return self in (
            ServiceDeploymentStatus.PENDING,
            ServiceDeploymentStatus.IN_PROGRESS,
            ServiceDeploymentStatus.STOP_REQUESTED,
            ServiceDeploymentStatus.ROLLBACK_REQUESTED,
            ServiceDeploymentStatus.ROLLBACK_IN_PROGRESS,
        )
