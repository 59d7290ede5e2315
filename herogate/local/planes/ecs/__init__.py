"""ECS: tasks that run, services that keep them."""

from herogate.local.planes.ecs.plane import EcsPlane

__all__ = ["EcsPlane"]
