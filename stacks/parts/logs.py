"""An app's log groups: its processes', its builds', its releases' and the platform's."""

from __future__ import annotations

from troposphere import Tags
from troposphere.logs import LogGroup

from stacks import names
from stacks.names import LogPurpose

RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
"""For how many days CloudWatch Logs can keep a log group's lines."""


def check_retention(days: int) -> None:
    """Raises ValueError for a number of days that CloudWatch Logs does not offer."""
    if days not in RETENTIONS:
        offered = ", ".join(map(str, RETENTIONS))
        raise ValueError(f"logs are kept for one of {offered} days, not {days}")


def log_group(
    app: str, purpose: LogPurpose, *, retention_days: int, key_arn: str | None, tags: Tags
) -> LogGroup:
    """One of the app's log groups.

    Args:
        key_arn: what its lines are encrypted with; None for CloudWatch Logs' own key.
    """
    group = LogGroup(
        f"{purpose.capitalize()}LogGroup",
        LogGroupName=names.log_group(app, purpose),
        RetentionInDays=retention_days,
        Tags=tags,
    )
    if key_arn is not None:
        group.KmsKeyId = key_arn
    return group
