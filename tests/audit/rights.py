"""Who needs which rights to what: each role of an app, by the thing it does its work on.

What things are called is worked out here once more, from the services' own forms of ARN: a slip in the
policies does not slip in here, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stacks_cases import page_rule_arn

from stacks import names
from stacks.names import LogPurpose, RolePurpose

ACCOUNT, REGION, SPACE = "123456789012", "us-east-1", "default"
BUCKET = names.bucket(SPACE, ACCOUNT, REGION)
LEDGER = names.ledger_table(SPACE)
CLUSTER = names.cluster(SPACE)
PACKAGE = names.package_key("0.1.0", "0123456789abcdef")
_HERE = f"{REGION}:{ACCOUNT}"
_ID = "50dc6c495c0c9188"
_BALANCER = f"app/herogate-{SPACE}-1/{_ID}"
LISTENER = "f2f7dc8efc522ab2"
LOAD_BALANCER = f"arn:aws:elasticloadbalancing:{_HERE}:loadbalancer/{_BALANCER}"
KEY = f"arn:aws:kms:{_HERE}:key/1b2c3d4e-0000-4000-8000-0123456789ab"
SPACE_STACK = f"arn:aws:cloudformation:{_HERE}:stack/herogate-space--{SPACE}/{_ID}"


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that calls are about.

    Attributes:
        scope: its ARN as far as a policy must name it.
        rest: how the ARN goes on.
        context: what a request about it says, by condition key.
        is_shared: whether all apps of a space have the same one.
        is_named: whether its name tells it from others; else a tag does, or nothing can.
    """

    scope: str
    rest: str = ""
    context: Mapping[str, str | list[str]] = field(default_factory=dict)
    is_shared: bool = False
    is_named: bool = True

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.scope + self.rest

    @property
    def neighbour(self) -> str:
        """The ARN of something else whose name only begins like its own."""
        return f"{self.scope}x{self.rest}"


def _opened(parameter: str) -> dict[str, str | list[str]]:
    """What SSM says to KMS when it decrypts a parameter under Herogate's path."""
    return {
        "kms:ViaService": f"ssm.{REGION}.amazonaws.com",
        "kms:EncryptionContext:PARAMETER_ARN": f"arn:aws:ssm:{_HERE}:parameter/herogate/{parameter}",
    }


