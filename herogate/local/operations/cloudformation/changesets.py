"""Change sets: reviewed before they are carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.cloudformation import reading, shapes
from herogate.local.planes.cloudformation.records.stack import OnFailure
from herogate.local.planes.cloudformation.requests.changesets import ChangeSet
from herogate.local.planes.cloudformation.requests.request import StackRequest


@operation("cloudformation", "CreateChangeSet")
async def create_change_set(call: Call) -> Result:
    given = call.parameters
    type_ = given.get("ChangeSetType", "UPDATE")
    if type_ not in {"CREATE", "UPDATE"}:
        raise not_supported(f"change sets of type {type_}")

    def work() -> Result:
        change_set = call.cloud.cloudformation.change_sets.create(
            reading.stack_request(call, keeps_template=type_ == "UPDATE"),
            given["ChangeSetName"],
            creates=type_ == "CREATE",
            description=given.get("Description"),
            on_failure=_on_failure(given.get("OnStackFailure")),
        )
        return {"Id": change_set.change_set_id, "StackId": change_set.stack_id}

    return await asyncio.to_thread(work)


@operation("cloudformation", "DescribeChangeSet")
async def describe_change_set(call: Call) -> Result:
    found = _named(call)
    changes = list(found.changes)
    if not call.parameters.get("IncludePropertyValues"):
        changes = [_without_values(change) for change in changes]
    shown, more = shapes.page(changes, call.parameters.get("NextToken"), _logical_id)
    return {**shapes.change_set(found), "Changes": shown, **more}


@operation("cloudformation", "ListChangeSets")
async def list_change_sets(call: Call) -> Result:
    change_sets = call.cloud.cloudformation.change_sets
    found = change_sets.of_stack(call.region, call.parameters["StackName"])
    shown, more = shapes.page(found, call.parameters.get("NextToken"), _change_set_id)
    return {"Summaries": [shapes.change_set_summary(c) for c in shown], **more}


@operation("cloudformation", "ExecuteChangeSet")
async def execute_change_set(call: Call) -> Result:
    given = call.parameters

    def work() -> Result:
        found = _named(call)
        if "DisableRollback" in given and found.on_failure is not None:
            raise AwsError(
                "ValidationError",
                "DisableRollback cannot be specified when the change set has OnStackFailure",
            )
        wanted = StackRequest(
            name=found.stack_id,
            region=call.region,
            credentials=call.caller.credentials,
            body=None,
            client_token=given.get("ClientRequestToken"),
            on_failure=reading.on_failure(given),
            retain_except_on_create=given.get("RetainExceptOnCreate", False),
        )
        call.cloud.cloudformation.change_sets.execute(wanted, found)
        return {}

    return await asyncio.to_thread(work)


@operation("cloudformation", "DeleteChangeSet")
async def delete_change_set(call: Call) -> Result:
    def work() -> Result:
        call.cloud.cloudformation.change_sets.delete(_named(call))
        return {}

    return await asyncio.to_thread(work)


def _named(call: Call) -> ChangeSet:
    return call.cloud.cloudformation.change_sets.named(
        call.region, call.parameters["ChangeSetName"], call.parameters.get("StackName")
    )


def _on_failure(given: str | None) -> OnFailure | None:
    return None if given is None else OnFailure(given)


def _without_values(change: Mapping[str, object]) -> Mapping[str, object]:
    """A change without what only IncludePropertyValues shows."""
    shown = change["ResourceChange"]
    if not isinstance(shown, Mapping):
        return change
    hidden = {"BeforeContext", "AfterContext"}
    kept = {name: value for name, value in shown.items() if name not in hidden}
    kept["Details"] = [_without_target_values(detail) for detail in shown.get("Details", ())]
    return {**change, "ResourceChange": kept}


def _without_target_values(detail: Mapping[str, object]) -> Mapping[str, object]:
    target = detail.get("Target")
    if not isinstance(target, Mapping):
        return detail
    hidden = {"BeforeValue", "AfterValue", "Path", "AttributeChangeType"}
    kept = {name: value for name, value in target.items() if name not in hidden}
    return {**detail, "Target": kept}


def _logical_id(change: Mapping[str, object]) -> str:
    shown = change["ResourceChange"]
    return str(shown["LogicalResourceId"]) if isinstance(shown, Mapping) else ""


def _change_set_id(change_set: ChangeSet) -> str:
    return change_set.change_set_id
