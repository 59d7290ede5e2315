"""EventBridge: rules that act. Which events a rule asks for, whom it tells and how often it tries."""

from herogate.local.planes.events.plane import EventsPlane

__all__ = ["EventsPlane"]
