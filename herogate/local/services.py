"""The AWS services the local cloud has; every other is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import botocore.session
from botocore.model import ServiceModel

SERVICES: Mapping[str, str] = {
    "acm": "acm",
    "application-autoscaling": "application-autoscaling",
    "cloudformation": "cloudformation",
    "codebuild": "codebuild",
    "codecommit": "codecommit",
    "codepipeline": "codepipeline",
    "dynamodb": "dynamodb",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "elasticloadbalancing": "elbv2",
    "events": "events",
    "iam": "iam",
    "kms": "kms",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "route53": "route53",
    "s3": "s3",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
}
"""botocore's service name by the name its requests are signed for."""

_READING = (
    "BatchGet",
    "Describe",
    "Download",
    "Estimate",
    "Filter",
    "Get",
    "Head",
    "List",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "Test",
    "Validate",
)


def is_reading(operation: str) -> bool:
    """Whether an operation only reads, by the way AWS names operations."""
    return operation.startswith(_READING)


@cache
def regions() -> frozenset[str]:
    """The regions of AWS's public partition, all of which the local cloud has."""
    return frozenset(_session().get_available_regions("ec2"))


@cache
def service_model(service: str) -> ServiceModel:
    """How AWS describes a service, by botocore's name of it."""
    return _session().get_service_model(service)


@cache
def _session() -> botocore.session.Session:
    """One for all that is looked up: to make one takes longer than to read a model."""
    return botocore.session.get_session()
