"""EventBridge Scheduler: schedules that run. When, what they call, and what becomes of a refusal."""

from herogate.local.planes.scheduler.plane import SchedulerPlane

__all__ = ["SchedulerPlane"]
