"""Who makes, updates and destroys spaces."""

from __future__ import annotations

from stacks import names
from stacks.parts.policies import Statement, allow
from stacks.people.shared import ANY, BUCKET, CLUSTER, LEDGER, arn, domain, look


def spaces() -> list[Statement]:
    """The statements of their policy."""
    return [
        *look(),
        allow(["cloudformation:*"], [arn("cloudformation", f"stack/{names.space_stack(ANY)}/*")]),
        allow(list(_NETWORK), [ANY]),
        allow(
            ["elasticloadbalancing:*"],
            [
                arn("elasticloadbalancing", f"{kind}/app/herogate-*")
                for kind in ("loadbalancer", "listener")
            ],
        ),
        allow(["ecs:*"], [arn("ecs", f"cluster/{CLUSTER}")]),
        allow(["dynamodb:*"], [arn("dynamodb", f"table/{LEDGER}")]),
        allow(["s3:*"], [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]),
        allow(
            ["iam:CreateServiceLinkedRole", "iam:GetRole"],
            ["arn:aws:iam::*:role/aws-service-role/*"],
        ),
        # Whether a permissions boundary is there.
        allow(["iam:GetPolicy"], ["arn:aws:iam::*:policy/*"]),
        allow(
            [
                "logs:DeleteResourcePolicy",
                "logs:DescribeResourcePolicies",
                "logs:PutResourcePolicy",
                "iam:ListRoles",
            ],
            [ANY],
        ),
        *_key(),
        *domain(),
    ]


def _key() -> list[Statement]:
    """A space's key: once it is made, its tag tells it from the account's other ones."""
    keys, aliases = arn("kms", "key/*"), arn("kms", names.key_alias(ANY))
    return [
        # Nobody may make a key with tags who may not tag one.
        allow(["kms:CreateKey"], [ANY]),
        allow(["kms:TagResource"], [keys]),
        allow(
            [
                "kms:CreateAlias",
                "kms:DeleteAlias",
                "kms:DescribeKey",
                "kms:DisableKeyRotation",
                "kms:EnableKeyRotation",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListResourceTags",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "kms:UntagResource",
                "kms:UpdateAlias",
                "kms:UpdateKeyDescription",
            ],
            [keys],
            {"StringLike": {f"aws:ResourceTag/{names.SPACE_TAG}": ANY}},
        ),
        allow(["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], [aliases]),
        allow(["kms:ListAliases"], [ANY]),
    ]


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
