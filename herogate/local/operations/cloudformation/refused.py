"""What CloudFormation can do and the local cloud cannot: refused by name, never half-answered."""

from __future__ import annotations

from herogate.local.errors import not_supported
from herogate.local.operations import Call, Operation, Result, operation

REFUSED = (
    "ActivateOrganizationsAccess",
    "ActivateType",
    "BatchDescribeTypeConfigurations",
    "CreateGeneratedTemplate",
    "CreateStackInstances",
    "CreateStackRefactor",
    "CreateStackSet",
    "DeactivateOrganizationsAccess",
    "DeactivateType",
    "DeleteGeneratedTemplate",
    "DeleteStackInstances",
    "DeleteStackSet",
    "DeregisterType",
    "DescribeChangeSetHooks",
    "DescribeEvents",
    "DescribeGeneratedTemplate",
    "DescribeOrganizationsAccess",
    "DescribePublisher",
    "DescribeResourceScan",
    "DescribeStackDriftDetectionStatus",
    "DescribeStackInstance",
    "DescribeStackRefactor",
    "DescribeStackResourceDrifts",
    "DescribeStackSet",
    "DescribeStackSetOperation",
    "DescribeType",
    "DescribeTypeRegistration",
    "DetectStackDrift",
    "DetectStackResourceDrift",
    "DetectStackSetDrift",
    "EstimateTemplateCost",
    "ExecuteStackRefactor",
    "GetGeneratedTemplate",
    "GetHookResult",
    "ImportStacksToStackSet",
    "ListGeneratedTemplates",
    "ListHookResults",
    "ListResourceScanRelatedResources",
    "ListResourceScanResources",
    "ListResourceScans",
    "ListStackInstanceResourceDrifts",
    "ListStackInstances",
    "ListStackRefactorActions",
    "ListStackRefactors",
    "ListStackSetAutoDeploymentTargets",
    "ListStackSetOperationResults",
    "ListStackSetOperations",
    "ListStackSets",
    "ListTypeRegistrations",
    "ListTypeVersions",
    "ListTypes",
    "PublishType",
    "RecordHandlerProgress",
    "RegisterPublisher",
    "RegisterType",
    "RemoveAlias",
    "SetAlias",
    "SetTypeConfiguration",
    "SetTypeDefaultVersion",
    "SignalResource",
    "StartResourceScan",
    "StopStackSetOperation",
    "TestType",
    "UpdateGeneratedTemplate",
    "UpdateStackInstances",
    "UpdateStackSet",
)


def _refusal(name: str) -> Operation:
    async def refuse(_: Call) -> Result:
        raise not_supported(f"CloudFormation's {name}")

    return refuse


for _name in REFUSED:
    operation("cloudformation", _name)(_refusal(_name))
