"""An app's EventBridge rules: what starts its codepipeline and its release project from outside."""

from __future__ import annotations

import json

from troposphere import GetAtt, Tags
from troposphere.codebuild import Project
from troposphere.codecommit import Repository
from troposphere.codepipeline import Pipeline
from troposphere.events import Rule, Target

from stacks import names
from stacks.parts.policies import arn
from stacks.parts.projects import RELEASE_STEP


def push_rule(
    app: str, *, repository: Repository, branch: str, pipeline: Pipeline, role_arn: str, tags: Tags
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
                RoleArn=role_arn,
            )
        ],
        Tags=tags,
    )


def settle_rule(app: str, *, release: Project, role_arn: str, tags: Tags) -> Rule:
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
                RoleArn=role_arn,
                Input=json.dumps({"environmentVariablesOverride": [settle]}),
            )
        ],
        Tags=tags,
    )
