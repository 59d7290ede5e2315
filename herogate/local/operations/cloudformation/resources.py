"""The resources that stacks have."""

from __future__ import annotations

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.cloudformation import shapes
from herogate.local.operations.cloudformation.stacks import seen
from herogate.local.planes.cloudformation.records.stack import Stack, StackResource


@operation("cloudformation", "DescribeStackResource")
async def describe_stack_resource(call: Call) -> Result:
    stack, logical_id = seen(call), call.parameters["LogicalResourceId"]
    found = call.cloud.cloudformation.records.resources(stack.stack_id).get(logical_id)
    if found is None:
        raise AwsError(
            "ValidationError", f"Resource {logical_id} does not exist for stack {stack.name}"
        )
    return {"StackResourceDetail": shapes.resource_detail(stack, found)}


@operation("cloudformation", "DescribeStackResources")
async def describe_stack_resources(call: Call) -> Result:
    given = call.parameters
    if ("StackName" in given) is ("PhysicalResourceId" in given):
        raise AwsError(
            "ValidationError", "Either StackName or PhysicalResourceId must be specified"
        )
    stack = seen(call) if "StackName" in given else _owner(call, given["PhysicalResourceId"])
    only = given.get("LogicalResourceId")
    found = call.cloud.cloudformation.records.resources(stack.stack_id)
    shown = [shapes.resource(stack, r) for key, r in found.items() if only in {None, key}]
    return {"StackResources": shown[:100]}


@operation("cloudformation", "ListStackResources")
async def list_stack_resources(call: Call) -> Result:
    stack = seen(call)
    found = list(call.cloud.cloudformation.records.resources(stack.stack_id).values())
    shown, more = shapes.page(found, call.parameters.get("NextToken"), _logical_id)
    return {"StackResourceSummaries": [shapes.resource_summary(r) for r in shown], **more}


def _owner(call: Call, physical_id: str) -> Stack:
    records = call.cloud.cloudformation.records
    for stack in records.all_seen(call.region):
        resources = records.resources(stack.stack_id).values()
        if not stack.status.is_gone and any(r.physical_id == physical_id for r in resources):
            return stack
    raise AwsError("ValidationError", f"Stack for {physical_id} does not exist")


def _logical_id(resource: StackResource) -> str:
    return resource.logical_id
