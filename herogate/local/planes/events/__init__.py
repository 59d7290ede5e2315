"""EventBridge: rules that act."""

from herogate.local.planes.events.plane import EventsPlane

__all__ = ["EventsPlane"]
