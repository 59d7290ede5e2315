"""CloudWatch Logs' names, retention periods and keys."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from encryption_keys import OWNERS, policy_for_logs
from local_cloud import LocalCloud

BROKEN = (
    "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must "
)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a" * 513, BROKEN + "have length less than or equal to 512"),
        ("two words", BROKEN + r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"),
        ("aws/mine", "Log groups starting with AWS/ are reserved for AWS."),
    ],
)
def test_a_name_that_no_log_group_can_have_is_refused(
    cloud: LocalCloud, refusal: Any, name: str, message: str
) -> None:
    assert refusal(cloud.client("logs").create_log_group, logGroupName=name) == (
        "InvalidParameterException",
        message.replace("{}", name, 1).replace("{}", "logGroupName", 1),
    )


@pytest.mark.parametrize(
    ("name", "constraint"),
    [
        ("a" * 513, "have length less than or equal to 512"),
        ("colon:", "satisfy regular expression pattern: [^:*]*"),
    ],
)
def test_a_name_that_no_log_stream_can_have_is_refused(
    cloud: LocalCloud, refusal: Any, name: str, constraint: str
) -> None:
    assert refusal(
        cloud.client("logs").create_log_stream, logGroupName="any", logStreamName=name
    ) == ("InvalidParameterException", BROKEN.format(name, "logStreamName") + constraint)


def test_logs_are_kept_for_periods_that_aws_has(cloud: LocalCloud, refusal: Any) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/shop/app", tags={"team": "blue"})
    logs.put_retention_policy(logGroupName="/shop/app", retentionInDays=30)

    code, message = refusal(logs.put_retention_policy, logGroupName="/shop/app", retentionInDays=31)
    assert code == "InvalidParameterException"
    assert message.startswith(
        BROKEN.format(31, "retentionInDays") + "satisfy enum value set: [1, 3"
    )
    groups = logs.describe_log_groups(logGroupNamePrefix="/shop/app")["logGroups"]
    assert [group["retentionInDays"] for group in groups] == [30]


@pytest.fixture
def key(cloud: LocalCloud) -> str:
    """The ARN of a key for the log groups of the shop."""
    made = cloud.client("kms").create_key(Policy=json.dumps(policy_for_logs("/shop/*")))
    return str(made["KeyMetadata"]["Arn"])


def unusable(group: str) -> str:
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"


def test_a_log_group_gets_a_key_and_loses_it(cloud: LocalCloud, key: str, refusal: Any) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName="/shop/keyed", kmsKeyId=key)
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/shop/keyed"

    def shown() -> Any:
        (group,) = logs.describe_log_groups(logGroupNamePrefix="/shop/keyed")["logGroups"]
        return group.get("kmsKeyId")

    keys = [shown()]
    logs.disassociate_kms_key(logGroupName="/shop/keyed")
    keys.append(shown())
    logs.associate_kms_key(resourceIdentifier=arn, kmsKeyId=key)
    keys.append(shown())

    assert keys == [key, None, key]
    assert refusal(logs.associate_kms_key, logGroupName="/shop/none", kmsKeyId=key) == (
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )
    assert refusal(logs.associate_kms_key, kmsKeyId=key)[0] == "InvalidParameterException"


def test_a_key_that_logs_cannot_use_is_refused(cloud: LocalCloud, key: str, refusal: Any) -> None:
    kms, logs = cloud.client("kms"), cloud.client("logs")
    logs.create_log_group(logGroupName="/shop/plain")
    own = kms.create_key()["KeyMetadata"]["Arn"]
    disabled = kms.create_key(Policy=json.dumps(policy_for_logs("/shop/*")))["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=disabled)
    refused = {
        name: refusal(logs.associate_kms_key, logGroupName="/shop/plain", kmsKeyId=name)
        for name in (own, disabled, key[:-1], key.replace("us-east-1", "eu-west-1"), "shop")
    }

    assert {message for _, message in refused.values()} == {unusable("/shop/plain")}
    assert [code for code, _ in refused.values()] == [
        "AccessDeniedException",
        *["InvalidParameterException"] * 4,
    ]
    assert refusal(logs.create_log_group, logGroupName="/store/a", kmsKeyId=key) == (
        "AccessDeniedException",
        unusable("/store/a"),
    )
    groups = logs.describe_log_groups(logGroupNamePrefix="/shop/plain")["logGroups"]
    assert "kmsKeyId" not in groups[0]
    assert logs.describe_log_groups(logGroupNamePrefix="/store/")["logGroups"] == []


def test_what_came_under_a_key_is_read_as_long_as_the_key_can_be_used(
    cloud: LocalCloud, key: str, refusal: Any
) -> None:
    kms, logs = cloud.client("kms"), cloud.client("logs")
    logs.create_log_group(logGroupName="/shop/read", kmsKeyId=key)
    logs.create_log_stream(logGroupName="/shop/read", logStreamName="web")
    now = int(time.time() * 1000)

    def put(at: int, message: str) -> None:
        event = {"timestamp": at, "message": message}
        logs.put_log_events(logGroupName="/shop/read", logStreamName="web", logEvents=[event])

    def read(since: int = now) -> list[str]:
        found = logs.filter_log_events(logGroupName="/shop/read", startTime=since)["events"]
        return [event["message"] for event in found]

    put(now, "under the key")
    logs.disassociate_kms_key(logGroupName="/shop/read")
    put(now + 1, "under none")
    at_first = read()
    kms.disable_key(KeyId=key)
    newer = read(now + 1)
    closed = refusal(logs.filter_log_events, logGroupName="/shop/read")
    place = {"logGroupName": "/shop/read", "logStreamName": "web"}
    closed_stream = refusal(logs.get_log_events, **place)
    kms.enable_key(KeyId=key)
    kms.put_key_policy(KeyId=key, Policy=json.dumps({"Statement": [OWNERS]}))
    revoked = refusal(logs.filter_log_events, logGroupName="/shop/read")
    kms.put_key_policy(KeyId=key, Policy=json.dumps(policy_for_logs("/shop/*")))

    assert at_first == read() == ["under the key", "under none"]
    assert newer == ["under none"]
    assert closed == closed_stream == revoked == ("AccessDeniedException", unusable("/shop/read"))
