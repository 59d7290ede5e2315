"""Keys for tests, and the policies by which CloudWatch Logs may use them."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"
OWNERS: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
"""The statement by which the account's own policies say who may use a key."""


def policy_for_logs(groups: str, region: str = "us-east-1") -> dict[str, Any]:
    """A key policy that lets CloudWatch Logs use the key for log groups whose names look so."""
    arn = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{groups}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            OWNERS,
            {
                "Effect": "Allow",
                "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                "Action": [
                    "kms:Encrypt*",
                    "kms:Decrypt*",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ],
                "Resource": "*",
                "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}},
            },
        ],
    }
