"""SNS and SQS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from herogate.local.errors import AwsError

from .conftest import STACK_TAGS, World


def allow(action: str, resource: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_topic_lives(world: World) -> None:
    sns = world.client("sns")
    topic = world.make(
        "AWS::SNS::Topic",
        DisplayName="news",
        Subscription=[{"Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:a"}],
        Tags=[{"Key": "app", "Value": "demo"}],
    )

    def display_name() -> str:
        found = sns.get_topic_attributes(TopicArn=topic.physical_id)["Attributes"]
        return str(found.get("DisplayName", ""))

    def endpoints() -> list[str]:
        found = sns.list_subscriptions_by_topic(TopicArn=topic.physical_id)["Subscriptions"]
        return [each["Endpoint"].rpartition(":")[2] for each in found]

    assert topic.attributes["TopicName"].startswith("demo-Thing-")
    assert (display_name(), endpoints()) == ("news", ["a"])
    tags = sns.list_tags_for_resource(ResourceArn=topic.physical_id)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {**STACK_TAGS, "app": "demo"}

    topic.update(
        Subscription=[{"Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:b"}]
    )
    assert (display_name(), endpoints()) == ("", ["b"])
    topic.delete()
    assert sns.list_topics()["Topics"] == []


def test_a_topic_policy_is_put_and_the_default_restored(world: World) -> None:
    sns = world.client("sns")
    topic = world.make("AWS::SNS::Topic", TopicName="news").physical_id

    def policy() -> Any:
        return json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])

    default = policy()
    publish = allow("sns:Publish", topic)
    made = world.make("AWS::SNS::TopicPolicy", Topics=[topic], PolicyDocument=publish)
    assert policy() == publish
    made.update(Topics=[topic], PolicyDocument=allow("sns:Subscribe", topic))
    assert policy() == allow("sns:Subscribe", topic)
    made.delete()
    restored = policy()["Statement"][0]
    assert restored["Sid"] == default["Statement"][0]["Sid"]
    assert restored["Condition"] == default["Statement"][0]["Condition"]


def test_a_subscription_lives(world: World) -> None:
    sns = world.client("sns")
    place = {
        "TopicArn": world.make("AWS::SNS::Topic", TopicName="news").physical_id,
        "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:us-east-1:123456789012:a",
    }
    subscription = world.make("AWS::SNS::Subscription", **place, RawMessageDelivery=True)

    def raw() -> str:
        found = sns.get_subscription_attributes(SubscriptionArn=subscription.physical_id)
        return str(found["Attributes"]["RawMessageDelivery"])

    assert raw() == "true"
    subscription.update(**place)
    assert raw() == "false"
    subscription.delete()
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_queue_lives(world: World) -> None:
    sqs = world.client("sqs")
    dead = world.make("AWS::SQS::Queue", QueueName="dead")
    redrive = {"deadLetterTargetArn": dead.attributes["Arn"], "maxReceiveCount": 3}
    queue = world.make(
        "AWS::SQS::Queue",
        QueueName="work",
        VisibilityTimeout=60,
        RedrivePolicy=redrive,
        Tags=[{"Key": "app", "Value": "demo"}],
    )

    def attributes() -> dict[str, str]:
        found = sqs.get_queue_attributes(QueueUrl=queue.physical_id, AttributeNames=["All"])
        return dict(found["Attributes"])

    assert attributes()["VisibilityTimeout"] == "60"
    assert json.loads(attributes()["RedrivePolicy"]) == redrive
    assert queue.attributes == {
        "Arn": "arn:aws:sqs:us-east-1:123456789012:work",
        "QueueName": "work",
        "QueueUrl": queue.physical_id,
    }
    found = sqs.list_queue_tags(QueueUrl=queue.physical_id)["Tags"]
    assert found == {**STACK_TAGS, "app": "demo"}

    queue.update(QueueName="work", DelaySeconds="5", RedrivePolicy=redrive)
    assert (attributes()["VisibilityTimeout"], attributes()["DelaySeconds"]) == ("30", "5")
    assert sqs.list_queue_tags(QueueUrl=queue.physical_id)["Tags"] == STACK_TAGS

    policy = world.make(
        "AWS::SQS::QueuePolicy",
        Queues=[queue.physical_id],
        PolicyDocument=allow("sqs:SendMessage", queue.attributes["Arn"]),
    )
    assert json.loads(attributes()["Policy"]) == allow("sqs:SendMessage", queue.attributes["Arn"])
    policy.delete()
    assert "Policy" not in attributes()
    queue.delete()
    dead.delete()
    assert "QueueUrls" not in sqs.list_queues()


def test_a_fifo_queue_gets_a_fifo_name(world: World) -> None:
    queue = world.make("AWS::SQS::Queue", FifoQueue=True, ContentBasedDeduplication="true")
    assert queue.attributes["QueueName"].endswith(".fifo")


@pytest.mark.parametrize(
    ("type_name", "property_name", "make"),
    [
        ("AWS::SNS::Topic", "TopicName", lambda w: w.client("sns").create_topic(Name="taken")),
        ("AWS::SQS::Queue", "QueueName", lambda w: w.client("sqs").create_queue(QueueName="taken")),
    ],
)
def test_what_exists_is_not_taken_over(
    world: World, type_name: str, property_name: str, make: Any
) -> None:
    make(world)
    with pytest.raises(AwsError, match="taken' already exists"):
        world.make(type_name, **{property_name: "taken"})
