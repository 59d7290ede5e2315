"""The values that stacks share."""

from __future__ import annotations

from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.cloudformation import shapes
from herogate.local.planes.cloudformation.course import outcome


@operation("cloudformation", "ListExports")
async def list_exports(call: Call) -> Result:
    records = call.cloud.cloudformation.records
    found = [
        {"ExportingStackId": stack.stack_id, "Name": name, "Value": value}
        for stack in records.all_seen(call.region)
        if not stack.status.is_gone
        for name, value in stack.exports.items()
    ]
    found.sort(key=_name)
    shown, more = shapes.page(found, call.parameters.get("NextToken"), _name)
    return {"Exports": shown, **more}


@operation("cloudformation", "ListImports")
async def list_imports(call: Call) -> Result:
    name = call.parameters["ExportName"]
    found = outcome.importers(name, call.cloud.cloudformation.records.living(call.region))
    if not found:
        raise AwsError("ValidationError", f"Export '{name}' is not imported by any stack.")
    shown, more = shapes.page(found, call.parameters.get("NextToken"), str)
    return {"Imports": shown, **more}


def _name(export: dict[str, str]) -> str:
    return export["Name"]
