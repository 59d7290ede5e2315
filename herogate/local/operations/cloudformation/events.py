"""What has happened to a stack."""

from __future__ import annotations

from herogate.local.operations import Call, Result, operation
from herogate.local.operations.cloudformation import shapes
from herogate.local.operations.cloudformation.stacks import seen
from herogate.local.planes.cloudformation.records.events import StackEvent


@operation("cloudformation", "DescribeStackEvents")
async def describe_stack_events(call: Call) -> Result:
    stack = seen(call, "Stack [{name}] does not exist")
    found = call.cloud.cloudformation.records.events(stack.stack_id)
    shown, more = shapes.page(found, call.parameters.get("NextToken"), _key)
    return {"StackEvents": [shapes.event(event) for event in shown], **more}


def _key(event: StackEvent) -> str:
    return f"{event.event_id} {event.at}"
