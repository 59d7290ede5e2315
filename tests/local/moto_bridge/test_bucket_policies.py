"""Bucket policies: which statements count here."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from local_cloud import LocalCloud

from herogate.local.moto_bridge.bucket_policies import applicable

DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::tls-only/*"}


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        ({}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"Bool": {"aws:SecureTransport": False}}, False),
        ({"Bool": {"aws:securetransport": "true"}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": "1"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"a": "b"}}, False),
    ],
)
def test_a_statement_counts_where_its_condition_holds(
    condition: dict[str, object], counts: bool
) -> None:
    policy = {"Version": "2012-10-17", "Statement": {**DENY, "Condition": condition}}
    expected = {**policy, "Statement": [policy["Statement"]]} if counts else None
    assert applicable(policy) == expected


def test_a_policy_that_demands_tls_lets_this_machine_in_and_a_plain_deny_does_not(
    cloud: LocalCloud,
) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="tls-only")
    demand = {**DENY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    for statement in (demand, {**DENY, "Action": "s3:PutObject"}):
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        s3.put_bucket_policy(Bucket="tls-only", Policy=json.dumps(policy))
        if statement is demand:
            s3.put_object(Bucket="tls-only", Key="k", Body=b"v")
    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket="tls-only", Key="k", Body=b"v")
