"""Schedules that run: on the session's cloud, and on one that is killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from local_cloud import LocalCloud, running
from roles import make_role
from waiting import eventually, wait_until

from herogate.local.directory import Directory

ACCOUNT = "123456789012"
OFF = {"Mode": "OFF"}
At = Callable[..., Any]


def role(cloud: LocalCloud, name: str) -> str:
    """A role that schedules may run in."""
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    return make_role(cloud.client("iam"), name, json.dumps(document))


def queue(cloud: LocalCloud, name: str) -> str:
    cloud.client("sqs").create_queue(QueueName=name)
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"


def next_message(cloud: LocalCloud, name: str) -> Any:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def look() -> Any:
        answer = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        return next(iter(answer.get("Messages", [])), None)

    return eventually(look)


def soon(seconds: int = 1) -> str:
    """An expression for one run in a moment."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


def test_a_rate_runs_at_once_and_says_for_when(cloud: LocalCloud) -> None:
    scheduler = cloud.client("scheduler")
    given = '{"at": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>"}'
    target = {
        "Arn": queue(cloud, "scheduler-rate"),
        "RoleArn": role(cloud, "scheduler-rate"),
        "Input": given,
    }
    arn = scheduler.create_schedule(
        Name="rate", ScheduleExpression="rate(1 day)", FlexibleTimeWindow=OFF, Target=target
    )["ScheduleArn"]
    created = scheduler.get_schedule(Name="rate")["CreationDate"]

    assert json.loads(next_message(cloud, "scheduler-rate")["Body"]) == {
        "at": f"{created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "by": arn,
    }
    scheduler.delete_schedule(Name="rate")


def test_a_schedule_that_runs_once_goes_if_it_is_to(cloud: LocalCloud) -> None:
    scheduler = cloud.client("scheduler")
    target = {"Arn": queue(cloud, "scheduler-once"), "RoleArn": role(cloud, "scheduler-once")}
    arn = scheduler.create_schedule(
        Name="once",
        ScheduleExpression=soon(),
        FlexibleTimeWindow=OFF,
        Target=target,
        ActionAfterCompletion="DELETE",
    )["ScheduleArn"]
    event = json.loads(next_message(cloud, "scheduler-once")["Body"])

    assert (event["source"], event["detail-type"], event["resources"]) == (
        "aws.scheduler",
        "Scheduled Event",
        [arn],
    )
    wait_until(lambda: scheduler.list_schedules(NamePrefix="once")["Schedules"] == [])


def test_what_a_target_refuses_ends_in_its_dead_letter_queue(cloud: LocalCloud) -> None:
    scheduler = cloud.client("scheduler")
    gone = f"arn:aws:sqs:us-east-1:{ACCOUNT}:scheduler-gone"
    target = {
        "Arn": gone,
        "RoleArn": role(cloud, "scheduler-gone"),
        "Input": "lost",
        "RetryPolicy": {"MaximumRetryAttempts": 1},
        "DeadLetterConfig": {"Arn": queue(cloud, "scheduler-dead")},
    }
    arn = scheduler.create_schedule(
        Name="gone", ScheduleExpression="rate(1 day)", FlexibleTimeWindow=OFF, Target=target
    )["ScheduleArn"]
    message = next_message(cloud, "scheduler-dead")
    told = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}

    assert message["Body"] == "lost"
    assert told.pop("ERROR_MESSAGE")
    assert told.pop("EXECUTION_ID")
    assert told.pop("SCHEDULED_TIME")
    assert told == {
        "ERROR_CODE": "AWS.SimpleQueueService.NonExistentQueue",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "1",
        "SCHEDULE_ARN": arn,
        "TARGET_ARN": gone,
    }
    scheduler.delete_schedule(Name="gone")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_schedule_outlives_the_cloud(directory: Directory, number: signal.Signals) -> None:
    cloud = running(directory)
    target = {"Arn": queue(cloud, "later"), "RoleArn": role(cloud, "later"), "Input": "hello"}
    cloud.client("scheduler").create_schedule(
        Name="later", ScheduleExpression=soon(), FlexibleTimeWindow=OFF, Target=target
    )
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, number)
    wait_until(lambda: not directory.is_locked())

    assert next_message(running(directory), "later")["Body"] == "hello"
