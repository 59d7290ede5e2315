"""CloudWatch Logs: streams and their events.

Moto keeps the groups, their names, tags and retention; what stands in them is kept here, in a database
file of its own: events come by the thousand, and a snapshot of moto's must not carry them. The
decisions are pure (``acceptance.py``, ``patterns/``); ``archive.py`` is the only one that knows SQL.
"""

from herogate.local.planes.logs.plane import LogsPlane

__all__ = ["LogsPlane"]
