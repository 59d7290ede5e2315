"""A space's own key: under it lie its apps' logs, their config vars, and what their builds hand over.

A key of the account's own can be looked after, watched and shut; AWS's cannot. The ledger, packages and
images, which hold no secret, are encrypted with AWS's, which needs no rights and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, Ref, Sub, Tags
from troposphere.kms import Alias, Key

from stacks import names
from stacks.parts.policies import Statement, arn, document

_PENDING_DAYS = 7
"""How long AWS keeps a key that is to be deleted; no less can be asked for."""

_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
_CARE = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:DeleteAlias",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""All else that can be done with such a key; a policy without ``PutKeyPolicy`` could never change."""


@dataclass(frozen=True, kw_only=True)
class SpaceKey:
    """The key, and the name by which people find it."""

    key: Key
    alias: Alias

    @property
    def arn(self) -> GetAtt:
        """The key's ARN."""
        return GetAtt(self.key, "Arn")

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        """Both, for the template."""
        return (self.key, self.alias)


def space_key(space: str, tags: Tags) -> SpaceKey:
    """Describe a space's key: new key material every year, and a week to think again after its end."""
    key = Key(
        "Key",
        Description=f"Logs, config vars and builds of apps in Herogate space {space}",
        EnableKeyRotation=True,
        PendingWindowInDays=_PENDING_DAYS,
        KeyPolicy=document(_account(), _services_alone(), _logs()),
        Tags=tags,
    )
    alias = Alias("KeyAlias", AliasName=names.key_alias(space), TargetKeyId=Ref(key))
    return SpaceKey(key=key, alias=alias)


def _account() -> Statement:
    """Who of the account may use the key is IAM's to say, as of everything else."""
    return {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
        "Action": [*_USE, *_CARE],
        "Resource": "*",
    }


def _services_alone() -> Statement:
    """A grant would pass the key on past IAM and this policy: only AWS's services are given any."""
    return {
        "Sid": "GrantsToServicesAlone",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "kms:CreateGrant",
        "Resource": "*",
        "Condition": {
            "BoolIfExists": {
                "aws:PrincipalIsAWSService": "false",
                "kms:GrantIsForAWSResource": "false",
            }
        },
    }


def _logs() -> Statement:
    """CloudWatch Logs encrypts what apps write, and decrypts it for whoever may read their logs."""
    groups = arn("logs", f"log-group:{names.log_groups('*')}*")
    return {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": Sub("logs.${AWS::Region}.amazonaws.com")},
        "Action": list(_USE),
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    }
