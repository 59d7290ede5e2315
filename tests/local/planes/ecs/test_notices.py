"""What EventBridge hears of a service."""

from __future__ import annotations

import json
import time
from typing import Any

from services_at_work import Place, is_steady


def test_a_rule_hears_of_tasks_deployments_and_services(site: Place) -> None:
    client, name = site.cloud.client, f"{site.cluster}-heard"
    events, sqs = client("events"), client("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.ecs"]}))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])
    heard: list[dict[str, Any]] = []

    service = site.service("heard", site.definition("heard", {"IDLE": "600"}))
    site.until("heard", is_steady)
    task = site.tasks("heard")[0]["taskArn"]
    deadline = time.monotonic() + 20
    while not any(each["detail"].get("eventName") == "SERVICE_STEADY_STATE" for each in heard):
        assert time.monotonic() < deadline, heard
        got = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        heard += [json.loads(message["Body"]) for message in got.get("Messages", [])]
        heard = [each for each in heard if {service["serviceArn"], task} & {*each["resources"]}]
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)

    said = [
        (each["detail-type"], each["detail"].get("eventName") or each["detail"]["lastStatus"])
        for each in sorted(heard, key=lambda each: str(each["time"]))
    ]
    assert set(said) == {
        ("ECS Deployment State Change", "SERVICE_DEPLOYMENT_IN_PROGRESS"),
        ("ECS Task State Change", "PROVISIONING"),
        ("ECS Task State Change", "PENDING"),
        ("ECS Task State Change", "ACTIVATING"),
        ("ECS Task State Change", "RUNNING"),
        ("ECS Deployment State Change", "SERVICE_DEPLOYMENT_COMPLETED"),
        ("ECS Service Action", "SERVICE_STEADY_STATE"),
    }
