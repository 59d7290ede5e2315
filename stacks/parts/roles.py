"""An app's roles, each with no more than its work needs, each bound to the one app.

Every ARN ends the app's name with ``--``, ``/``, ``:`` or its own end, so that `shop` never reaches what
is `shop-2`'s. What the release role may do fills `stacks.parts.release_role`; what several roles have
alike is said once, in `stacks.parts.rights`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import GetAtt, Sub, Tags
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup

from stacks import names
from stacks.names import LogPurpose, RolePurpose
from stacks.parts.policies import Condition, Statement, allow, arn, inline, s3_arn, trust

_REGION = "${AWS::Region}"


@dataclass(frozen=True, kw_only=True)
class RoleScope:
    """What an app's roles are bound to."""

    app: str
    space_stack_id: str
    cluster: str
    bucket: str
    ledger_table: str
    package_key: str
    key_arn: str | None
    log_groups: Mapping[LogPurpose, LogGroup]
    permissions_boundary: str | None
    tags: Tags


def task_role(scope: RoleScope) -> Role:
    """The identity of the app's own processes. Nothing is allowed until an add-on allows it."""
    return app_role(
        scope,
        RolePurpose.TASK,
        f"What processes of {scope.app} may do",
        trust("ecs-tasks", arn("ecs", "*")),
    )


def execution_role(scope: RoleScope) -> Role:
    """What ECS needs to start a process: the image, the config vars, a place for its log."""
    return app_role(
        scope,
        RolePurpose.EXECUTION,
        f"Starts processes of {scope.app}",
        trust("ecs-tasks", arn("ecs", "*")),
        inline(
            "start",
            allow(
                ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                [image_repository_arn(scope)],
            ),
            write_log(scope, LogPurpose.APP),
            allow(["ssm:GetParameters"], [config_arn(scope)]),
            # Other apps share the key; of config vars it opens the app's own and nothing else.
            *through_key(
                scope,
                "ssm",
                ["kms:Decrypt"],
                {"StringLike": {"kms:EncryptionContext:PARAMETER_ARN": config_arn(scope)}},
            ),
        ),
    )


def build_role(scope: RoleScope) -> Role:
    """What runs beside pushed code: read that code, push to one image repository, hand over."""
    return app_role(
        scope,
        RolePurpose.BUILD,
        f"Builds images of {scope.app}; whatever was pushed may run with it",
        trust("codebuild", arn("codebuild", f"project/{names.build_project(scope.app)}")),
        inline(
            "build",
            write_log(scope, LogPurpose.BUILD),
            read_package(scope),
            *through_key(scope, "s3", ["kms:GenerateDataKey"]),
            allow(["codecommit:GitPull"], [repository_arn(scope)]),
            allow(
                [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:CompleteLayerUpload",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
                [image_repository_arn(scope)],
            ),
        ),
    )


def pipeline_role(scope: RoleScope) -> Role:
    """What CodePipeline needs: the repository's commits, the two projects, its own artifacts."""
    projects = (names.build_project(scope.app), names.release_project(scope.app))
    return app_role(
        scope,
        RolePurpose.PIPELINE,
        f"Runs the codepipeline of {scope.app}",
        trust("codepipeline"),
        inline(
            "pipeline",
            allow(
                [
                    "codecommit:CancelUploadArchive",
                    "codecommit:GetBranch",
                    "codecommit:GetCommit",
                    "codecommit:GetRepository",
                    "codecommit:GetUploadArchiveStatus",
                    "codecommit:UploadArchive",
                ],
                [repository_arn(scope)],
            ),
            allow(
                ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
                [arn("codebuild", f"project/{project}") for project in projects],
            ),
            allow(["s3:GetBucketVersioning"], [s3_arn(scope.bucket)]),
        ),
    )


# --- what a role of an app is made of ---


def app_role(
    scope: RoleScope,
    purpose: RolePurpose,
    description: str,
    trusts: Mapping[str, Any],
    *policies: Policy,
) -> Role:
    """A role of the app, inside the permissions boundary if there is one."""
    role = Role(
        f"{purpose.capitalize()}Role",
        RoleName=Sub(names.role(scope.app, purpose, _REGION)),
        Description=description,
        AssumeRolePolicyDocument=trusts,
        Tags=scope.tags,
    )
    if policies:
        role.Policies = list(policies)
    if scope.permissions_boundary is not None:
        role.PermissionsBoundary = scope.permissions_boundary
    return role


def repository_arn(scope: RoleScope) -> Sub:
    """The app's CodeCommit repository."""
    return arn("codecommit", names.repository(scope.app))


def image_repository_arn(scope: RoleScope) -> Sub:
    """The app's image repository."""
    return arn("ecr", f"repository/{names.image_repository(scope.app)}")


def config_arn(scope: RoleScope) -> Sub:
    """Every value of every config var of the app."""
    return arn("ssm", f"parameter{names.parameter_path(scope.app)}*")


def log_arn(scope: RoleScope, purpose: LogPurpose) -> GetAtt:
    """Every stream of one of the app's log groups: CloudFormation ends the ARN with ``:*``."""
    return GetAtt(scope.log_groups[purpose], "Arn")


def write_log(scope: RoleScope, purpose: LogPurpose) -> Statement:
    """Write one of the app's logs."""
    return allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_arn(scope, purpose)])


def through_key(
    scope: RoleScope, service: str, actions: Sequence[str], condition: Condition | None = None
) -> list[Statement]:
    """Use the space's key, if it has one, by way of a service, which looks at its own rights too."""
    if scope.key_arn is None:
        return []
    through = {"StringEquals": {"kms:ViaService": Sub(f"{service}.${{AWS::Region}}.amazonaws.com")}}
    return [allow(actions, [scope.key_arn], {**through, **(condition or {})})]


def read_package(scope: RoleScope) -> Statement:
    """Read Herogate's own package, in CodeBuild."""
    return allow(["s3:GetObject"], [s3_arn(f"{scope.bucket}/{scope.package_key}")])