def things(app: str) -> dict[str, Thing]:
    """What an app has, and what it shares."""
    tagged: dict[str, str | list[str]] = {f"aws:ResourceTag/{names.APP_TAG}": app}
    artifacts = f"arn:aws:s3:::{BUCKET}/{names.artifact_prefix(app)}"
    balancer = f"arn:aws:elasticloadbalancing:{_HERE}:listener-rule/{_BALANCER}"
    cluster: dict[str, str | list[str]] = {"ecs:cluster": f"arn:aws:ecs:{_HERE}:cluster/{CLUSTER}"}
    passed: dict[str, str | list[str]] = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    ecs = f"arn:aws:ecs:{_HERE}"
    family = f"{ecs}:task-definition/herogate--{app}"
    stack = f"arn:aws:cloudformation:{_HERE}:stack/herogate"
    return {
        "anything": Thing(scope="*", is_shared=True, is_named=False),
        "app_stack": Thing(scope=f"{stack}-app--{app}/{_ID}"),
        "formation_stack": Thing(scope=f"{stack}-formation--{app}", rest=f"/{_ID}"),
        "space_stack": Thing(scope=SPACE_STACK, is_shared=True),
        "repository": Thing(scope=f"arn:aws:codecommit:{_HERE}:herogate--{app}"),
        "images": Thing(scope=f"arn:aws:ecr:{_HERE}:repository/herogate/{app}"),
        "build_project": Thing(scope=f"arn:aws:codebuild:{_HERE}:project/herogate--{app}--build"),
        "release_project": Thing(
            scope=f"arn:aws:codebuild:{_HERE}:project/herogate--{app}--release"
        ),
        "pipeline": Thing(scope=f"arn:aws:codepipeline:{_HERE}:{names.codepipeline(app)}"),
        "bucket": Thing(scope=f"arn:aws:s3:::{BUCKET}", is_shared=True),
        "package": Thing(scope=f"arn:aws:s3:::{BUCKET}/{PACKAGE}", is_shared=True),
        "source_artifact": Thing(scope=artifacts, rest="/source/Ab1Cd2E"),
        "build_artifact": Thing(scope=artifacts, rest="/build/Ab1Cd2E"),
        "ledger": Thing(
            scope=f"arn:aws:dynamodb:{_HERE}:table/{LEDGER}",
            context={"dynamodb:LeadingKeys": [f"app/{app}"]},
        ),
        "ledger_at_large": Thing(
            scope=f"arn:aws:dynamodb:{_HERE}:table/{LEDGER}", is_shared=True, is_named=False
        ),
        "config": Thing(
            scope=f"arn:aws:ssm:{_HERE}:parameter/herogate/{app}/config", rest="/KEY/3f9a1c2e"
        ),
        "key": Thing(scope=KEY, context=_opened(f"{app}/config/KEY/3f9a1c2e")),
        "artifact_key": Thing(
            scope=KEY, context={"kms:ViaService": f"s3.{REGION}.amazonaws.com"}, is_shared=True
        ),
        "key_of_else": Thing(scope=KEY, context=_opened(f"{app}/configx/KEY/3f9a1c2e")),
        **{
            f"{purpose}_log": Thing(
                scope=f"arn:aws:logs:{_HERE}:log-group:/herogate/{app}/{purpose}",
                rest=":log-stream:web",
            )
            for purpose in LogPurpose
        },
        "service": Thing(scope=f"{ecs}:service/{CLUSTER}/{app}", rest="--web"),
        "deployment": Thing(
            scope=f"{ecs}:service-deployment/{CLUSTER}/{app}",
            rest=f"--web/{_ID}",
            context={"ecs:service": f"{ecs}:service/{CLUSTER}/{app}--web"},
            is_named=False,
        ),
        "definition": Thing(scope=family, rest="--web:3", context=cluster),
        "scheduled": Thing(scope=family, rest="--_scheduled:3", context=cluster),
        "as_if_scheduled": Thing(scope=family, rest="--_scheduledx:3", context=cluster),
        "new_definition": Thing(
            scope=family, rest="--web:4", context={"ecs:CreateAction": "RegisterTaskDefinition"}
        ),
        "new_task": Thing(
            scope=f"{ecs}:task/{CLUSTER}",
            rest=f"/{_ID}",
            context={"ecs:CreateAction": "RunTask"},
            is_shared=True,
        ),
        "task": Thing(
            scope=f"{ecs}:task/{CLUSTER}",
            rest=f"/{_ID}",
            context=tagged | cluster,
            is_named=False,
        ),
        "task_elsewhere": Thing(
            scope=f"{ecs}:task/{CLUSTER}x",
            rest=f"/{_ID}",
            context=tagged | {"ecs:cluster": f"arn:aws:ecs:{_HERE}:cluster/{CLUSTER}x"},
            is_named=False,
        ),
        "tasks": Thing(
            scope=f"{ecs}:container-instance/{CLUSTER}",
            rest=f"/{_ID}",
            context=cluster,
            is_shared=True,
            is_named=False,
        ),
        "listener": Thing(
            scope=f"arn:aws:elasticloadbalancing:{_HERE}:listener/{_BALANCER}",
            rest=f"/{_ID}",
            is_shared=True,
        ),
        "page_rule": Thing(scope=page_rule_arn(app), context=tagged),
        "host_rule": Thing(scope=f"{balancer}/{LISTENER}", rest=f"/{_ID}", context=tagged),
        "target_group": Thing(
            scope=f"arn:aws:elasticloadbalancing:{_HERE}:targetgroup/hg-{app}", rest=f"/{_ID}"
        ),
        **{
            f"{purpose}_role": Thing(
                scope=f"arn:aws:iam::{ACCOUNT}:role/herogate--{app}--{purpose}--{REGION}",
                context=passed,
            )
            for purpose in RolePurpose
        },
    }


_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
_ARTIFACTS = ("source_artifact", "build_artifact")
"""Of its own app; which of the two matters to nobody: `stacks.parts.rights` says why."""

