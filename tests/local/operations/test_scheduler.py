"""EventBridge Scheduler's schedules and groups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from local_cloud import LocalCloud

from .conftest import Refusal, RoleOf

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/jobs"
OFF = {"Mode": "OFF"}


@pytest.fixture(scope="module")
def role(role_of: RoleOf) -> str:
    return role_of("scheduler-runs", {"Service": "scheduler.amazonaws.com"})


def asked(role: str, name: str, **settings: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "ScheduleExpression": "cron(0 3 1 1 ? 2100)",
        "FlexibleTimeWindow": OFF,
        "Target": {"Arn": QUEUE, "RoleArn": role, "Input": "hello"},
        **settings,
    }


def test_a_schedule_is_created_changed_listed_and_deleted(
    cloud: LocalCloud, refusal: Refusal, role: str
) -> None:
    scheduler = cloud.client("scheduler")
    start = datetime(2100, 1, 1, tzinfo=UTC)
    arn = scheduler.create_schedule(**asked(role, "jobs-a", StartDate=start))["ScheduleArn"]
    scheduler.create_schedule(**asked(role, "jobs-b", State="DISABLED"))
    found = scheduler.get_schedule(Name="jobs-a")
    created = found.pop("CreationDate")
    target = {
        "Arn": QUEUE,
        "RoleArn": role,
        "Input": "hello",
        "RetryPolicy": {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185},
    }

    assert arn == f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/jobs-a"
    del found["ResponseMetadata"]
    assert found == {
        "ActionAfterCompletion": "NONE",
        "Arn": arn,
        "FlexibleTimeWindow": OFF,
        "GroupName": "default",
        "LastModificationDate": created,
        "Name": "jobs-a",
        "ScheduleExpression": "cron(0 3 1 1 ? 2100)",
        "ScheduleExpressionTimezone": "UTC",
        "StartDate": start,
        "State": "ENABLED",
        "Target": target,
    }
    listed = scheduler.list_schedules(NamePrefix="jobs-", State="ENABLED")["Schedules"]
    assert [(each["Name"], each["Target"]) for each in listed] == [("jobs-a", {"Arn": QUEUE})]
    scheduler.update_schedule(**asked(role, "jobs-a", State="DISABLED"))
    assert "StartDate" not in scheduler.get_schedule(Name="jobs-a")
    assert refusal(scheduler.create_schedule, **asked(role, "jobs-a")) == (
        "ConflictException",
        "Schedule jobs-a already exists.",
    )
    for name in ("jobs-a", "jobs-b"):
        scheduler.delete_schedule(Name=name)
    assert refusal(scheduler.delete_schedule, Name="jobs-a") == (
        "ResourceNotFoundException",
        "Schedule jobs-a does not exist.",
    )


def test_the_same_request_sent_twice_makes_one_schedule(cloud: LocalCloud, role: str) -> None:
    scheduler = cloud.client("scheduler")
    given = asked(role, "jobs-twice", ClientToken="once")

    assert (
        scheduler.create_schedule(**given)["ScheduleArn"]
        == (scheduler.create_schedule(**given)["ScheduleArn"])
    )
    scheduler.delete_schedule(Name="jobs-twice")


def test_a_group_goes_with_its_schedules(cloud: LocalCloud, refusal: Refusal, role: str) -> None:
    scheduler = cloud.client("scheduler")
    arn = scheduler.create_schedule_group(Name="jobs", Tags=[{"Key": "a", "Value": "1"}])
    resource = {"ResourceArn": arn["ScheduleGroupArn"]}
    scheduler.tag_resource(**resource, Tags=[{"Key": "b", "Value": "2"}])
    scheduler.untag_resource(**resource, TagKeys=["a"])

    assert scheduler.list_tags_for_resource(**resource)["Tags"] == [{"Key": "b", "Value": "2"}]
    for number in range(3):
        scheduler.create_schedule(**asked(role, f"job-{number}", GroupName="jobs"))
    pages = scheduler.get_paginator("list_schedules").paginate(
        GroupName="jobs", PaginationConfig={"PageSize": 2}
    )
    assert [[each["Name"] for each in page["Schedules"]] for page in pages] == [
        ["job-0", "job-1"],
        ["job-2"],
    ]
    names = [each["Name"] for each in scheduler.list_schedule_groups()["ScheduleGroups"]]
    assert names == ["default", "jobs"]
    scheduler.delete_schedule_group(Name="jobs")
    assert refusal(scheduler.list_schedules, GroupName="jobs") == (
        "ResourceNotFoundException",
        "Schedule group jobs does not exist.",
    )
    assert scheduler.list_schedules(NamePrefix="job-")["Schedules"] == []
    assert refusal(scheduler.delete_schedule_group, Name="default")[0] == "ValidationException"


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        (
            {"ScheduleExpression": "cron(0 3 * * *)"},
            "ValidationException",
            "Invalid Schedule Expression cron(0 3 * * *).",
        ),
        (
            {"ScheduleExpressionTimezone": "Mars/Olympus"},
            "ValidationException",
            "Invalid ScheduleExpressionTimezone Mars/Olympus.",
        ),
        (
            {"GroupName": "nowhere"},
            "ResourceNotFoundException",
            "Schedule group nowhere does not exist.",
        ),
        (
            {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}},
            "ValidationException",
            "MaximumWindowInMinutes must be specified for a flexible time window, and for no other.",
        ),
        (
            {"EndDate": 1_000_000},
            "ValidationException",
            "The EndDate you specify must be in the future.",
        ),
        (
            {"KmsKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"},
            "NotImplemented",
            "The local cloud does not support EventBridge Scheduler's encryption with a key of one's "
            "own.",
        ),
    ],
)
def test_a_schedule_that_is_refused(
    cloud: LocalCloud,
    refusal: Refusal,
    role: str,
    settings: dict[str, Any],
    code: str,
    message: str,
) -> None:
    given = asked(role, "refused", **settings)

    assert refusal(cloud.client("scheduler").create_schedule, **given) == (code, message)


@pytest.mark.parametrize(
    ("target", "code", "message"),
    [
        (
            {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"},
            "NotImplemented",
            "The local cloud does not support EventBridge Scheduler's universal targets "
            "(arn:aws:scheduler:::aws-sdk:sqs:sendMessage).",
        ),
        (
            {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"},
            "NotImplemented",
            "The local cloud does not support EventBridge Scheduler's targets of the service lambda.",
        ),
        (
            {"Arn": CLUSTER},
            "ValidationException",
            "EcsParameters must be specified for an ECS target.",
        ),
        (
            {"Arn": CLUSTER, "EcsParameters": {"TaskDefinitionArn": "f"}, "Input": "[]"},
            "ValidationException",
            "Input of an ECS target must be a JSON object of overrides.",
        ),
        (
            {"Arn": QUEUE, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/nobody"},
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        ),
    ],
)
def test_a_target_that_is_refused(
    cloud: LocalCloud,
    refusal: Refusal,
    role: str,
    target: dict[str, Any],
    code: str,
    message: str,
) -> None:
    given = asked(role, "refused", Target={"RoleArn": role, **target})

    assert refusal(cloud.client("scheduler").create_schedule, **given) == (code, message)


def test_a_role_may_be_kept_for_one_group(
    cloud: LocalCloud, refusal: Refusal, role_of: RoleOf
) -> None:
    scheduler = cloud.client("scheduler")
    own = scheduler.create_schedule_group(Name="kept")["ScheduleGroupArn"]
    kept = role_of(
        "scheduler-kept",
        {"Service": "scheduler.amazonaws.com"},
        Condition={"ArnLike": {"aws:SourceArn": own}},
    )

    assert scheduler.create_schedule(**asked(kept, "nightly", GroupName="kept"))
    assert refusal(scheduler.create_schedule, **asked(kept, "nightly"))[0] == "ValidationException"
    scheduler.delete_schedule_group(Name="kept")
