"""SNS topics, their policies and subscriptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import (
    absence_is_fine,
    already_exists,
    exists,
    undone_on_failure,
)
from herogate.local.resources.requests import boolean, changed, document, send, text
from herogate.local.resources.tags import retag, with_tags

_TOPIC_ATTRIBUTES = {
    "ContentBasedDeduplication": "false",
    "DisplayName": "",
    "KmsMasterKeyId": "",
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}
"""A topic's changeable attributes, with what each returns to when a template drops it."""

_SUBSCRIPTION_ATTRIBUTES = {
    "DeliveryPolicy": "{}",
    "FilterPolicy": "{}",
    "FilterPolicyScope": "MessageAttributes",
    "RawMessageDelivery": "false",
    "RedrivePolicy": "{}",
    "SubscriptionRoleArn": "",
}


@resource("AWS::SNS::Topic", *_TOPIC_ATTRIBUTES, "FifoTopic", "Subscription", "Tags", "TopicName")
class Topic(Handler):
    """A topic. Its physical id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        sns = context.client("sns")
        fifo = boolean(properties.get("FifoTopic", False))
        name = properties.get("TopicName") or context.physical_name(250) + (".fifo" if fifo else "")
        arn = f"arn:{context.partition}:sns:{context.region}:{context.account_id}:{name}"
        if exists(sns.get_topic_attributes, TopicArn=arn):
            raise already_exists(self, arn)  # CreateTopic would hand out the existing one
        attributes = {k: text(properties[k]) for k in _TOPIC_ATTRIBUTES if k in properties}
        attributes |= {"FifoTopic": "true"} if fifo else {}
        named = {**with_tags(context, properties), "Name": name}
        send(sns, "create_topic", named, Attributes=attributes)
        with undone_on_failure(self, context, arn, properties):
            self._subscribe(sns, arn, properties, {})
        return arn

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        sns = context.client("sns")
        for name, default in _TOPIC_ATTRIBUTES.items():
            if changed(name, properties, previous):
                value = text(properties.get(name, default))
                sns.set_topic_attributes(
                    TopicArn=physical_id, AttributeName=name, AttributeValue=value
                )
        self._subscribe(sns, physical_id, properties, previous)
        retag(sns, physical_id, context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("sns").delete_topic(TopicArn=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"TopicArn": physical_id, "TopicName": physical_id.rpartition(":")[2]}

    def _subscribe(self, sns: Any, arn: str, properties: Properties, previous: Properties) -> None:
        before, after = (
            {(each["Protocol"], each["Endpoint"]) for each in p.get("Subscription") or []}
            for p in (previous, properties)
        )
        if before - after:
            pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
            for each in (each for page in pages for each in page["Subscriptions"]):
                if (each["Protocol"], each["Endpoint"]) in before - after:
                    sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
        for protocol, endpoint in sorted(after):
            sns.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint)


@resource("AWS::SNS::TopicPolicy", "PolicyDocument", "Topics")
class TopicPolicy(Handler):
    """Who may publish and subscribe. Its physical id is of no API; deleting restores SNS's default."""

    def create(self, context: Context, properties: Properties) -> str:
        self._put(context, properties["Topics"], document(properties["PolicyDocument"]))
        return context.physical_name(128)

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        self._put(context, properties["Topics"], document(properties["PolicyDocument"]))
        self._restore(context, [t for t in previous["Topics"] if t not in properties["Topics"]])

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self._restore(context, properties["Topics"])

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def _put(self, context: Context, topics: list[str], policy: str) -> None:
        for topic in topics:
            context.client("sns").set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=policy
            )

    def _restore(self, context: Context, topics: list[str]) -> None:
        for topic in topics:
            with absence_is_fine():
                self._put(context, [topic], _default_policy(context.account_id, topic))


def _default_policy(account_id: str, topic_arn: str) -> str:
    actions = (
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    )
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions],
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account_id}},
    }
    return json.dumps(
        {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    )


@resource("AWS::SNS::Subscription", *_SUBSCRIPTION_ATTRIBUTES, "Endpoint", "Protocol", "TopicArn")
class Subscription(Handler):
    """An endpoint that a topic's messages go to. Its physical id is the ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        names = [name for name in _SUBSCRIPTION_ATTRIBUTES if name in properties]
        attributes = {name: text(properties[name]) for name in names}
        made = send(
            context.client("sns"),
            "subscribe",
            properties,
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        return str(made["SubscriptionArn"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        for name, default in _SUBSCRIPTION_ATTRIBUTES.items():
            if changed(name, properties, previous):
                context.client("sns").set_subscription_attributes(
                    SubscriptionArn=physical_id,
                    AttributeName=name,
                    AttributeValue=text(properties.get(name, default)),
                )

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("sns").unsubscribe(SubscriptionArn=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Arn": physical_id}
