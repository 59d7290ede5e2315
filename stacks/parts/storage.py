"""What a space keeps: the bucket of packages and artifacts, and the ledger."""

from __future__ import annotations

from troposphere import GetAtt, Join, Ref, Sub, Tags
from troposphere.dynamodb import (
    AttributeDefinition,
    KeySchema,
    PointInTimeRecoverySpecification,
    SSESpecification,
    Table,
)
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    EventBridgeConfiguration,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
    NotificationConfiguration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from stacks import names
from stacks.parts.policies import document

_ARTIFACT_PREFIXES = "0123456789abcdef"
"""Artifacts lie under a codepipeline's name, which begins with a hash; packages must not expire."""

_ARTIFACT_DAYS = 30
_REPLACED_DAYS = 7


def bucket(space: str, tags: Tags) -> Bucket:
    """Private, encrypted, versioned; artifacts expire, the package does not.

    It is encrypted with the account's own key for S3, whose use CloudTrail tells. EventBridge hears what
    comes and goes, so that a team may have a rule of its own look on.
    """
    return Bucket(
        "Bucket",
        BucketName=Sub(names.bucket(space, "${AWS::AccountId}", "${AWS::Region}")),
        PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
        OwnershipControls=OwnershipControls(
            Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        BucketEncryption=BucketEncryption(
            ServerSideEncryptionConfiguration=[
                ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(
                        SSEAlgorithm="aws:kms"
                    ),
                    # One call of KMS for many objects.
                    BucketKeyEnabled=True,
                )
            ]
        ),
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        LifecycleConfiguration=LifecycleConfiguration(
            Rules=[_clean_up(), *(_expiry(prefix) for prefix in _ARTIFACT_PREFIXES)]
        ),
        NotificationConfiguration=NotificationConfiguration(
            EventBridgeConfiguration=EventBridgeConfiguration(EventBridgeEnabled=True)
        ),
        Tags=tags,
    )


def _clean_up() -> LifecycleRule:
    return LifecycleRule(
        Id="replaced-versions-and-broken-uploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=_REPLACED_DAYS),
    )


def _expiry(prefix: str) -> LifecycleRule:
    return LifecycleRule(
        Id=f"artifacts-{prefix}",
        Status="Enabled",
        Prefix=prefix,
        ExpirationInDays=_ARTIFACT_DAYS,
    )


def bucket_policy(kept: Bucket) -> BucketPolicy:
    """Refuse whatever does not come by TLS."""
    arn = GetAtt(kept, "Arn")
    return BucketPolicy(
        "BucketPolicy",
        Bucket=Ref(kept),
        PolicyDocument=document(
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, Join("", [arn, "/*"])],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ),
    )


def ledger(space: str, tags: Tags, *, protected: bool) -> Table:
    """The ledger: what is declared and who holds which address; can be taken back to any second.

    It is encrypted with the account's own key for DynamoDB, which costs nothing but its use.

    Args:
        protected: whether AWS refuses to delete it.
    """
    return Table(
        "Ledger",
        TableName=names.ledger_table(space),
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=protected,
        AttributeDefinitions=[
            AttributeDefinition(AttributeName="pk", AttributeType="S"),
            AttributeDefinition(AttributeName="sk", AttributeType="S"),
        ],
        KeySchema=[
            KeySchema(AttributeName="pk", KeyType="HASH"),
            KeySchema(AttributeName="sk", KeyType="RANGE"),
        ],
        PointInTimeRecoverySpecification=PointInTimeRecoverySpecification(
            PointInTimeRecoveryEnabled=True
        ),
        SSESpecification=SSESpecification(SSEEnabled=True, SSEType="KMS"),
        Tags=tags,
    )
