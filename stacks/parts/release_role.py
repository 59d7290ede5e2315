"""The role of an app's release project: the right to change what runs of this app, and of no other.

It may not make listener rules: that right can be held for a whole listener only, and the listener is
shared. It may change the app's own rule, which its tag tells from others, and its own target group. The
role runs Herogate's own code; what was pushed runs with the build role.
"""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.iam import Policy, Role

from stacks import names
from stacks.names import LogPurpose, RolePurpose
from stacks.parts.policies import allow, arn, inline, role_arn, trust
from stacks.parts.roles import (
    BUILD_ARTIFACT,
    RoleScope,
    app_role,
    image_repository_arn,
    log_arn,
    read_artifact,
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
        _routing(scope),
        _prune(scope),
    )


def _run(scope: RoleScope) -> Policy:
    return inline(
        "run",
        write_log(scope, LogPurpose.RELEASE),
        read_artifact(scope, BUILD_ARTIFACT),
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
                }
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
    of_app = f"{scope.cluster}/{names.service(scope.app, '*')}"
    return inline(
        "services",
        allow(
            [
                "ecs:CreateService",
                "ecs:DeleteService",
                "ecs:DescribeServiceDeployments",
                "ecs:DescribeServices",
                "ecs:ListServiceDeployments",
                "ecs:StopServiceDeployment",
                "ecs:TagResource",
                "ecs:UpdateService",
            ],
            [
                arn("ecs", f"service/{of_app}"),
                arn("ecs", f"service-deployment/{of_app}/*"),
            ],
        ),
        allow(
            ["iam:PassRole"],
            [
                role_arn(names.role(scope.app, purpose, "${AWS::Region}"))
                for purpose in (RolePurpose.TASK, RolePurpose.EXECUTION)
            ],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    )


def _tasks(scope: RoleScope) -> Policy:
    family = arn("ecs", f"task-definition/{names.task_family(scope.app, '*')}")
    tasks = arn("ecs", f"task/{scope.cluster}/*")
    in_cluster = {"ArnEquals": {"ecs:cluster": arn("ecs", f"cluster/{scope.cluster}")}}
    of_app = {"StringEquals": {f"aws:ResourceTag/{names.APP_TAG}": scope.app}}
    made_so = {"StringEquals": {"ecs:CreateAction": ["RegisterTaskDefinition", "RunTask"]}}
    return inline(
        "tasks",
        allow(["ecs:DeleteTaskDefinitions", "ecs:RegisterTaskDefinition"], [family]),
        allow(["ecs:RunTask"], [family], in_cluster),
        allow(["ecs:TagResource"], [family, tasks], made_so),
        allow(["ecs:DescribeTasks"], [tasks], of_app),
        allow(["ecs:ListTasks"], ["*"], in_cluster),
        # AWS scopes this to nothing narrower.
        allow(["ecs:DeregisterTaskDefinition"], ["*"]),
        allow(
            ["logs:FilterLogEvents", "logs:GetLogEvents"],
            [log_arn(scope, LogPurpose.APP)],
        ),
    )


def _routing(scope: RoleScope) -> Policy:
    rules = scope.load_balancer_arn.replace(":loadbalancer/", ":listener-rule/")
    return inline(
        "routing",
        # AWS scopes reading to nothing narrower.
        allow(
            ["elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth"],
            ["*"],
        ),
        allow(
            ["elasticloadbalancing:ModifyRule"],
            [f"{rules}/*"],
            {"StringEquals": {f"aws:ResourceTag/{names.APP_TAG}": scope.app}},
        ),
        # What web processes are asked for is a release's to say.
        allow(
            ["elasticloadbalancing:ModifyTargetGroup"],
            [GetAtt(scope.target_group, "TargetGroupArn")],
        ),
    )


def _prune(scope: RoleScope) -> Policy:
    return inline(
        "prune",
        allow(["ecr:BatchDeleteImage"], [image_repository_arn(scope)]),
    )
