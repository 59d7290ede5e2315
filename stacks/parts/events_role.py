"""The role with which EventBridge starts what an app's rules ask for; one for all apps of a space."""

from __future__ import annotations

from troposphere import Sub, Tags
from troposphere.iam import Role

from stacks import names
from stacks.parts.policies import allow, arn, inline, trust

_REGION = "${AWS::Region}"
_ANY_APP = "*"


def events_role(space: str, permissions_boundary: str | None, tags: Tags) -> Role:
    """Start Herogate's codepipelines and release projects, for Herogate's rules only."""
    rules = (names.push_rule(_ANY_APP), names.settle_rule(_ANY_APP))
    role = Role(
        "EventsRole",
        RoleName=Sub(names.events_role(space, _REGION)),
        Description=f"Starts codepipelines and releases of the apps in {space}",
        AssumeRolePolicyDocument=trust("events", [arn("events", f"rule/{rule}") for rule in rules]),
        Policies=[
            inline(
                "start",
                allow(
                    ["codepipeline:StartPipelineExecution"],
                    [arn("codepipeline", names.codepipeline_pattern())],
                ),
                allow(
                    ["codebuild:StartBuild"],
                    [arn("codebuild", f"project/{names.release_project(_ANY_APP)}")],
                ),
            )
        ],
        Tags=tags,
    )
    if permissions_boundary is not None:
        role.PermissionsBoundary = permissions_boundary
    return role
