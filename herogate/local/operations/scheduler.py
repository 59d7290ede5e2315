"""EventBridge Scheduler's schedules. When they run is the scheduler plane's."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from herogate.local.constraints import check
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Result, operation
from herogate.local.operations.scheduler_groups import group_of, moment, page
from herogate.local.planes.scheduler.expressions import parse, zone_of
from herogate.local.planes.scheduler.invocations import check_target
from herogate.local.planes.scheduler.records import DEFAULT_GROUP, Schedule

_SETTINGS = (
    "ActionAfterCompletion",
    "Description",
    "EndDate",
    "FlexibleTimeWindow",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "State",
    "Target",
)
_DEFAULTS: Mapping[str, Any] = {
    "ActionAfterCompletion": "NONE",
    "ScheduleExpressionTimezone": "UTC",
    "State": "ENABLED",
}
_RETRIES = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}


@operation("scheduler", "CreateSchedule")
async def create_schedule(call: Call) -> Result:
    check(call)
    group, name = group_of(call, _group_name(call)), call.parameters["Name"]
    token = call.parameters.get("ClientToken")
    existing = call.cloud.scheduler.records.schedule(call.region, group.name, name)
    if existing is not None:
        if token is None or existing.client_token != token:
            raise AwsError("ConflictException", f"Schedule {name} already exists.", status=409)
        return {"ScheduleArn": existing.arn}
    now = time.time()
    schedule = Schedule(
        region=call.region,
        group=group.name,
        name=name,
        account_id=call.cloud.account_id,
        settings=await _settings(call),
        created_at=now,
        changed_at=now,
        client_token=token,
    )
    call.cloud.scheduler.put(schedule)
    return {"ScheduleArn": schedule.arn}


@operation("scheduler", "UpdateSchedule")
async def update_schedule(call: Call) -> Result:
    """What is not given anew goes back to its default."""
    check(call)
    schedule = _schedule(call)
    changed = replace(schedule, settings=await _settings(call), changed_at=time.time())
    call.cloud.scheduler.put(changed)
    return {"ScheduleArn": schedule.arn}


@operation("scheduler", "GetSchedule")
async def get_schedule(call: Call) -> Result:
    check(call)
    schedule = _schedule(call)
    times = {
        name: moment(schedule.settings[name])
        for name in ("StartDate", "EndDate")
        if name in schedule.settings
    }
    return {
        **schedule.settings,
        **times,
        "Arn": schedule.arn,
        "GroupName": schedule.group,
        "Name": schedule.name,
        "CreationDate": moment(schedule.created_at),
        "LastModificationDate": moment(schedule.changed_at),
    }


@operation("scheduler", "DeleteSchedule")
async def delete_schedule(call: Call) -> Result:
    check(call)
    call.cloud.scheduler.records.remove(_schedule(call))
    return {}


@operation("scheduler", "ListSchedules")
async def list_schedules(call: Call) -> Result:
    check(call)
    asked = call.parameters
    group = None if "GroupName" not in asked else group_of(call, asked["GroupName"]).name
    found = [
        schedule
        for schedule in call.cloud.scheduler.records.schedules(call.region, group)
        if schedule.name.startswith(asked.get("NamePrefix", ""))
        and schedule.settings["State"] == asked.get("State", schedule.settings["State"])
    ]
    return page(call, "Schedules", [_summary(schedule) for schedule in found])


def _schedule(call: Call) -> Schedule:
    name = call.parameters["Name"]
    found = call.cloud.scheduler.records.schedule(call.region, _group_name(call), name)
    if found is None:
        raise AwsError("ResourceNotFoundException", f"Schedule {name} does not exist.", status=404)
    return found


def _group_name(call: Call) -> str:
    return str(call.parameters.get("GroupName", DEFAULT_GROUP))


async def _settings(call: Call) -> Mapping[str, Any]:
    """What a schedule is to be, checked, with its defaults."""
    asked = call.parameters
    if "KmsKeyArn" in asked:
        raise not_supported("EventBridge Scheduler's encryption with a key of one's own")
    settings = {**_DEFAULTS, **{name: asked[name] for name in _SETTINGS if name in asked}}
    parse(settings["ScheduleExpression"], zone_of(settings["ScheduleExpressionTimezone"]))
    _check_window(settings["FlexibleTimeWindow"])
    target = settings["Target"]
    check_target(target)
    await call.cloud.scheduler.check_role(group_of(call, _group_name(call)), target["RoleArn"])
    settings["Target"] = {**target, "RetryPolicy": {**_RETRIES, **target.get("RetryPolicy", {})}}
    for name in ("StartDate", "EndDate"):
        if name in settings:
            settings[name] = _seconds(settings[name])
    _check_dates(settings)
    return settings


def _check_window(window: Mapping[str, Any]) -> None:
    """A flexible window lets a schedule run at any moment in it; here that is its first."""
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise _invalid(
            "MaximumWindowInMinutes must be specified for a flexible time window, and for no other."
        )


def _check_dates(settings: Mapping[str, Any]) -> None:
    end = settings.get("EndDate")
    if end is None:
        return
    if end <= time.time():
        raise _invalid("The EndDate you specify must be in the future.")
    if end <= settings.get("StartDate", 0):
        raise _invalid("The EndDate you specify must be after the StartDate.")


def _seconds(value: datetime | float) -> float:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return float(value)


def _summary(schedule: Schedule) -> dict[str, Any]:
    return {
        "Arn": schedule.arn,
        "Name": schedule.name,
        "GroupName": schedule.group,
        "State": schedule.settings["State"],
        "CreationDate": moment(schedule.created_at),
        "LastModificationDate": moment(schedule.changed_at),
        "Target": {"Arn": schedule.settings["Target"]["Arn"]},
    }


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
