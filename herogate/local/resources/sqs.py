"""SQS queues and their policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, already_exists, exists
from herogate.local.resources.requests import boolean, changed, document, text
from herogate.local.resources.tags import dropped, wanted

_ATTRIBUTES: Mapping[str, str | None] = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "DelaySeconds": "0",
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "262144",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
"""A queue's changeable attributes, with what each returns to when a template drops it."""


@resource("AWS::SQS::Queue", *_ATTRIBUTES, "FifoQueue", "QueueName", "Tags")
class Queue(Handler):
    """A queue. Its physical id is the URL."""

    def create(self, context: Context, properties: Properties) -> str:
        sqs = context.client("sqs")
        fifo = boolean(properties.get("FifoQueue", False))
        name = properties.get("QueueName") or context.physical_name(75) + (".fifo" if fifo else "")
        if exists(sqs.get_queue_url, QueueName=name):
            raise already_exists(self, name)  # CreateQueue would hand out the existing one
        attributes = {key: text(properties[key]) for key in _ATTRIBUTES if key in properties}
        attributes |= {"FifoQueue": "true"} if fifo else {}
        tags = wanted(context, properties)
        return str(sqs.create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        sqs = context.client("sqs")
        attributes = {
            name: text(properties.get(name, default))
            for name, default in _ATTRIBUTES.items()
            if changed(name, properties, previous)
        }
        if attributes:
            sqs.set_queue_attributes(QueueUrl=physical_id, Attributes=attributes)
        if tags := wanted(context, properties):
            sqs.tag_queue(QueueUrl=physical_id, Tags=tags)
        if keys := dropped(context, properties, previous):
            sqs.untag_queue(QueueUrl=physical_id, TagKeys=keys)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("sqs").delete_queue(QueueUrl=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        found = context.client("sqs").get_queue_attributes(
            QueueUrl=physical_id, AttributeNames=["QueueArn"]
        )
        arn = found["Attributes"]["QueueArn"]
        return {"Arn": arn, "QueueName": arn.rpartition(":")[2], "QueueUrl": physical_id}


@resource("AWS::SQS::QueuePolicy", "PolicyDocument", "Queues")
class QueuePolicy(Handler):
    """Who may send to and receive from queues. Its physical id is of no API."""

    def create(self, context: Context, properties: Properties) -> str:
        self._put(context, properties["Queues"], document(properties["PolicyDocument"]))
        return context.physical_name(128)

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        self._put(context, properties["Queues"], document(properties["PolicyDocument"]))
        self._clear(context, [q for q in previous["Queues"] if q not in properties["Queues"]])

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self._clear(context, properties["Queues"])

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def _put(self, context: Context, queues: list[str], policy: str) -> None:
        for url in queues:
            context.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    def _clear(self, context: Context, queues: list[str]) -> None:
        for url in queues:
            with absence_is_fine():
                self._put(context, [url], "")
