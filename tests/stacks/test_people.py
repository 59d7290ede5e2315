"""What people are told that they need is what AWS asks of whoever makes such stacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from importlib import resources as files
from typing import Any

import pytest
from stacks_cases import templates

from stacks.people import Job

SCHEMAS = files.files("cfnlint.data.schemas")
TYPES: dict[str, str] = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())

OF_OTHER_FEATURES = {
    "acm-pca:*",
    "codestar-connections:*",
    "cognito-idp:*",
    "ec2:*Address*",
    "ec2:*VpnGateway",
    "ec2:*VpcEncryptionControl",
    "ec2:*SubnetCidrBlock",
    "ec2:ModifyVpcTenancy",
    "ecs:PutAccountSetting*",
    "elasticloadbalancing:*CapacityReservation",
    "elasticloadbalancing:ModifyIpPools",
    "firehose:*",
    "kinesis:*",
    "kms:*",
    "logs:*Delivery",
    "logs:*LogGroup*",
    "logs:*LogStream*",
    "logs:PutLogEvents",
    "logs:PutRetentionPolicy",
    "s3:REST.PUT.OBJECT",
    "s3tables:*",
    "vpc-lattice:*",
    "vpce:*",
}
"""What AWS's handlers would ask for if a template had other properties than ours have."""

OF_OTHER_FEATURES_OF = {
    "AWS::IAM::Policy": {
        f"iam:{verb}{whose}Policy"
        for verb in ("Delete", "Get", "Put")
        for whose in ("Group", "User")
    },
    "AWS::S3::Bucket": {"iam:PassRole"},
}
"""The same of one type alone: policies are of roles only; a bucket that is replicated has a role."""


def asked_of(kinds: Iterable[str]) -> Iterator[str]:
    """The rights that AWS says it takes to make, change and delete resources of these types."""
    for kind in kinds:
        schema: dict[str, Any] = json.loads(
            (SCHEMAS / "resources" / f"{TYPES[kind]}.json").read_text()
        )
        for name in ("create", "read", "update", "delete"):
            permissions = schema.get("handlers", {}).get(name, {}).get("permissions", [])
            yield from set(permissions) - OF_OTHER_FEATURES_OF.get(kind, set())


def granted(job: Job) -> list[str]:
    """The actions of a job's policy, which may have wildcards."""
    return [action for statement in job.policy["Statement"] for action in statement["Action"]]


def is_among(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


@pytest.mark.parametrize(
    ("job", "beginning"), [(Job.SPACES, "space"), (Job.APPS, "app"), (Job.OPERATE, "formation")]
)
def test_who_makes_a_stack_may_what_aws_asks_of_them(job: Job, beginning: str) -> None:
    kinds = {
        resource.resource["Type"]
        for name, template in templates().items()
        if name.startswith(beginning)
        for resource in template.resources.values()
    }
    asked = {action for action in asked_of(kinds) if not is_among(action, OF_OTHER_FEATURES)}
    assert asked
    assert {action for action in asked if not is_among(action, granted(job))} == set()


@pytest.mark.parametrize("job", Job)
def test_a_policy_fits_into_a_managed_policy(job: Job) -> None:
    assert len(json.dumps(job.policy, separators=(",", ":"))) <= 6_144


@pytest.mark.parametrize("job", Job)
def test_whatever_may_be_done_with_everything_cannot_be_held_to_names(job: Job) -> None:
    wide = [
        action
        for statement in job.policy["Statement"]
        for action in statement["Action"]
        if statement["Resource"] == ["*"] and action.endswith(":*")
    ]
    assert wide == []
