"""CloudFormation's own resource types that make nothing in any service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from herogate.local.resources import Context, Handler, Properties, resource


@resource("AWS::CloudFormation::WaitConditionHandle")
class WaitConditionHandle(Handler):
    """A URL to signal to. Nothing waits for one here; templates use it as a resource that is nothing."""

    def create(self, context: Context, properties: Properties) -> str:
        host = f"cloudformation-waitcondition-{context.region}.s3.{context.region}.amazonaws.com"
        key = quote(f"{context.stack_id}/{context.logical_id}/{context.token}", safe="")
        return f"https://{host}/{key}"

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        """It has no properties."""

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        """There is nothing to remove."""

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Id": physical_id}
