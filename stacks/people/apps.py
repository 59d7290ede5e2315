"""Who makes, updates and destroys apps."""

from __future__ import annotations

from stacks import names
from stacks.parts.policies import Statement, allow
from stacks.people.shared import (
    ANY,
    APP_ROLES,
    LEDGER,
    ROLES,
    arn,
    bucket,
    config,
    domain,
    look,
    processes,
)


def apps() -> list[Statement]:
    """The statements of their policy."""
    stacks = (names.app_stack(ANY), names.formation_stack(ANY), names.addon_stack(ANY, ANY))
    elb = (f"targetgroup/{names.target_group(ANY)}", "loadbalancer/app/herogate-*")
    behind = ("listener/app/herogate-*", "listener-rule/app/herogate-*")
    return [
        *look(),
        allow(
            ["cloudformation:*"], [arn("cloudformation", f"stack/{stack}/*") for stack in stacks]
        ),
        # An app may need one more load balancer than its space has, and its ports open.
        allow(
            [
                "cloudformation:DescribeStackEvents",
                "cloudformation:ListStackResources",
                "cloudformation:UpdateStack",
            ],
            [arn("cloudformation", f"stack/{names.space_stack(ANY)}/*")],
        ),
        allow(
            [
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:CreateTags",
                "ec2:DeleteTags",
                "ec2:RevokeSecurityGroupIngress",
                "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
            ],
            [arn("ec2", "security-group/*")],
            {"StringLike": {f"aws:ResourceTag/{names.SPACE_TAG}": "*"}},
        ),
        allow(
            ["codebuild:*"],
            [
                arn("codebuild", f"project/{project(ANY)}")
                for project in (names.build_project, names.release_project)
            ],
        ),
        allow(["codecommit:*"], [arn("codecommit", names.repository(ANY))]),
        allow(["codepipeline:*"], [arn("codepipeline", names.codepipeline_pattern())]),
        allow(["ecr:*"], [arn("ecr", f"repository/{names.image_repository(ANY)}")]),
        allow(
            ["elasticloadbalancing:*"], [arn("elasticloadbalancing", r) for r in (*elb, *behind)]
        ),
        allow(["events:*"], [arn("events", f"rule/{names.push_rule(ANY).removesuffix('--push')}")]),
        allow(["logs:*"], [arn("logs", f"log-group:{names.log_groups(ANY)}*")]),
        allow(
            ["scheduler:*"],
            [
                arn("scheduler", f"schedule-group/{names.schedule_group(ANY)}"),
                arn("scheduler", f"schedule/{names.schedule_group(ANY)}/*"),
            ],
        ),
        allow(list(ROLES), [APP_ROLES]),
        allow(
            ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem"],
            [arn("dynamodb", f"table/{LEDGER}")],
        ),
        # Images are encrypted with the account's own key: the grants go with the repository.
        allow(
            ["kms:RetireGrant"],
            [arn("kms", "key/*")],
            {"StringLike": {"kms:ViaService": "ecr.*.amazonaws.com"}},
        ),
        allow(["codecommit:ListRepositories", "ec2:Describe*", "scheduler:ListSchedules"], [ANY]),
        *bucket(),
        *processes(),
        *config(),
        *domain(),
    ]
