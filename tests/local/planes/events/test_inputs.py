"""What targets are sent: events, constants, parts, templates."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.events.inputs import Match, check_input, text

EVENT = {"id": "e1", "source": "shop", "detail": {"name": 'say "hi"', "sizes": [1, 2], "a-b": None}}
MATCH = Match(
    event=EVENT,
    rule_arn="arn:aws:events:us-east-1:123456789012:rule/own/orders",
    ingestion_time="2026-11-22T00:00:00Z",
)


def transformed(template: str, **paths: str) -> dict[str, Any]:
    return {"Id": "t", "InputTransformer": {"InputTemplate": template, "InputPathsMap": paths}}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"Input": '{"a": 1}'}, '{"a": 1}'),
        ({"InputPath": "$.detail.sizes[1]"}, "2"),
        ({"InputPath": "$.detail['a-b']"}, "null"),
        ({"InputPath": "$.nothing"}, "{}"),
        ({"InputPath": "$.source"}, '"shop"'),
        (transformed('{"n": <n>, "s": <s>}', n="$.detail.name", s="$.detail.sizes"),
         '{"n": "say \\"hi\\"", "s": [1, 2]}'),
        (transformed('"it is <n>, <s>"', n="$.detail.name", s="$.detail.sizes"),
         '"it is say \\"hi\\", [1, 2]"'),
        (transformed('{"n": <n>, "q": "<n>"}', n="$.missing"), '{"n": "", "q": ""}'),
        (transformed('{"r": <aws.events.rule-name>, "t": "<aws.events.event.ingestion-time>"}'),
         '{"r": "orders", "t": "2026-11-22T00:00:00Z"}'),
        (transformed("<aws.events.event>"), '{"id": "e1", "source": "shop"}'),
    ],
)  # fmt: skip
def test_what_a_target_is_sent(target: dict[str, Any], expected: str) -> None:
    check_input({"Id": "t", **target})

    assert text(target, MATCH) == expected


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"Id": "t", "Input": "{"}, "JSON syntax error in input for target t."),
        ({"Id": "t", "InputPath": "detail"}, "Invalid InputPath detail for target t."),
        (transformed("<a>", a="$..b"), "Invalid InputPath $..b for target t."),
        (
            transformed("<b>", a="$.b"),
            "InputTemplate for target t contains placeholder b, which InputPathsMap does not define.",
        ),
    ],
)
def test_an_input_that_is_refused(target: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as caught:
        check_input(target)

    assert (caught.value.code, caught.value.message) == ("ValidationException", message)
