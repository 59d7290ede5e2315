"""Events from outside, through real rules, to real targets."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest
from local_cloud import LocalCloud, running
from waiting import eventually, wait_until

from herogate.local.directory import Directory

ACCOUNT = "123456789012"
SIZES = range(2, 12)


class Queue:
    """An SQS queue that a rule's target may be."""

    def __init__(self, cloud: LocalCloud, name: str) -> None:
        self._sqs = cloud.client("sqs")
        self._url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"

    def next(self) -> Any:
        """The body and the attributes of the next message, waited for and removed."""

        def look() -> Any:
            answer = self._sqs.receive_message(QueueUrl=self._url, MessageAttributeNames=["All"])
            return next(iter(answer.get("Messages", [])), None)

        message = eventually(look)
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return message

    def next_body(self) -> Any:
        return json.loads(self.next()["Body"])


def entry(source: str, **changes: Any) -> dict[str, Any]:
    return {"Source": source, "DetailType": "Order", "Detail": '{"size": 3}', **changes}


def rule(cloud: LocalCloud, name: str, *targets: Any, **settings: Any) -> Any:
    events = cloud.client("events")
    pattern = json.dumps({"source": [name], "detail": {"size": [{"numeric": [">", 1]}]}})
    events.put_rule(**{"Name": name, "EventPattern": pattern, **settings})
    bus = {key: value for key, value in settings.items() if key == "EventBusName"}
    events.put_targets(Rule=name, Targets=list(targets), **bus)
    return events


def test_a_queue_gets_the_whole_event(cloud: LocalCloud) -> None:
    queue = Queue(cloud, "events-whole")
    events = rule(cloud, "events-whole", {"Id": "queue", "Arn": queue.arn})
    answer = events.put_events(
        Entries=[
            entry("events-whole", Detail='{"size": 1}'),
            entry("events-whole", Resources=["a"], Time=1_000_000_000),
        ]
    )

    assert answer["FailedEntryCount"] == 0
    assert queue.next_body() == {
        "version": "0",
        "id": answer["Entries"][1]["EventId"],
        "detail-type": "Order",
        "source": "events-whole",
        "account": ACCOUNT,
        "time": "2001-09-09T01:46:40Z",
        "region": "us-east-1",
        "resources": ["a"],
        "detail": {"size": 3},
    }


def test_a_disabled_rule_does_not_act_until_it_is_enabled(cloud: LocalCloud) -> None:
    queue = Queue(cloud, "events-asleep")
    events = rule(cloud, "events-asleep", {"Id": "queue", "Arn": queue.arn}, State="DISABLED")
    events.put_events(Entries=[entry("events-asleep", Detail='{"size": 5}')])
    events.enable_rule(Name="events-asleep")
    events.put_events(Entries=[entry("events-asleep", Detail='{"size": 6}')])

    assert queue.next_body()["detail"] == {"size": 6}


def test_a_bus_of_ones_own_has_rules_of_its_own(cloud: LocalCloud) -> None:
    queue = Queue(cloud, "events-bus")
    cloud.client("events").create_event_bus(Name="orders")
    target = {"Id": "queue", "Arn": queue.arn, "InputPath": "$.detail"}
    events = rule(cloud, "events-bus", target, EventBusName="orders")
    answer = events.put_events(
        Entries=[
            entry("events-bus", Detail='{"size": 7}'),
            entry("events-bus", Detail='{"size": 8}', EventBusName="orders"),
            entry("events-bus", EventBusName="nowhere"),
        ]
    )

    assert answer["FailedEntryCount"] == 0
    assert queue.next_body() == {"size": 8}


def test_a_topic_and_a_log_group_are_told(cloud: LocalCloud) -> None:
    queue = Queue(cloud, "events-topic")
    topic = cloud.client("sns").create_topic(Name="events-topic")["TopicArn"]
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/events/orders")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/events/orders"
    events = rule(
        cloud,
        "events-topic",
        {"Id": "topic", "Arn": topic, "Input": '{"fixed": true}'},
        {"Id": "group", "Arn": group, "InputPath": "$.detail"},
    )
    events.put_events(Entries=[entry("events-topic")])

    def logged() -> Any:
        found = logs.filter_log_events(logGroupName="/events/orders")["events"]
        return [each["message"] for each in found] or None

    assert json.loads(queue.next_body()["Message"]) == {"fixed": True}
    assert eventually(logged) == ['{"size": 3}']


def test_what_a_target_refuses_ends_in_its_dead_letter_queue_and_holds_up_nobody(
    cloud: LocalCloud,
) -> None:
    told, dead = Queue(cloud, "events-told"), Queue(cloud, "events-dead")
    gone = f"arn:aws:sqs:us-east-1:{ACCOUNT}:events-gone"
    events = rule(
        cloud,
        "events-refused",
        {"Id": "gone", "Arn": gone, "DeadLetterConfig": {"Arn": dead.arn}},
        {"Id": "told", "Arn": told.arn},
    )
    events.put_events(Entries=[entry("events-refused")])
    buried = dead.next()
    attributes = {name: value["StringValue"] for name, value in buried["MessageAttributes"].items()}

    assert json.loads(buried["Body"]) == told.next_body()
    assert attributes.pop("ERROR_MESSAGE")
    assert attributes == {
        "RULE_ARN": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/events-refused",
        "TARGET_ARN": gone,
        "ERROR_CODE": "AWS.SimpleQueueService.NonExistentQueue",
    }


def test_entries_are_refused_one_by_one(cloud: LocalCloud) -> None:
    answer = cloud.client("events").put_events(
        Entries=[
            entry("fine"),
            entry(""),
            entry("aws.s3"),
            entry("broken", Detail="{"),
            entry("list", Detail="[]"),
        ]
    )

    assert [each.get("ErrorCode") for each in answer["Entries"]] == [
        None,
        "InvalidArgument",
        "NotAuthorizedForSourceException",
        "MalformedDetail",
        "MalformedDetail",
    ]
    assert answer["FailedEntryCount"] == 4


@pytest.mark.parametrize(("size", "expected"), [(3, True), (1, False)])
def test_a_pattern_can_be_tried_out(cloud: LocalCloud, size: int, expected: bool) -> None:
    event = {
        **dict.fromkeys(("id", "source", "account", "region", "time", "detail-type"), "x"),
        "resources": [],
        "detail": {"size": size},
    }
    pattern = {"detail": {"size": [{"numeric": [">", 1]}]}}
    answer = cloud.client("events").test_event_pattern(
        EventPattern=json.dumps(pattern), Event=json.dumps(event)
    )

    assert answer["Result"] is expected


def test_an_event_that_was_answered_is_delivered_after_a_kill(directory: Directory) -> None:
    cloud = running(directory)
    queue = Queue(cloud, "events-kill")
    events = rule(cloud, "events-kill", {"Id": "queue", "Arn": queue.arn})
    events.put_events(Entries=[entry("events-kill", Detail=json.dumps({"size": n})) for n in SIZES])
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not directory.is_locked())
    again = Queue(running(directory), "events-kill")

    assert {again.next_body()["detail"]["size"] for _ in SIZES} == set(SIZES)
