"""An app's EventBridge rules: what starts its codepipeline and its release project from outside, and
what writes down what becomes of its processes."""

from __future__ import annotations

import json

from troposphere import GetAtt, Sub, Tags
from troposphere.codebuild import Project
from troposphere.codecommit import Repository
from troposphere.codepipeline import Pipeline
from troposphere.events import Rule, Target
from troposphere.iam import Role
from troposphere.logs import LogGroup, ResourcePolicy

from stacks import names
from stacks.names import LogPurpose
from stacks.parts.policies import arn
from stacks.parts.projects import RELEASE_STEP


def push_rule(
    app: str, *, repository: Repository, branch: str, pipeline: Pipeline, role: Role, tags: Tags
) -> Rule:
    """A push to the branch starts the codepipeline, whoever pushed and from wherever."""
    return Rule(
        "PushRule",
        Name=names.push_rule(app),
        Description=f"A push to {app} is deployed",
        EventPattern={
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [GetAtt(repository, "Arn")],
            "detail": {
                "event": ["referenceCreated", "referenceUpdated"],
                "referenceType": ["branch"],
                "referenceName": [branch],
            },
        },
        State="ENABLED",
        Targets=[
            Target(
                Id="codepipeline",
                Arn=arn("codepipeline", f"${{{pipeline.title}}}"),
                RoleArn=GetAtt(role, "Arn"),
            )
        ],
        Tags=tags,
    )


def settle_rule(app: str, *, release: Project, role: Role, tags: Tags) -> Rule:
    """A release is settled even if who declared it is gone.

    A command says so when it begins with one. A build that releases needs nobody to follow it, unless it
    is cut off; one that failed has settled its release itself. The ends of ECS's deployments would tell
    as well, but each service has one with every release, and each would cost a build.
    """
    settle = {"name": RELEASE_STEP, "value": "settle", "type": "PLAINTEXT"}
    begun = {
        "source": [names.EVENT_SOURCE],
        "detail-type": [names.RELEASE_BEGUN],
        "detail": {"app": [app]},
    }
    cut_off = {
        "source": ["aws.codebuild"],
        "detail-type": ["CodeBuild Build State Change"],
        "detail": {
            "project-name": [release.Name],
            "build-status": ["FAULT", "STOPPED", "TIMED_OUT"],
            # Not those that settle: one that always failed would start itself for ever.
            "additional-information": {"initiator": [{"prefix": "codepipeline/"}]},
        },
    }
    return Rule(
        "SettleRule",
        Name=names.settle_rule(app),
        Description=f"Releases of {app} are settled, whoever began with them",
        EventPattern={"$or": [begun, cut_off]},
        State="ENABLED",
        Targets=[
            Target(
                Id="release",
                Arn=GetAtt(release, "Arn"),
                RoleArn=GetAtt(role, "Arn"),
                Input=json.dumps({"environmentVariablesOverride": [settle]}),
            )
        ],
        Tags=tags,
    )


def process_rule(app: str, log: LogGroup, tags: Tags) -> Rule:
    """Write down that a process of the app came up or has ended: ECS forgets it an hour later."""
    return Rule(
        "ProcessRule",
        Name=names.process_rule(app),
        Description=f"Writes down which processes of {app} came up, and how they have ended",
        EventPattern={
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "group": [
                    {"prefix": f"service:{names.service(app, '')}"},
                    {"prefix": f"family:{names.task_family(app, '')}"},
                ],
                "lastStatus": ["RUNNING", "STOPPED"],
            },
        },
        State="ENABLED",
        Targets=[Target(Id="log", Arn=arn("logs", f"log-group:${{{log.title}}}"))],
        Tags=tags,
    )


def platform_log_policy(space: str) -> ResourcePolicy:
    """Let EventBridge write the platform logs of all apps: a region has ten such policies at most."""
    here = "${AWS::Region}:${AWS::AccountId}"
    group = names.log_group("*", LogPurpose.PLATFORM)
    rule = names.process_rule("*")
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
        "PlatformLogPolicy",
        PolicyName=names.platform_log_policy(space),
        PolicyDocument=Sub(json.dumps(document)),
    )
