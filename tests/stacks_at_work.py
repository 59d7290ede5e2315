"""A stack of a test's own on a running local cloud, and small things to make stacks of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError
from local_cloud import LocalCloud
from waiting import eventually


@dataclass(kw_only=True)
class StacksAtWork:
    """Makes and changes one stack by plain boto3, waiting each time for the outcome."""

    cloud: LocalCloud
    name: str

    @cached_property
    def api(self) -> Any:
        return self.cloud.client("cloudformation")

    def create(self, resources: Mapping[str, Any], **options: Any) -> str:
        """The status in which CreateStack ends."""
        self.api.create_stack(StackName=self.name, **_options(resources, options))
        return self.outcome()

    def update(self, resources: Mapping[str, Any], **options: Any) -> str:
        """The status in which UpdateStack ends."""
        self.api.update_stack(StackName=self.name, **_options(resources, options))
        return self.outcome()

    def delete(self, **options: Any) -> str:
        """The status in which DeleteStack ends."""
        stack_id = self.stack["StackId"]
        self.api.delete_stack(StackName=self.name, **options)
        return self.outcome(stack_id)

    def outcome(self, stack_id: str | None = None) -> str:
        """The status in which the present operation ends."""
        return str(eventually(lambda: self._lasting(stack_id or self.name)))

    @property
    def stack(self) -> dict[str, Any]:
        return dict(self.api.describe_stacks(StackName=self.name)["Stacks"][0])

    def physical_id(self, logical_id: str) -> str:
        detail = self.api.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def resources(self) -> dict[str, str]:
        """The status of each resource."""
        found = self.api.describe_stack_resources(StackName=self.name)["StackResources"]
        return {r["LogicalResourceId"]: r["ResourceStatus"] for r in found}

    def events(self, stack_id: str | None = None) -> list[tuple[str, str, str | None]]:
        """What happened, oldest first: who, status, reason. The stack itself is ``*``."""
        pages = self.api.get_paginator("describe_stack_events").paginate(
            StackName=stack_id or self.name
        )
        events = [event for page in pages for event in page["StackEvents"]]
        return [
            (
                "*"
                if event["PhysicalResourceId"] == event["StackId"]
                else event["LogicalResourceId"],
                event["ResourceStatus"],
                event.get("ResourceStatusReason"),
            )
            for event in reversed(events)
        ]

    def events_since(self, count: int) -> list[tuple[str, str, str | None]]:
        return self.events()[count:]

    def _lasting(self, name: str) -> str | None:
        status = str(self.api.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        return None if status.endswith("_IN_PROGRESS") else status


def _options(resources: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    sections = {key: value for key, value in options.items() if key in {"Outputs", "Parameters_"}}
    rest = {key: value for key, value in options.items() if key not in sections}
    template = {
        "Resources": dict(resources),
        **{key.rstrip("_"): value for key, value in sections.items()},
    }
    return {
        "TemplateBody": json.dumps(template),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        **rest,
    }


def parameter(value: Any = "one", **more: Any) -> dict[str, Any]:
    properties = {"Type": "String", "Value": value, **more.pop("properties", {})}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties, **more}


def named(name: str, value: Any = "one", **more: Any) -> dict[str, Any]:
    return parameter(value, properties={"Name": name}, **more)


def role(*managed_policy_arns: str) -> dict[str, Any]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    properties: dict[str, Any] = {"AssumeRolePolicyDocument": trust}
    if managed_policy_arns:
        properties["ManagedPolicyArns"] = list(managed_policy_arns)
    return {"Type": "AWS::IAM::Role", "Properties": properties}


NO_POLICY = "arn:aws:iam::123456789012:policy/does-not-exist"


def table(name: str, key: str) -> dict[str, Any]:
    properties = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
    }
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties}


CERTIFICATE = {
    "Type": "AWS::CertificateManager::Certificate",
    "Properties": {"DomainName": "*.example.com", "ValidationMethod": "DNS"},
}
"""A resource that is not ready before somebody has validated it."""


def chain(value: str, length: int = 400) -> dict[str, Any]:
    """Parameters that wait for one another; so many take longer than a busy machine lets a test wait."""
    return {
        f"P{number}": parameter(value, **({"DependsOn": f"P{number - 1}"} if number else {}))
        for number in range(length)
    }


def value_of(stacks: StacksAtWork, name: str) -> str | None:
    try:
        return str(stacks.cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError:
        return None
