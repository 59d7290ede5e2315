"""CloudWatch Logs: streams and their lines."""

from herogate.local.planes.logs.plane import LogsPlane

__all__ = ["LogsPlane"]
