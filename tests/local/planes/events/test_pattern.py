"""Event patterns: what they match and what is refused, in EventBridge's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from herogate.local.planes.events.pattern import EventPattern, InvalidPattern

PUSH = {
    "source": "aws.codecommit",
    "detail-type": "CodeCommit Repository State Change",
    "resources": ["arn:aws:codecommit:us-east-1:123456789012:shop"],
    "detail": {
        "event": "referenceUpdated",
        "referenceType": "branch",
        "referenceName": "main",
        "size": 7,
        "ratio": 0.5,
        "forced": False,
        "note": None,
        "empty": [],
        "address": "10.0.0.9",
        "files": [{"name": "a.py", "lines": 3}, {"name": "b.js", "lines": 9}],
        "tags": [["x"], "y"],
    },
}


def matches(pattern: Any, event: Any = PUSH) -> bool:
    return EventPattern.parse(json.dumps(pattern)).matches(event)


def test_the_rule_of_an_app_matches_a_push_to_its_branch_only() -> None:
    rule = {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "resources": ["arn:aws:codecommit:us-east-1:123456789012:shop"],
        "detail": {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": ["branch"],
            "referenceName": ["main"],
        },
    }
    other = {**PUSH, "detail": {**PUSH["detail"], "referenceName": "main2"}}  # type: ignore[dict-item]

    assert matches(rule)
    assert not matches(rule, other)
    assert not matches(rule, {**PUSH, "resources": []})


@pytest.mark.parametrize(
    ("field", "wanted", "expected"),
    [
        ("event", ["referenceUpdated"], True),
        ("event", ["ReferenceUpdated"], False),
        ("event", ["reference"], False),
        ("event", [{"exactly": "referenceUpdated"}], True),
        ("event", [{"prefix": "reference"}], True),
        ("event", [{"prefix": "Reference"}], False),
        ("event", [{"prefix": {"equals-ignore-case": "REFERENCE"}}], True),
        ("event", [{"suffix": "Updated"}], True),
        ("event", [{"suffix": {"equals-ignore-case": "uPDATED"}}], True),
        ("event", [{"suffix": "Created"}], False),
        ("event", [{"equals-ignore-case": "REFERENCEUPDATED"}], True),
        ("event", [{"wildcard": "ref*Upd*"}], True),
        ("event", [{"wildcard": "ref*Upd"}], False),
        ("event", [{"wildcard": "ref\\*"}], False),
        ("event", [{"anything-but": "referenceDeleted"}], True),
        ("event", [{"anything-but": ["referenceUpdated", "x"]}], False),
        ("event", [{"anything-but": {"prefix": "ref"}}], False),
        ("event", [{"anything-but": {"prefix": ["a", "b"]}}], True),
        ("event", [{"anything-but": {"suffix": "Created"}}], True),
        ("event", [{"anything-but": {"equals-ignore-case": ["REFERENCEUPDATED"]}}], False),
        ("event", [{"anything-but": {"wildcard": "*Upd*"}}], False),
        ("event", ["x", {"prefix": "ref"}], True),
        ("size", [7], True),
        ("size", [7.0], True),
        ("size", ["7"], False),
        ("size", [{"numeric": ["=", 7]}], True),
        ("size", [{"numeric": [">", 0, "<=", 7]}], True),
        ("size", [{"numeric": [">", 7]}], False),
        ("size", [{"anything-but": 7}], False),
        ("size", [{"anything-but": [8, 9]}], True),
        ("ratio", [{"numeric": ["<", 0.6]}], True),
        ("event", [{"numeric": ["<", 5]}], False),
        ("forced", [False], True),
        ("forced", [0], False),
        ("forced", [True], False),
        ("note", [None], True),
        ("note", ["null"], False),
        ("event", [None], False),
        ("event", [{"exists": True}], True),
        ("event", [{"exists": False}], False),
        ("note", [{"exists": True}], True),
        ("missing", [{"exists": False}], True),
        ("missing", [{"exists": True}], False),
        ("missing", [{"anything-but": "x"}], False),
        ("empty", [{"exists": False}], True),
        ("files", [{"exists": True}], False),
        ("missing", {"deeper": [{"exists": False}]}, True),
        ("event", {"deeper": [{"exists": False}]}, True),
        ("address", [{"cidr": "10.0.0.0/24"}], True),
        ("address", [{"cidr": "10.0.1.0/24"}], False),
        ("event", [{"cidr": "10.0.1.0/24"}], False),
        ("tags", ["x"], True),
        ("tags", ["z"], False),
        ("files", {"name": ["a.py"]}, True),
        ("files", {"name": ["a.py"], "lines": [3]}, True),
        ("files", {"name": ["a.py"], "lines": [9]}, False),
        ("$or", [{"event": ["x"]}, {"size": [7], "forced": [False]}], True),
        ("$or", [{"event": ["x"]}, {"size": [7], "forced": [True]}], False),
    ],
)
def test_what_a_field_may_be_asked(field: str, wanted: Any, expected: bool) -> None:
    assert matches({"detail": {field: wanted}}) is expected


def test_all_fields_and_one_alternative_must_match() -> None:
    alternatives = [{"detail": {"size": [1]}}, {"detail": {"size": [7]}}]

    assert matches({"source": ["aws.codecommit"], "$or": alternatives})
    assert not matches({"source": ["aws.ecs"], "$or": alternatives})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Invalid JSON"),
        ("[]", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        ('{"a": {}}', "Empty objects are not allowed"),
        ('{"a": []}', "Empty arrays are not allowed"),
        ('{"a": "x"}', '"a" must be an object or an array'),
        ('{"a": [["x"]]}', "Match value must be String, number, true, false, or null"),
        ('{"a": [{}]}', "Match expression name not found"),
        ('{"a": [{"like": "x"}]}', "Unrecognized match type like"),
        ('{"a": [{"prefix": "x", "suffix": "y"}]}', "Only one key allowed in match expression"),
        ('{"a": [{"prefix": 1}]}', "prefix match pattern must be a string"),
        ('{"a": [{"exists": "x"}]}', "exists match pattern must be either true or false."),
        ('{"a": [{"numeric": 5}]}', "Value of numeric must be an array."),
        ('{"a": [{"numeric": ["!", 5]}]}', "Unrecognized numeric range operator: !"),
        ('{"a": [{"numeric": ["=", "5"]}]}', "Value of equals must be numeric"),
        ('{"a": [{"numeric": [">", 5, "<", 5]}]}', "Bottom must be less than top"),
        ('{"a": [{"numeric": ["<", 5, ">", 1]}]}', "Too many elements in numeric expression"),
        (
            '{"a": [{"anything-but": ["x", 1]}]}',
            "Inside anything but list, either all values are number or string, "
            "mixed type is not supported",
        ),
        (
            '{"a": [{"anything-but": null}]}',
            "Value of anything-but must be an array or single string/number value.",
        ),
        ('{"a": [{"anything-but": {"cidr": "x"}}]}', "Unsupported anything-but pattern: cidr"),
        ('{"a": [{"wildcard": "a**"}]}', "Consecutive wildcard characters at pos 1"),
        ('{"a": [{"wildcard": "a\\\\b"}]}', "Invalid escape character at pos 1"),
        ('{"a": [{"cidr": "10.0.0.0"}]}', "Malformed CIDR, one '/' required: 10.0.0.0"),
        ('{"$or": {"a": ["x"]}}', "It must be an Array followed with $or."),
        ('{"$or": [{"a": ["x"]}]}', "There must have at least 2 Objects in $or relationship."),
        (
            '{"$or": [{"prefix": ["x"]}, {"a": ["y"]}]}',
            "prefix is Ruler reserved fieldName which cannot be used inside $or.",
        ),
    ],
)
def test_a_pattern_that_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidPattern) as caught:
        EventPattern.parse(text)

    assert str(caught.value) == reason
