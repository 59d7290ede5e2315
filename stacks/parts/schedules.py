"""An app's schedules: the group that they live in, and go with, and the role in which they run.

Which schedules there are is said through EventBridge Scheduler's API; no template knows them.
"""

from __future__ import annotations

from troposphere import Tags
from troposphere.iam import Role
from troposphere.scheduler import ScheduleGroup

from stacks import names
from stacks.names import RolePurpose
from stacks.parts.policies import allow, arn, inline, trust
from stacks.parts.roles import RoleScope, app_role


def schedule_group(app: str, tags: Tags) -> ScheduleGroup:
    """The app's schedules; deleting it deletes them."""
    return ScheduleGroup("ScheduleGroup", Name=names.schedule_group(app), Tags=tags)


def scheduler_role(scope: RoleScope) -> Role:
    """Start processes of the release in effect, and nothing else.

    EventBridge Scheduler says of the group, not of the single schedule, that it acts for it.
    """
    family = f"task-definition/{names.scheduled_family(scope.app)}"
    # The newest definition is asked for by the family alone.
    definitions = [arn("ecs", family), arn("ecs", f"{family}:*")]
    return app_role(
        scope,
        RolePurpose.SCHEDULER,
        f"Runs scheduled processes of {scope.app}",
        trust("scheduler", arn("scheduler", f"schedule-group/{names.schedule_group(scope.app)}")),
        inline(
            "run",
            allow(
                ["ecs:RunTask"],
                definitions,
                {"ArnEquals": {"ecs:cluster": arn("ecs", f"cluster/{scope.cluster}")}},
            ),
        ),
    )
