"""An app's log groups: its processes', its builds' and its releases'."""

from __future__ import annotations

from troposphere import Tags
from troposphere.logs import LogGroup

from stacks import names
from stacks.names import LogPurpose


def log_group(app: str, purpose: LogPurpose, *, retention_days: int, tags: Tags) -> LogGroup:
    """One of the app's log groups."""
    return LogGroup(
        f"{purpose.capitalize()}LogGroup",
        LogGroupName=names.log_group(app, purpose),
        RetentionInDays=retention_days,
        Tags=tags,
    )
