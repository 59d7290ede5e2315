"""The role with which EventBridge starts what an app's rules ask for."""

from __future__ import annotations

from troposphere.iam import Role

from stacks import names
from stacks.names import RolePurpose
from stacks.parts.policies import allow, arn, inline, trust
from stacks.parts.roles import RoleScope, app_role


def events_role(scope: RoleScope) -> Role:
    """Start the app's codepipeline and its release project, for the app's own two rules only."""
    rules = (names.push_rule(scope.app), names.settle_rule(scope.app))
    return app_role(
        scope,
        RolePurpose.EVENTS,
        f"Starts what pushes to {scope.app} and its releases ask for",
        trust("events", [arn("events", f"rule/{rule}") for rule in rules]),
        inline(
            "start",
            allow(
                ["codepipeline:StartPipelineExecution"],
                [arn("codepipeline", names.codepipeline(scope.app))],
            ),
            allow(
                ["codebuild:StartBuild"],
                [arn("codebuild", f"project/{names.release_project(scope.app)}")],
            ),
        ),
    )
