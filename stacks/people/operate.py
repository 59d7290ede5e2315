"""Who runs apps: config vars, processes, releases, schedules, domains, logs, maintenance."""

from __future__ import annotations

from stacks import names
from stacks.names import RolePurpose
from stacks.parts.policies import Statement, allow
from stacks.people.deploy import deploy
from stacks.people.shared import ANY, LEDGER, arn, config, processes


def operate() -> list[Statement]:
    """The statements of their policy."""
    formation = arn("cloudformation", f"stack/{names.formation_stack(ANY)}/*")
    return [
        *deploy(),
        *processes(),
        *config(),
        allow(
            ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem"],
            [arn("dynamodb", f"table/{LEDGER}")],
        ),
        allow(["cloudformation:*"], [formation]),
        allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [arn("logs", f"log-group:{names.log_groups(ANY)}*")],
        ),
        # Who begins a release says so: should they be cut off, it is settled.
        allow(
            ["events:PutEvents"],
            [arn("events", "event-bus/default")],
            {"ForAllValues:StringEquals": {"events:source": [names.EVENT_SOURCE]}},
        ),
        *_images(),
        *_schedules(),
        *_domains(),
    ]


def _images() -> list[Statement]:
    """How an app is built, and images that were built elsewhere."""
    return [
        allow(
            ["codebuild:BatchGetProjects", "codebuild:UpdateProject"],
            [arn("codebuild", f"project/{names.build_project(ANY)}")],
        ),
        allow(["ecr:GetAuthorizationToken"], [ANY]),
        allow(
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchDeleteImage",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:DescribeImages",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
            [arn("ecr", f"repository/{names.image_repository(ANY)}")],
        ),
    ]


def _schedules() -> list[Statement]:
    return [
        allow(
            [
                "scheduler:CreateSchedule",
                "scheduler:DeleteSchedule",
                "scheduler:GetSchedule",
                "scheduler:UpdateSchedule",
            ],
            [arn("scheduler", f"schedule/{names.schedule_group(ANY)}/*")],
        ),
        allow(["scheduler:ListSchedules"], [ANY]),
        allow(
            ["iam:PassRole"],
            [f"arn:aws:iam::*:role/{names.role(ANY, RolePurpose.SCHEDULER, ANY)}"],
            {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        ),
    ]


def _domains() -> list[Statement]:
    """What stands in front of an app, its hosts, and their certificates: only those of apps go."""
    certificates = [arn("acm", "certificate/*")]
    return [
        allow(
            ["elasticloadbalancing:ModifyRule", "elasticloadbalancing:ModifyTargetGroup"],
            [
                arn("elasticloadbalancing", "listener-rule/app/herogate-*"),
                arn("elasticloadbalancing", f"targetgroup/{names.target_group(ANY)}"),
            ],
        ),
        allow(
            [
                "elasticloadbalancing:AddListenerCertificates",
                "elasticloadbalancing:RemoveListenerCertificates",
            ],
            [arn("elasticloadbalancing", "listener/app/herogate-*")],
        ),
        # More hosts than a rule can be for take rules more, on a listener that apps share.
        allow(
            ["elasticloadbalancing:CreateRule"],
            [arn("elasticloadbalancing", "listener/app/herogate-*")],
        ),
        allow(
            ["elasticloadbalancing:AddTags"],
            [arn("elasticloadbalancing", "listener-rule/app/herogate-*")],
            {"StringEquals": {"elasticloadbalancing:CreateAction": "CreateRule"}},
        ),
        allow(
            ["elasticloadbalancing:DeleteRule"],
            [arn("elasticloadbalancing", "listener-rule/app/herogate-*")],
            {"StringLike": {f"aws:ResourceTag/{names.APP_TAG}": "*"}},
        ),
        allow(["acm:RequestCertificate"], [ANY]),
        allow(["acm:AddTagsToCertificate", "acm:DescribeCertificate"], certificates),
        allow(
            ["acm:DeleteCertificate"],
            certificates,
            {"StringLike": {f"aws:ResourceTag/{names.APP_TAG}": "*"}},
        ),
    ]
