"""What people need to be allowed, by what they do: the policies for those who run Herogate's commands.

Where IAM can name a thing, it is held to Herogate's own names; what it cannot (the parts of a network)
is held to the actions. The policies count for every region and account that they are attached in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from stacks import names
from stacks.names import RolePurpose
from stacks.parts.policies import Statement, allow, document

_ANY = "*"
_BUCKET = names.bucket(_ANY, _ANY, _ANY)
_LEDGER = names.ledger_table(_ANY)
_CLUSTER = names.cluster(_ANY)
_APP_ROLES = f"arn:aws:iam::*:role/{names.role(_ANY, RolePurpose.TASK, _ANY)}".replace("task--", "")
_SPACE_ROLES = f"arn:aws:iam::*:role/{names.events_role(_ANY, _ANY)}"


class Job(StrEnum):
    """What somebody does with Herogate."""

    SPACES = "spaces"
    """Make, update and destroy spaces."""
    APPS = "apps"
    """Make, update and destroy apps."""
    DEPLOY = "deploy"
    """Push, and see what becomes of it."""
    OPERATE = "operate"
    """Config vars, processes, releases, schedules, logs, maintenance."""

    @property
    def policy(self) -> dict[str, Any]:
        """The identity policy that the job takes."""
        return document(*_POLICIES[self]())


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:*:*:{resource}"


def _look() -> list[Statement]:
    """What every command looks at. AWS scopes much of it to nothing narrower."""
    return [
        allow(
            [
                "cloudformation:DescribeStacks",
                "elasticloadbalancing:Describe*",
                "logs:DescribeLogGroups",
            ],
            [_ANY],
        ),
        allow(["dynamodb:GetItem", "dynamodb:Query"], [_arn("dynamodb", f"table/{_LEDGER}")]),
    ]


def _spaces() -> list[Statement]:
    return [
        *_look(),
        allow(["cloudformation:*"], [_arn("cloudformation", f"stack/{names.space_stack(_ANY)}/*")]),
        allow(list(_NETWORK), [_ANY]),
        allow(
            ["elasticloadbalancing:*"],
            [
                _arn("elasticloadbalancing", f"{kind}/app/herogate-*")
                for kind in ("loadbalancer", "listener")
            ],
        ),
        allow(["ecs:*"], [_arn("ecs", f"cluster/{_CLUSTER}")]),
        allow(["dynamodb:*"], [_arn("dynamodb", f"table/{_LEDGER}")]),
        allow(["s3:*"], [f"arn:aws:s3:::{_BUCKET}", f"arn:aws:s3:::{_BUCKET}/*"]),
        allow(list(_ROLES), [_SPACE_ROLES]),
        allow(
            ["iam:CreateServiceLinkedRole", "iam:GetRole"],
            ["arn:aws:iam::*:role/aws-service-role/*"],
        ),
        allow(
            [
                "logs:DeleteResourcePolicy",
                "logs:DescribeResourcePolicies",
                "logs:PutResourcePolicy",
                "iam:ListRoles",
            ],
            [_ANY],
        ),
        *_domain(),
    ]


def _domain() -> list[Statement]:
    """What a domain takes: its certificate and its records."""
    return [
        allow(
            [
                "acm:AddTagsToCertificate",
                "acm:DeleteCertificate",
                "acm:DescribeCertificate",
                "acm:ListTagsForCertificate",
                "acm:RemoveTagsFromCertificate",
                "acm:RequestCertificate",
                "acm:UpdateCertificateOptions",
                "route53:ChangeResourceRecordSets",
                "route53:GetChange",
                "route53:GetHostedZone",
                "route53:ListHostedZones*",
                "route53:ListResourceRecordSets",
            ],
            [_ANY],
        )
    ]


def _apps() -> list[Statement]:
    stacks = (names.app_stack(_ANY), names.formation_stack(_ANY), names.addon_stack(_ANY, _ANY))
    elb = (f"targetgroup/{names.target_group(_ANY)}", "loadbalancer/app/herogate-*")
    behind = ("listener/app/herogate-*", "listener-rule/app/herogate-*")
    return [
        *_look(),
        allow(
            ["cloudformation:*"], [_arn("cloudformation", f"stack/{stack}/*") for stack in stacks]
        ),
        # An app may need one more load balancer than its space has.
        allow(
            ["cloudformation:DescribeStackEvents", "cloudformation:UpdateStack"],
            [_arn("cloudformation", f"stack/{names.space_stack(_ANY)}/*")],
        ),
        allow(
            ["codebuild:*"],
            [
                _arn("codebuild", f"project/{project(_ANY)}")
                for project in (names.build_project, names.release_project)
            ],
        ),
        allow(["codecommit:*"], [_arn("codecommit", names.repository(_ANY))]),
        allow(["codepipeline:*"], [_arn("codepipeline", names.codepipeline_pattern())]),
        allow(["ecr:*"], [_arn("ecr", f"repository/{names.image_repository(_ANY)}")]),
        allow(
            ["elasticloadbalancing:*"], [_arn("elasticloadbalancing", r) for r in (*elb, *behind)]
        ),
        allow(
            ["events:*"], [_arn("events", f"rule/{names.push_rule(_ANY).removesuffix('--push')}")]
        ),
        allow(["logs:*"], [_arn("logs", f"log-group:{names.log_groups(_ANY)}*")]),
        allow(
            ["scheduler:*"],
            [
                _arn("scheduler", f"schedule-group/{names.schedule_group(_ANY)}"),
                _arn("scheduler", f"schedule/{names.schedule_group(_ANY)}/*"),
            ],
        ),
        allow(list(_ROLES), [_APP_ROLES, _SPACE_ROLES]),
        allow(
            ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem"],
            [_arn("dynamodb", f"table/{_LEDGER}")],
        ),
        allow(["codecommit:ListRepositories", "ec2:Describe*", "scheduler:ListSchedules"], [_ANY]),
        *_bucket(),
        *_processes(),
        *_config(),
        *_domain(),
    ]


def _bucket() -> list[Statement]:
    """Herogate's package and large templates are put there; an app's artifacts go with it."""
    return [
        allow(["s3:ListBucket", "s3:ListBucketVersions"], [f"arn:aws:s3:::{_BUCKET}"]),
        allow(
            [
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:PutObject",
            ],
            [f"arn:aws:s3:::{_BUCKET}/*"],
        ),
    ]


def _processes() -> list[Statement]:
    """What runs. AWS scopes a part of it to nothing narrower than everything."""
    return [
        allow(
            [
                "ecs:DeregisterTaskDefinition",
                "ecs:DescribeTaskDefinition",
                "ecs:ListServices",
                "ecs:ListTaskDefinitionFamilies",
                "ecs:ListTaskDefinitions",
                "ecs:ListTasks",
            ],
            [_ANY],
        ),
        allow(
            ["ecs:*"],
            [
                _arn("ecs", f"service/{_CLUSTER}/*"),
                _arn("ecs", f"service-deployment/{_CLUSTER}/*"),
                _arn("ecs", f"task/{_CLUSTER}/*"),
                _arn("ecs", f"task-definition/{names.task_family(_ANY, _ANY)}"),
            ],
        ),
        allow(
            ["iam:PassRole"],
            [
                f"arn:aws:iam::*:role/{names.role(_ANY, purpose, _ANY)}"
                for purpose in (RolePurpose.TASK, RolePurpose.EXECUTION)
            ],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    ]


def _config() -> list[Statement]:
    """Values of config vars."""
    return [
        allow(
            [
                "ssm:AddTagsToResource",
                "ssm:DeleteParameters",
                "ssm:GetParameters",
                "ssm:GetParametersByPath",
                "ssm:PutParameter",
            ],
            [_arn("ssm", f"parameter{names.parameter_path(_ANY)}*").replace("//", "/")],
        ),
        allow(["ssm:DescribeParameters"], [_ANY]),
    ]


def _deploy() -> list[Statement]:
    return [
        *_look(),
        allow(
            [
                "codecommit:GetBranch",
                "codecommit:GetCommit",
                "codecommit:GetRepository",
                "codecommit:GitPull",
                "codecommit:GitPush",
            ],
            [_arn("codecommit", names.repository(_ANY))],
        ),
        allow(
            [
                "codepipeline:GetPipelineExecution",
                "codepipeline:ListActionExecutions",
                "codepipeline:ListPipelineExecutions",
                "codepipeline:StartPipelineExecution",
            ],
            [_arn("codepipeline", names.codepipeline_pattern())],
        ),
        allow(
            ["codebuild:BatchGetBuilds", "codebuild:ListBuildsForProject"],
            [
                _arn("codebuild", f"project/{project(_ANY)}")
                for project in (names.build_project, names.release_project)
            ],
        ),
        *_logs(),
        *_processes_seen(),
    ]


def _logs() -> list[Statement]:
    return [
        allow(
            [
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:StartLiveTail",
            ],
            [_arn("logs", f"log-group:{names.log_groups(_ANY)}*")],
        )
    ]


def _processes_seen() -> list[Statement]:
    return [
        allow(["ecs:ListTasks"], [_ANY]),
        allow(
            ["ecs:DescribeServices", "ecs:DescribeTasks"],
            [_arn("ecs", f"{kind}/{_CLUSTER}/*") for kind in ("service", "task")],
        ),
    ]


def _operate() -> list[Statement]:
    formation = _arn("cloudformation", f"stack/{names.formation_stack(_ANY)}/*")
    return [
        *_deploy(),
        *_processes(),
        *_config(),
        allow(
            ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem"],
            [_arn("dynamodb", f"table/{_LEDGER}")],
        ),
        allow(["cloudformation:*"], [formation]),
        allow(
            ["elasticloadbalancing:ModifyRule", "elasticloadbalancing:ModifyTargetGroup"],
            [
                _arn("elasticloadbalancing", "listener-rule/app/herogate-*"),
                _arn("elasticloadbalancing", f"targetgroup/{names.target_group(_ANY)}"),
            ],
        ),
        allow(
            ["ecr:BatchDeleteImage", "ecr:BatchGetImage", "ecr:DescribeImages"],
            [_arn("ecr", f"repository/{names.image_repository(_ANY)}")],
        ),
        allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [_arn("logs", f"log-group:{names.log_groups(_ANY)}*")],
        ),
        allow(
            [
                "scheduler:CreateSchedule",
                "scheduler:DeleteSchedule",
                "scheduler:GetSchedule",
                "scheduler:UpdateSchedule",
            ],
            [_arn("scheduler", f"schedule/{names.schedule_group(_ANY)}/*")],
        ),
        allow(["scheduler:ListSchedules"], [_ANY]),
        # Who begins a release says so: should they be cut off, it is settled.
        allow(
            ["events:PutEvents"],
            [_arn("events", "event-bus/default")],
            {"StringEquals": {"events:source": names.EVENT_SOURCE}},
        ),
        allow(
            ["iam:PassRole"],
            [f"arn:aws:iam::*:role/{names.role(_ANY, RolePurpose.SCHEDULER, _ANY)}"],
            {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        ),
    ]


_POLICIES: Mapping[Job, Callable[[], list[Statement]]] = {
    Job.SPACES: _spaces,
    Job.APPS: _apps,
    Job.DEPLOY: _deploy,
    Job.OPERATE: _operate,
}

_ROLES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)

_NETWORK = (
    "ec2:AllocateAddress",
    "ec2:AssociateAddress",
    "ec2:AssociateRouteTable",
    "ec2:AttachInternetGateway",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateInternetGateway",
    "ec2:CreateNatGateway",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateTags",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteInternetGateway",
    "ec2:DeleteNatGateway",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteTags",
    "ec2:DeleteVpc",
    "ec2:DeleteVpcEndpoints",
    "ec2:Describe*",
    "ec2:DetachInternetGateway",
    "ec2:DisassociateAddress",
    "ec2:DisassociateRouteTable",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcAttribute",
    "ec2:ModifyVpcEndpoint",
    "ec2:ReleaseAddress",
    "ec2:ReplaceRoute",
    "ec2:ReplaceRouteTableAssociation",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
)
