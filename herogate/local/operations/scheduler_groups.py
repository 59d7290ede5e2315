"""EventBridge Scheduler's groups and their tags, and how its lists come page by page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.operations import Call, Result, operation
from herogate.local.planes.scheduler.records import DEFAULT_GROUP, Group

_PAGE = 100


@operation("scheduler", "CreateScheduleGroup")
async def create_schedule_group(call: Call) -> Result:
    check(call)
    records, name = call.cloud.scheduler.records, call.parameters["Name"]
    token = call.parameters.get("ClientToken")
    existing = records.group(call.region, name)
    if existing is not None:
        if token is None or existing.client_token != token:
            raise AwsError(
                "ConflictException", f"Schedule group {name} already exists.", status=409
            )
        return {"ScheduleGroupArn": existing.arn}
    now = time.time()
    group = Group(
        region=call.region,
        name=name,
        account_id=call.cloud.account_id,
        created_at=now,
        changed_at=now,
        tags={tag["Key"]: tag["Value"] for tag in call.parameters.get("Tags", [])},
        client_token=token,
    )
    records.put_group(group)
    return {"ScheduleGroupArn": group.arn}


@operation("scheduler", "GetScheduleGroup")
async def get_schedule_group(call: Call) -> Result:
    check(call)
    return _shown(group_of(call, call.parameters["Name"]))


@operation("scheduler", "DeleteScheduleGroup")
async def delete_schedule_group(call: Call) -> Result:
    """A group goes with its schedules."""
    check(call)
    group = group_of(call, call.parameters["Name"])
    if group.name == DEFAULT_GROUP:
        raise AwsError("ValidationException", "The default schedule group cannot be deleted.")
    call.cloud.scheduler.records.remove_group(group)
    return {}


@operation("scheduler", "ListScheduleGroups")
async def list_schedule_groups(call: Call) -> Result:
    check(call)
    prefix = call.parameters.get("NamePrefix", "")
    groups = call.cloud.scheduler.records.groups(call.region)
    found = [_shown(group) for group in groups if group.name.startswith(prefix)]
    return page(call, "ScheduleGroups", found)


@operation("scheduler", "TagResource")
async def tag_resource(call: Call) -> Result:
    check(call)
    group = _tagged(call)
    given = {tag["Key"]: tag["Value"] for tag in call.parameters["Tags"]}
    call.cloud.scheduler.records.put_group(replace(group, tags={**group.tags, **given}))
    return {}


@operation("scheduler", "UntagResource")
async def untag_resource(call: Call) -> Result:
    check(call)
    group, keys = _tagged(call), call.parameters["TagKeys"]
    kept = {key: value for key, value in group.tags.items() if key not in keys}
    call.cloud.scheduler.records.put_group(replace(group, tags=kept))
    return {}


@operation("scheduler", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Result:
    check(call)
    return {"Tags": [{"Key": key, "Value": value} for key, value in _tagged(call).tags.items()]}


def group_of(call: Call, name: str) -> Group:
    """The caller's group of that name. Raises `AwsError`: ``ResourceNotFoundException``."""
    found = call.cloud.scheduler.records.group(call.region, name)
    if found is None:
        raise _absent(f"Schedule group {name}")
    return found


def page(call: Call, field: str, items: Sequence[dict[str, Any]]) -> Result:
    """The page of a list that a call asks for, with where the next one begins."""
    size = call.parameters.get("MaxResults", _PAGE)
    token = call.parameters.get("NextToken", "0")
    if not token.isdecimal():
        raise AwsError("ValidationException", "Invalid NextToken.")
    begin = int(token)
    answer: dict[str, Any] = {field: list(items[begin : begin + size])}
    if begin + size < len(items):
        answer["NextToken"] = str(begin + size)
    return answer


def moment(seconds: float | None) -> datetime | None:
    """A time as answers have it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _tagged(call: Call) -> Group:
    """The group that an ARN names: nothing else of the service can be tagged."""
    arn = call.parameters["ResourceArn"]
    group = call.cloud.scheduler.records.group(call.region, arn.rpartition("/")[2])
    if group is None or group.arn != arn:
        raise _absent(f"Resource {arn}")
    return group


def _shown(group: Group) -> dict[str, Any]:
    shown = {
        "Arn": group.arn,
        "Name": group.name,
        "State": "ACTIVE",
        "CreationDate": moment(group.created_at),
        "LastModificationDate": moment(group.changed_at),
    }
    return {name: value for name, value in shown.items() if value is not None}


def _absent(what: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"{what} does not exist.", status=404)
