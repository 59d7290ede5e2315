"""The grammar of IAM documents: ARNs, statements, trust. Who may do what is `stacks.parts.roles`'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Sub
from troposphere.iam import Policy

Statement = dict[str, Any]
Condition = Mapping[str, Mapping[str, Any]]


def arn(service: str, resource: str) -> Sub:
    """An ARN in the stack's own partition, region and account."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")


def role_arn(name: str) -> Sub:
    """The ARN of a role; IAM knows no region."""
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}")


def s3_arn(path: str) -> Sub:
    """The ARN of a bucket, or with ``/<key>`` of objects in it; S3's know neither region nor account."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{path}")


def allow(
    actions: Sequence[str], resources: Sequence[object], condition: Condition | None = None
) -> Statement:
    """A statement that allows."""
    statement: Statement = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement if condition is None else {**statement, "Condition": condition}


def document(*statements: Statement) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def inline(name: str, *statements: Statement) -> Policy:
    """A policy that lives and dies with its role."""
    return Policy(PolicyName=name, PolicyDocument=document(*statements))


def trust(service: str, source_arn: object | None = None) -> dict[str, Any]:
    """Let one AWS service take a role on, for this account only and, if given, for `source_arn` only."""
    condition: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}}
    if source_arn is not None:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
    )
