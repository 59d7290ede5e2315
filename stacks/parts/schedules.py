"""An app's schedules: the group that they live in, and go with, the role in which they run, their log.

Which schedules there are is said through EventBridge Scheduler's API; no template knows them. ECS
forgets a process an hour after its end; how a run has ended is written down by an EventBridge rule.
"""

from __future__ import annotations

import json

from troposphere import Sub, Tags
from troposphere.events import Rule, Target
from troposphere.iam import Role
from troposphere.logs import LogGroup, ResourcePolicy
from troposphere.scheduler import ScheduleGroup

from stacks import names
from stacks.names import LogPurpose, RolePurpose
from stacks.parts.policies import allow, arn, inline, role_arn, trust
from stacks.parts.roles import RoleScope, app_role

_REGION = "${AWS::Region}"


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
    tasks = arn("ecs", f"task/{scope.cluster}/*")
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
            allow(
                ["ecs:TagResource"], [tasks], {"StringEquals": {"ecs:CreateAction": ["RunTask"]}}
            ),
            allow(
                ["iam:PassRole"],
                [
                    role_arn(names.role(scope.app, purpose, _REGION))
                    for purpose in (RolePurpose.TASK, RolePurpose.EXECUTION)
                ],
                {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        ),
    )


def schedule_rule(app: str, log: LogGroup, tags: Tags) -> Rule:
    """Write down the end of every run of a schedule, as ECS tells it."""
    return Rule(
        "ScheduleRule",
        Name=names.schedule_rule(app),
        Description=f"Writes down how scheduled processes of {app} have ended",
        EventPattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "group": [f"family:{names.scheduled_family(app)}"],
                "lastStatus": ["STOPPED"],
            },
        },
        State="ENABLED",
        Targets=[Target(Id="log", Arn=arn("logs", f"log-group:${{{log.title}}}"))],
        Tags=tags,
    )


def schedule_log_policy(space: str) -> ResourcePolicy:
    """Let EventBridge write the logs of all apps' schedules: a region has ten such policies at most."""
    here = "${AWS::Region}:${AWS::AccountId}"
    group = names.log_group("*", LogPurpose.SCHEDULE)
    rule = names.schedule_rule("*")
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
        "Resource": f"arn:${{AWS::Partition}}:logs:{here}:log-group:{group}:*",
    }
    by_rule = {"ArnLike": {"aws:SourceArn": f"arn:${{AWS::Partition}}:events:{here}:rule/{rule}"}}
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {**allowed, "Action": "logs:CreateLogStream"},
            {**allowed, "Action": "logs:PutLogEvents", "Condition": by_rule},
        ],
    }
    return ResourcePolicy(
        "ScheduleLogPolicy",
        PolicyName=names.schedule_log_policy(space),
        PolicyDocument=Sub(json.dumps(document)),
    )
