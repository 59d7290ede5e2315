"""Operations that moto would only pretend to perform, refused by name.

Nothing runs behind moto: a task it "starts" or a build it "succeeds" at never happened. Such an
operation is refused until a plane makes it true.
"""

from __future__ import annotations

from collections.abc import Mapping

from herogate.local.errors import not_supported
from herogate.local.operations import Call, Result, operation

_PRETENDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "application-autoscaling": {
        "scaling": ("PutScalingPolicy", "PutScheduledAction", "RegisterScalableTarget"),
    },
    "codebuild": {
        "batch builds": (
            "DeleteBuildBatch",
            "RetryBuildBatch",
            "StartBuildBatch",
            "StopBuildBatch",
        ),
    },
    "codepipeline": {"roll-backs and conditions": ("OverrideStageCondition", "RollbackStage")},
    "ec2": {
        "instance types": ("DescribeInstanceTypeOfferings", "DescribeInstanceTypes"),
        "instances": ("RequestSpotFleet", "RequestSpotInstances", "RunInstances", "StartInstances"),
    },
    "ecr": {
        "image scans": ("DescribeImageScanFindings", "StartImageScan"),
        "pull-through caches": ("CreatePullThroughCacheRule",),
        "replication": ("PutReplicationConfiguration",),
    },
    "ecs": {
        "container instances": (
            "CreateCapacityProvider",
            "DeleteCapacityProvider",
            "DeregisterContainerInstance",
            "RegisterContainerInstance",
            "UpdateCapacityProvider",
            "UpdateContainerInstancesState",
        ),
        "interactive sessions": ("ExecuteCommand",),
        "task sets": (
            "CreateTaskSet",
            "DeleteTaskSet",
            "UpdateServicePrimaryTaskSet",
            "UpdateTaskSet",
        ),
        "tasks on container instances": ("StartTask",),
    },
    "events": {
        "archives, replays and API destinations": (
            "CreateApiDestination",
            "CreateArchive",
            "CreateConnection",
            "StartReplay",
        ),
    },
    "kms": {
        "asymmetric keys": ("GetPublicKey", "Sign", "Verify"),
        "grants": ("CreateGrant", "RetireGrant", "RevokeGrant"),
        "HMAC keys": ("GenerateMac", "VerifyMac"),
        "keys of several regions": ("ReplicateKey",),
        "re-encryption": ("ReEncrypt",),
        "rotation on demand": ("RotateKeyOnDemand",),
    },
    "logs": {
        "deliveries": ("CreateDelivery", "PutDeliveryDestination", "PutDeliverySource"),
        "exports": ("CreateExportTask",),
        "Insights": ("StartQuery",),
        "Live Tail": ("StartLiveTail",),
        "metric filters": ("PutMetricFilter",),
        "subscriptions": ("PutDestination", "PutSubscriptionFilter"),
    },
    "ssm": {"commands": ("SendCommand", "StartAutomationExecution")},
    "sts": {
        "sessions without a role": (
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "GetFederationToken",
            "GetSessionToken",
        ),
    },
}
"""Operation names by service and by what they pretend."""


async def _refuse(call: Call) -> Result:
    raise not_supported(f"{call.service}:{call.operation} ({_WHAT[call.service, call.operation]})")


_WHAT = {
    (service, name): what
    for service, kinds in _PRETENDED.items()
    for what, names in kinds.items()
    for name in names
}

for _service, _name in _WHAT:
    operation(_service, _name)(_refuse)
