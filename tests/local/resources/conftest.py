"""Handlers against moto in this process: the services' own APIs, without the front door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import boto3
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from moto import mock_aws
from waiting import wait_until

from herogate.local.resources import Context, Handler, handlers

ACCOUNT = "123456789012"
REGION = "us-east-1"
STACK_TAGS = {
    "aws:cloudformation:stack-name": "demo",
    "aws:cloudformation:logical-id": "Thing",
    "team": "web",
}


UNANSWERED = {
    "AWS::DynamoDB::Table": {"StreamArn"},  # only of a table with a stream
    "AWS::EC2::NatGateway": {
        "AutoProvisionZones",
        "AutoScalingIps",
        "RouteTableId",
    },  # regional ones
    "AWS::EC2::Subnet": {"BlockPublicAccessStates"},
}
"""AWS's read-only properties that the local cloud's resources do not have."""


def read_only(type_name: str) -> set[str]:
    """The top-level attributes that AWS's schema says a type has, but for those unanswered here."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, type_name).schema
    paths = [path.split("/")[2:] for path in schema.get("readOnlyProperties", [])]
    return {path[0] for path in paths if len(path) == 1} - UNANSWERED.get(type_name, set())


@dataclass
class Life:
    """The life of one resource: each step returns when the resource is stable."""

    handler: Handler
    context: Context
    properties: dict[str, Any] = field(default_factory=dict)
    physical_id: str = ""

    def update(self, **properties: Any) -> None:
        """Change to exactly these properties."""
        self._check(properties)
        self.handler.update(self.context, self.physical_id, properties, self.properties)
        self.properties = properties
        self._settle()

    def delete(self) -> None:
        """Delete, and delete again what is already gone."""
        for _ in range(2):
            self.handler.delete(self.context, self.physical_id, self.properties)
            wait_until(lambda: self.handler.is_gone(self.context, self.physical_id))

    @property
    def attributes(self) -> Mapping[str, Any]:
        return self.handler.attributes(self.context, self.physical_id)

    def create(self, **properties: Any) -> None:
        self._check(properties)
        self.properties = properties
        self.physical_id = self.handler.create(self.context, properties)
        self._settle()
        assert read_only(self.handler.type_name) <= self.attributes.keys()

    def _settle(self) -> None:
        wait_until(lambda: self.handler.is_ready(self.context, self.physical_id))

    def _check(self, properties: Mapping[str, Any]) -> None:
        assert properties.keys() <= self.handler.supported


@dataclass(frozen=True)
class World:
    """Where resources come to be: one account of one cloud."""

    context: Context

    def client(self, service: str) -> Any:
        return self.context.client(service)

    def unmade(self, type_name: str, logical_id: str = "Thing") -> Life:
        context = replace(self.context, logical_id=logical_id)
        return Life(handlers()[type_name], context)

    def make(self, type_name: str, logical_id: str = "Thing", **properties: Any) -> Life:
        life = self.unmade(type_name, logical_id)
        life.create(**properties)
        return life

    def vpc(self) -> str:
        return self.make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16").physical_id

    def open_subnets(self) -> tuple[str, list[str]]:
        """A VPC with a way to the internet, and two subnets of it."""
        vpc_id = self.vpc()
        gateway = self.make("AWS::EC2::InternetGateway").physical_id
        self.make("AWS::EC2::VPCGatewayAttachment", VpcId=vpc_id, InternetGatewayId=gateway)
        return vpc_id, self.subnets(vpc_id)

    def subnets(self, vpc_id: str) -> list[str]:
        places = [("10.0.0.0/24", "us-east-1a"), ("10.0.1.0/24", "us-east-1b")]
        return [
            self.make(
                "AWS::EC2::Subnet", VpcId=vpc_id, CidrBlock=block, AvailabilityZone=zone
            ).physical_id
            for block, zone in places
        ]

    def role(self, service: str) -> str:
        """The ARN of a role that a service may take on."""
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": f"{service}.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        role = self.make("AWS::IAM::Role", f"{service}Role", AssumeRolePolicyDocument=trust)
        return str(role.attributes["Arn"])


@pytest.fixture(scope="session")
def clients() -> Callable[[str], Any]:
    """Clients for all tests, since making one takes longer than a test."""
    session = boto3.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION
    )
    return cache(session.client)


@pytest.fixture
def world(clients: Callable[[str], Any]) -> Iterator[World]:
    with mock_aws():
        yield World(
            Context(
                client=clients,
                region=REGION,
                account_id=ACCOUNT,
                stack_name="demo",
                stack_id=f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/demo/1",
                logical_id="Thing",
                token="first",
                tags=STACK_TAGS,
            )
        )