NEEDED: Mapping[RolePurpose, Mapping[tuple[str, ...], tuple[str, ...]]] = {
    RolePurpose.TASK: {},
    RolePurpose.EXECUTION: {
        ("ecr:GetAuthorizationToken",): ("anything",),
        _PULL: ("images",),
        _WRITE_LOG: ("app_log",),
        ("ssm:GetParameters",): ("config",),
        ("kms:Decrypt",): ("key",),
    },
    RolePurpose.BUILD: {
        ("ecr:GetAuthorizationToken",): ("anything",),
        (*_PULL, *_PUSH): ("images",),
        _WRITE_LOG: ("build_log",),
        ("s3:GetObject",): (*_ARTIFACTS, "package"),
        ("s3:GetObjectVersion", "s3:PutObject"): _ARTIFACTS,
        ("codecommit:GitPull",): ("repository",),
        ("kms:Decrypt", "kms:GenerateDataKey"): ("artifact_key",),
    },
    RolePurpose.PIPELINE: {
        (
            "codecommit:CancelUploadArchive",
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:GetRepository",
            "codecommit:GetUploadArchiveStatus",
            "codecommit:UploadArchive",
        ): ("repository",),
        ("codebuild:BatchGetBuilds", "codebuild:StartBuild"): ("build_project", "release_project"),
        ("s3:GetBucketVersioning",): ("bucket",),
        ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"): _ARTIFACTS,
        ("kms:Decrypt",): ("artifact_key",),
    },
    RolePurpose.RELEASE: {
        _WRITE_LOG: ("release_log", "platform_log"),
        ("s3:GetObject",): (*_ARTIFACTS, "package"),
        ("s3:GetObjectVersion",): _ARTIFACTS,
        ("kms:Decrypt",): ("artifact_key",),
        ("codecommit:GetCommit",): ("repository",),
        ("codepipeline:ListPipelineExecutions",): ("pipeline",),
        (
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        ): ("ledger",),
        ("cloudformation:DescribeStacks",): ("app_stack", "formation_stack", "space_stack"),
        (
            "cloudformation:CreateStack",
            "cloudformation:DeleteStack",
            "cloudformation:DescribeStackEvents",
            "cloudformation:ListStackResources",
            "cloudformation:TagResource",
            "cloudformation:UpdateStack",
        ): ("formation_stack",),
        (
            "ecs:CreateService",
            "ecs:DeleteService",
            "ecs:DescribeServices",
            "ecs:ListServiceDeployments",
            "ecs:UpdateService",
        ): ("service",),
        ("ecs:DescribeServiceDeployments", "ecs:StopServiceDeployment"): ("deployment",),
        ("ecs:TagResource",): ("service", "new_definition", "new_task"),
        ("ecs:DeleteTaskDefinitions", "ecs:RegisterTaskDefinition", "ecs:RunTask"): (
            "definition",
            "scheduled",
            "as_if_scheduled",
        ),
        ("ecs:DescribeTasks",): ("task",),
        ("ecs:ListTasks",): ("tasks",),
        ("ecs:DeregisterTaskDefinition",): ("anything",),
        ("iam:PassRole",): ("task_role", "execution_role"),
        ("logs:FilterLogEvents", "logs:GetLogEvents"): ("app_log",),
        (
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetHealth",
        ): ("anything",),
        ("elasticloadbalancing:ModifyRule",): ("page_rule",),
        ("elasticloadbalancing:ModifyTargetGroup",): ("target_group",),
        ("ecr:BatchDeleteImage",): ("images",),
    },
    RolePurpose.SCHEDULER: {
        ("ecs:RunTask",): ("scheduled",),
        ("ecs:TagResource",): ("new_task",),
        ("iam:PassRole",): ("task_role", "execution_role"),
    },
    RolePurpose.EVENTS: {
        ("codepipeline:StartPipelineExecution",): ("pipeline",),
        ("codebuild:StartBuild",): ("release_project",),
    },
}
"""Actions and the things each is needed for, by role."""

AT_HOST = {"page_rule": "host_rule"}
"""What an app under a host of its own has in place of a thing of one with a port of its own."""

NOBODYS: Mapping[str, str] = {
    "cloudformation:DeleteStack": "app_stack",
    "cloudformation:UpdateStack": "app_stack",
    "codebuild:UpdateProject": "build_project",
    "codecommit:DeleteRepository": "repository",
    "codecommit:GitPush": "repository",
    "codepipeline:PutApprovalResult": "pipeline",
    "codepipeline:UpdatePipeline": "pipeline",
    "dynamodb:DeleteTable": "ledger",
    "dynamodb:GetItem": "ledger_at_large",
    "dynamodb:Query": "ledger_at_large",
    "dynamodb:Scan": "ledger",
    "dynamodb:UpdateItem": "ledger",
    "ecr:DeleteRepository": "images",
    "ecr:SetRepositoryPolicy": "images",
    "ecs:DescribeTasks": "task_elsewhere",
    "ecs:ExecuteCommand": "task",
    "ecs:StopTask": "task",
    "elasticloadbalancing:CreateRule": "listener",
    "elasticloadbalancing:DeleteRule": "host_rule",
    "iam:AttachRolePolicy": "release_role",
    "iam:PutRolePolicy": "task_role",
    "iam:UpdateAssumeRolePolicy": "build_role",
    "kms:Decrypt": "key_of_else",
    "logs:DeleteLogGroup": "app_log",
    "s3:DeleteObject": "build_artifact",
    "s3:PutBucketPolicy": "bucket",
    "ssm:DeleteParameters": "config",
    "ssm:GetParameter": "config",
    "ssm:PutParameter": "config",
    "sts:AssumeRole": "release_role",
}
"""What no role of an app may do, not even to what is the app's own."""


def is_for(role: str, statement: Mapping[str, Any]) -> bool:
    """Whether a statement is for a role, of those that share its policy."""
    condition = statement.get("Condition", {}).get("ArnEqualsIfExists", {})
    return role in condition.get("aws:PrincipalArn", [role])


def needed(purpose: RolePurpose, *, at_host: bool) -> dict[str, set[str]]:
    """The names of the things for which a role needs an action."""
    instead = AT_HOST if at_host else {}
    found: dict[str, set[str]] = {}
    for actions, what in NEEDED[purpose].items():
        for action in actions:
            found.setdefault(action, set()).update(instead.get(each, each) for each in what)
    return found


def tried() -> dict[str, set[str]]:
    """Every action with the things on which it is tried."""
    found = {action: {thing} for action, thing in NOBODYS.items()}
    for purpose in RolePurpose:
        for at_host in (False, True):
            for action, what in needed(purpose, at_host=at_host).items():
                found.setdefault(action, set()).update(what)
    return found
