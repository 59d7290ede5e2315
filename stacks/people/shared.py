"""What more than one job takes: how things are named for everybody, and what commands share."""

from __future__ import annotations

from stacks import names
from stacks.names import RolePurpose
from stacks.parts.policies import Statement, allow

ANY = "*"
BUCKET = names.bucket(ANY, ANY, ANY)
LEDGER = names.ledger_table(ANY)
CLUSTER = names.cluster(ANY)
APP_ROLES = f"arn:aws:iam::*:role/{names.role(ANY, RolePurpose.TASK, ANY)}".replace("task--", "")


def arn(service: str, resource: str) -> str:
    """Something of a service, in whatever region and account."""
    return f"arn:aws:{service}:*:*:{resource}"


def look() -> list[Statement]:
    """What every command looks at. AWS scopes much of it to nothing narrower."""
    return [
        allow(
            [
                "cloudformation:DescribeStacks",
                "elasticloadbalancing:Describe*",
                "logs:DescribeLogGroups",
            ],
            [ANY],
        ),
        allow(
            ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
            [arn("dynamodb", f"table/{LEDGER}")],
        ),
    ]


def domain() -> list[Statement]:
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
            [ANY],
        )
    ]


def bucket() -> list[Statement]:
    """Herogate's package and large templates are put there; an app's artifacts go with it."""
    return [
        allow(["s3:ListBucket", "s3:ListBucketVersions"], [f"arn:aws:s3:::{BUCKET}"]),
        allow(
            [
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:PutObject",
            ],
            [f"arn:aws:s3:::{BUCKET}/*"],
        ),
    ]


def processes() -> list[Statement]:
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
            [ANY],
        ),
        allow(
            ["ecs:*"],
            [
                arn("ecs", f"service/{CLUSTER}/*"),
                arn("ecs", f"service-deployment/{CLUSTER}/*"),
                arn("ecs", f"task/{CLUSTER}/*"),
                arn("ecs", f"task-definition/{names.task_family(ANY, ANY)}"),
            ],
        ),
        allow(
            ["iam:PassRole"],
            [
                f"arn:aws:iam::*:role/{names.role(ANY, purpose, ANY)}"
                for purpose in (RolePurpose.TASK, RolePurpose.EXECUTION)
            ],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    ]


def config() -> list[Statement]:
    """Values of config vars, and the keys they lie under."""
    values = arn("ssm", f"parameter{names.parameter_path(ANY)}*").replace("//", "/")
    return [
        allow(
            [
                "ssm:AddTagsToResource",
                "ssm:DeleteParameters",
                "ssm:GetParameters",
                "ssm:GetParametersByPath",
                "ssm:PutParameter",
            ],
            [values],
        ),
        allow(["ssm:DescribeParameters"], [ANY]),
        # Through SSM alone, and for these values alone: other things may lie under other keys.
        allow(
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            [arn("kms", "key/*")],
            {
                "StringLike": {
                    "kms:ViaService": "ssm.*.amazonaws.com",
                    "kms:EncryptionContext:PARAMETER_ARN": values,
                },
            },
        ),
    ]


def logs() -> list[Statement]:
    return [
        allow(
            [
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:StartLiveTail",
            ],
            [arn("logs", f"log-group:{names.log_groups(ANY)}*")],
        )
    ]


def processes_seen() -> list[Statement]:
    return [
        allow(["ecs:ListTasks"], [ANY]),
        allow(
            ["ecs:DescribeServices", "ecs:DescribeTasks"],
            [arn("ecs", f"{kind}/{CLUSTER}/*") for kind in ("service", "task")],
        ),
    ]


ROLES = (
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
