"""The role of an app's release project: the right to change what runs of this app, and of no other.

It may not make listener rules: that right can be held for a whole listener only, and the listener is
shared. What it may change at the load balancer, what it hands over and how it starts processes stands in
`stacks.parts.rights`. The role runs Herogate's own code; what was pushed runs with the build role.
"""

from __future__ import annotations

from troposphere import Ref
from troposphere.iam import Policy, Role

from stacks import names
from stacks.names import LogPurpose, RolePurpose
from stacks.parts.policies import allow, arn, inline, trust
from stacks.parts.roles import (
    RoleScope,
    app_role,
    image_repository_arn,
    log_arn,
    read_package,
    repository_arn,
    write_log,
)


def release_role(scope: RoleScope) -> Role:
    """Declare releases in the ledger, converge ECS to the newest, say what became of it."""
    return app_role(
        scope,
        RolePurpose.RELEASE,
        f"Releases {scope.app} with Herogate's own code",
        trust("codebuild", arn("codebuild", f"project/{names.release_project(scope.app)}")),
        _run(scope),
        _declare(scope),
        _formation(scope),
        _services(scope),
        _tasks(scope),
        _routing(),
        _prune(scope),
    )


def _run(scope: RoleScope) -> Policy:
    return inline(
        "run",
        write_log(scope, LogPurpose.RELEASE),
        read_package(scope),
        allow(["codecommit:GetCommit"], [repository_arn(scope)]),
        # A newer push makes a release of an older one needless.
        allow(
            ["codepipeline:ListPipelineExecutions"],
            [arn("codepipeline", names.codepipeline(scope.app))],
        ),
    )


def _declare(scope: RoleScope) -> Policy:
    return inline(
        "declare",
        allow(
            [
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
            ],
            [arn("dynamodb", f"table/{scope.ledger_table}")],
            {
                "ForAllValues:StringEquals": {
                    "dynamodb:LeadingKeys": [names.ledger_partition(scope.app)]
                },
                # Of no value at all everything is true.
                "Null": {"dynamodb:LeadingKeys": "false"},
            },
        ),
        write_log(scope, LogPurpose.PLATFORM),
    )


def _formation(scope: RoleScope) -> Policy:
    return inline(
        "formation",
        # These two are there before the role is, and are asked for by their ids.
        allow(["cloudformation:DescribeStacks"], [Ref("AWS::StackId"), scope.space_stack_id]),
        allow(
            [
                "cloudformation:CreateStack",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStacks",
                "cloudformation:ListStackResources",
                "cloudformation:TagResource",
                "cloudformation:UpdateStack",
            ],
            [arn("cloudformation", f"stack/{names.formation_stack(scope.app)}/*")],
        ),
    )


def _services(scope: RoleScope) -> Policy:
    of_app = arn("ecs", f"service/{scope.cluster}/{names.service(scope.app, '*')}")
    on_deployments = ["ecs:DescribeServiceDeployments", "ecs:StopServiceDeployment"]
    return inline(
        "services",
        allow(
            [
                "ecs:CreateService",
                "ecs:DeleteService",
                "ecs:DescribeServices",
                "ecs:ListServiceDeployments",
                "ecs:TagResource",
                "ecs:UpdateService",
                *on_deployments,
            ],
            [of_app],
        ),
        # A deployment has an id and no name: its service tells whose it is.
        allow(on_deployments, ["*"], {"ArnLike": {"ecs:service": of_app}}),
    )


def _tasks(scope: RoleScope) -> Policy:
    family = arn("ecs", f"task-definition/{names.task_family(scope.app, '*')}")
    in_cluster = {"ArnEquals": {"ecs:cluster": arn("ecs", f"cluster/{scope.cluster}")}}
    of_app = {"StringEquals": {f"aws:ResourceTag/{names.APP_TAG}": scope.app}}
    registered = {"StringEquals": {"ecs:CreateAction": ["RegisterTaskDefinition"]}}
    return inline(
        "tasks",
        allow(["ecs:DeleteTaskDefinitions", "ecs:RegisterTaskDefinition"], [family]),
        allow(["ecs:RunTask"], [family], in_cluster),
        allow(["ecs:TagResource"], [family], registered),
        # A task has an id and no name: its cluster and its tag tell whose it is.
        allow(["ecs:DescribeTasks"], ["*"], {**in_cluster, **of_app}),
        allow(["ecs:ListTasks"], ["*"], in_cluster),
        # AWS scopes this to nothing narrower.
        allow(["ecs:DeregisterTaskDefinition"], ["*"]),
        allow(
            ["logs:FilterLogEvents", "logs:GetLogEvents"],
            [log_arn(scope, LogPurpose.APP)],
        ),
    )


def _routing() -> Policy:
    return inline(
        "routing",
        # AWS scopes reading to nothing narrower.
        allow(
            ["elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth"],
            ["*"],
        ),
    )


def _prune(scope: RoleScope) -> Policy:
    return inline(
        "prune",
        allow(["ecr:BatchDeleteImage"], [image_repository_arn(scope)]),
    )
