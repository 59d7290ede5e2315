"""Stacks: making, changing, deleting and describing them."""

from __future__ import annotations

import asyncio
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.cloudformation import reading, shapes
from herogate.local.planes.cloudformation.records.stack import Stack


def seen(call: Call, missing: str = "Stack with id {name} does not exist") -> Stack:
    """The stack that a request names, as readers see it."""
    name = call.parameters["StackName"]
    found = call.cloud.cloudformation.records.seen(call.region, name)
    if found is None:
        raise AwsError("ValidationError", missing.format(name=name))
    return found


@operation("cloudformation", "CreateStack")
async def create_stack(call: Call) -> Result:
    def work() -> Result:
        stack, operation_id = call.cloud.cloudformation.stacks.create(reading.stack_request(call))
        return {"StackId": stack.stack_id, "OperationId": operation_id}

    return await asyncio.to_thread(work)


@operation("cloudformation", "UpdateStack")
async def update_stack(call: Call) -> Result:
    def work() -> Result:
        wanted = reading.stack_request(call, keeps_template=True)
        stack, operation_id = call.cloud.cloudformation.stacks.update(wanted)
        return {"StackId": stack.stack_id, "OperationId": operation_id}

    return await asyncio.to_thread(work)


@operation("cloudformation", "DeleteStack")
async def delete_stack(call: Call) -> Result:
    given = call.parameters

    def work() -> Result:
        call.cloud.cloudformation.stacks.delete(
            call.region,
            given["StackName"],
            call.caller.credentials,
            kept=tuple(given.get("RetainResources", ())),
            forced=given.get("DeletionMode") == "FORCE_DELETE_STACK",
            role_arn=given.get("RoleARN"),
            client_token=given.get("ClientRequestToken"),
            express=given.get("DeploymentConfig", {}).get("Mode") == "EXPRESS",
        )
        return {}

    return await asyncio.to_thread(work)


@operation("cloudformation", "CancelUpdateStack")
async def cancel_update_stack(call: Call) -> Result:
    def work() -> Result:
        call.cloud.cloudformation.recovery.cancel_update(call.region, call.parameters["StackName"])
        return {}

    return await asyncio.to_thread(work)


@operation("cloudformation", "ContinueUpdateRollback")
async def continue_update_rollback(call: Call) -> Result:
    given = call.parameters
    if given.get("ForceRollback") and given.get("ResourcesToSkip"):
        raise AwsError(
            "ValidationError", "ForceRollback and ResourcesToSkip cannot both be specified"
        )

    def work() -> Result:
        call.cloud.cloudformation.recovery.continue_rollback(
            call.region,
            given["StackName"],
            call.caller.credentials,
            force=given.get("ForceRollback", False),
            skipped=tuple(given.get("ResourcesToSkip", ())),
            role_arn=given.get("RoleARN"),
            client_token=given.get("ClientRequestToken"),
        )
        return {}

    return await asyncio.to_thread(work)


@operation("cloudformation", "RollbackStack")
async def rollback_stack(call: Call) -> Result:
    given = call.parameters

    def work() -> Result:
        stack, operation_id = call.cloud.cloudformation.recovery.roll_back(
            call.region,
            given["StackName"],
            call.caller.credentials,
            role_arn=given.get("RoleARN"),
            client_token=given.get("ClientRequestToken"),
            express=given.get("DeploymentConfig", {}).get("Mode") == "EXPRESS",
            retain_except_on_create=given.get("RetainExceptOnCreate", False),
        )
        return {"StackId": stack.stack_id, "OperationId": operation_id}

    return await asyncio.to_thread(work)


@operation("cloudformation", "DescribeStacks")
async def describe_stacks(call: Call) -> Result:
    if "StackName" in call.parameters:
        return {"Stacks": [shapes.stack(seen(call))]}
    records = call.cloud.cloudformation.records
    found = [stack for stack in records.all_seen(call.region) if not stack.status.is_gone]
    shown, more = shapes.page(found, call.parameters.get("NextToken"), _stack_id)
    return {"Stacks": [shapes.stack(stack) for stack in shown], **more}


@operation("cloudformation", "ListStacks")
async def list_stacks(call: Call) -> Result:
    wanted = set(call.parameters.get("StackStatusFilter", ()))
    records = call.cloud.cloudformation.records
    found = [s for s in records.all_seen(call.region) if not wanted or s.status in wanted]
    shown, more = shapes.page(found, call.parameters.get("NextToken"), _stack_id)
    return {"StackSummaries": [shapes.stack_summary(stack) for stack in shown], **more}


@operation("cloudformation", "UpdateTerminationProtection")
async def update_termination_protection(call: Call) -> Result:
    protected = call.parameters["EnableTerminationProtection"]
    return await _alter(call, termination_protection=protected)


@operation("cloudformation", "SetStackPolicy")
async def set_stack_policy(call: Call) -> Result:
    if "StackPolicyBody" not in call.parameters:
        raise AwsError("ValidationError", "StackPolicyBody must be specified")
    await _alter(call, policy=call.parameters["StackPolicyBody"])
    return {}


@operation("cloudformation", "GetStackPolicy")
async def get_stack_policy(call: Call) -> Result:
    return shapes.present({"StackPolicyBody": seen(call).policy})


@operation("cloudformation", "DescribeAccountLimits")
async def describe_account_limits(_: Call) -> Result:
    limits = {"StackLimit": 2000, "StackOutputsLimit": 200, "ConcurrentResourcesLimit": 2500}
    return {"AccountLimits": [{"Name": name, "Value": limit} for name, limit in limits.items()]}


async def _alter(call: Call, **changes: Any) -> Result:
    name = call.parameters["StackName"]
    stacks = call.cloud.cloudformation.stacks
    stack = await asyncio.to_thread(stacks.alter, call.region, name, **changes)
    return {"StackId": stack.stack_id}


def _stack_id(stack: Stack) -> str:
    return stack.stack_id
