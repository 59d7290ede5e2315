"""What happened to a stack and its resources, in order: what DescribeStackEvents tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from herogate.local.planes.cloudformation.records.stack import (
    STACK_TYPE,
    Operation,
    Stack,
    StackResource,
)


@dataclass(frozen=True, kw_only=True)
class StackEvent:
    """One event. `properties` is the JSON text of a resource's properties as they may be shown."""

    event_id: str
    stack_id: str
    stack_name: str
    logical_id: str
    physical_id: str
    type_name: str
    at: float
    status: str
    reason: str | None = None
    properties: str | None = None
    client_token: str | None = None
    operation_id: str | None = None


def of_stack(stack: Stack, operation: Operation | None, at: float) -> StackEvent:
    """The event of a stack having come into its present state."""
    return StackEvent(
        event_id=str(uuid4()),
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_id=stack.name,
        physical_id=stack.stack_id,
        type_name=STACK_TYPE,
        at=at,
        status=stack.status,
        reason=stack.status_reason,
        client_token=operation.client_token if operation else None,
        operation_id=operation.id if operation else None,
    )


def of_resource(
    stack: Stack,
    resource: StackResource,
    operation: Operation,
    at: float,
    shown: Mapping[str, Any] | None,
) -> StackEvent:
    """The event of a resource having come into its present state; `shown` are its properties."""
    moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return StackEvent(
        event_id=f"{resource.logical_id}-{resource.status}-{moment}",
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_id=resource.logical_id,
        physical_id=resource.physical_id or "",
        type_name=resource.type_name,
        at=at,
        status=resource.status,
        reason=resource.status_reason,
        properties=None if shown is None else json.dumps(shown, separators=(",", ":")),
        client_token=operation.client_token,
        operation_id=operation.id,
    )
