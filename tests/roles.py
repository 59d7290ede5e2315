"""Roles that tests make for services: what each may do is all, unless a test is about just that."""

from __future__ import annotations

import json
from typing import Any

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
