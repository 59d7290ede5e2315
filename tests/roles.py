"""Roles that tests make for services: what each may do is all, unless a test is about just that."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from local_cloud import LocalCloud

EVERYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)


def make_role(iam: Any, name: str, trust: str, policy: str = EVERYTHING) -> str:
    """Make a role with this trust policy and this identity policy; its ARN."""
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def session(cloud: LocalCloud, name: str, policy: str) -> Callable[[str], Any]:
    """Clients of a new role with this policy, which the cloud's developer has taken on."""
    me = cloud.client("sts").get_caller_identity()["Arn"]
    allowed = {"Effect": "Allow", "Principal": {"AWS": me}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    arn = make_role(cloud.client("iam"), name, trust, policy)
    key = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="monday")["Credentials"]
    return partial(
        cloud.client,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    )
