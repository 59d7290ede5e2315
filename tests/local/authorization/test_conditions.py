"""Conditions hold or do not, operator by operator."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.authorization.conditions import holds
from herogate.local.errors import AwsError

KEYS = {"dynamodb:leadingkeys": ["app/a"], "aws:tagkeys": ["x", "y"], "ecs:cluster": ["arn:c"]}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"ecs:cluster": "arn:c"}}, True),
        ({"StringEquals": {"ecs:cluster": ["arn:b", "arn:c"]}}, True),
        ({"StringEquals": {"ECS:Cluster": "arn:b"}}, False),
        ({"StringNotEquals": {"ecs:cluster": "arn:b"}}, True),
        ({"StringNotEquals": {"ecs:cluster": "arn:c"}}, False),
        ({"StringEquals": {"aws:absent": "x"}}, False),
        ({"StringNotEquals": {"aws:absent": "x"}}, True),
        ({"StringEqualsIfExists": {"aws:absent": "x"}}, True),
        ({"Null": {"aws:absent": "true"}}, True),
        ({"Null": {"ecs:cluster": "true"}}, False),
        ({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["app/a"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["x"]}}, False),
        ({"ForAllValues:StringEquals": {"aws:absent": ["x"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["x"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:absent": ["x"]}}, False),
        ({"StringLike": {"dynamodb:leadingkeys": "app/*"}}, True),
        ({"StringLike": {"dynamodb:leadingkeys": "[app]/*"}}, False),
    ],
)
def test_an_operator_says_whether_it_holds(condition: Any, expected: bool) -> None:
    assert holds(condition, KEYS) is expected


def test_all_conditions_of_a_statement_must_hold() -> None:
    cluster = {"ecs:cluster": "arn:c"}
    assert holds({"StringEquals": cluster, "StringLike": cluster}, KEYS)
    assert not holds({"StringEquals": cluster, "Null": {"ecs:cluster": "true"}}, KEYS)


def test_an_operator_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(AwsError, match="the condition operator IpAddress"):
        holds({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, KEYS)
