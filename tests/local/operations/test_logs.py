"""CloudWatch Logs' names and retention periods."""

from __future__ import annotations

from typing import Any

import pytest
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
