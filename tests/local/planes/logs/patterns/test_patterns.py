"""Filter patterns: the examples of CloudWatch Logs' guide, and what is no pattern."""

from __future__ import annotations

import json

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.logs import patterns

LINES = ("ERROR WARN message", "ERROR message", "WARN message", "[INFO] done in 3 ms")
DOCUMENT = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
        "latency": 55.5,
        "error-code": 404,
        "coordinates": [[0, 1, 2], [4, 5, 6]],
    }
)


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("", LINES),
        ("ERROR", LINES[:2]),
        ("ERR", LINES[:2]),
        ("error", ()),
        ("ERROR WARN", LINES[:1]),
        ("?ERROR ?WARN", LINES[:3]),
        ("ERROR -WARN", LINES[1:2]),
        ('"ERROR" - "WARN"', LINES[1:2]),
        ("-ERROR", LINES[2:]),
        ("?INFO message", LINES[:3]),
        ('"[INFO]"', LINES[3:]),
        ('"in 3"', LINES[3:]),
        ('"\\"quoted\\""', ()),
        ("%[0-9]+ ms$%", LINES[3:]),
        ("%^ERROR|done% -WARN", (LINES[1], LINES[3])),
    ],
)
def test_terms_are_found_wherever_they_are(pattern: str, matched: tuple[str, ...]) -> None:
    matches = patterns.read(pattern)
    assert tuple(line for line in LINES if matches(line)) == matched


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "UpdateTrail" }',
        "{ $.eventType = UpdateTrail }",
        "{$.eventType=Update*}",
        '{ $.eventType = "*Trail" }',
        "{ $.eventType = *date* }",
        "{ $.eventType = %Trail$% }",
        "{ $.eventType != DeleteTrail }",
        "{ $.sourceIPAddress != 123.123.* }",
        '{ $.arrayKey[0] = "value" }',
        '{ $.arrayKey[*] = "another value" }',
        "{ $.objectList[1].id = 2 }",
        "{ $.objectList[*].id > 1 }",
        "{ $.coordinates[1][2] = 6 }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        "{ $.latency > 5.5e1 && $.latency < +56 }",
        "{ $.error-code = 4* }",
        "{ ($.latency = 1 || $.error-code = 404) && $.ThisFlag IS TRUE }",
        "{ $.latency = 55.5 || $.error-code = 1 && $.ThisFlag IS FALSE }",
    ],
)
def test_an_expression_holds_of_a_document(pattern: str) -> None:
    assert patterns.read(pattern)(DOCUMENT)


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.eventType = Update }",
        "{ $.eventType = Up*ate }",
        "{ $.nothing = 1 }",
        "{ $.nothing != 1 }",
        "{ $.arrayKey = value }",
        "{ $.arrayKey != value }",
        "{ $.arrayKey[7] = value }",
        "{ $.ThisFlag IS FALSE }",
        "{ $.ThisFlag IS NULL }",
        "{ $.ThisFlag = 1 }",
        "{ $.eventType > 3 }",
        "{ $.latency NOT EXISTS }",
        "{ ($.latency = 55.5 || $.error-code = 1) && $.ThisFlag IS FALSE }",
    ],
)
def test_an_expression_does_not_hold_of_a_document(pattern: str) -> None:
    assert not patterns.read(pattern)(DOCUMENT)


@pytest.mark.parametrize("message", ["", "plain", "[1]", "3", '{"a": 1', "[" * 100_000])
def test_no_expression_holds_of_what_is_no_json_object(message: str) -> None:
    assert not patterns.read("{ $.a NOT EXISTS }")(message)


@pytest.mark.parametrize(
    ("pattern", "refusal"),
    [
        ("/api", "Invalid character(s) in term '/'"),
        ("?Status: timeout", "Invalid character(s) in term ':'"),
        ('"unended', "Invalid filter pattern"),
        ("ERROR -", "Invalid filter pattern"),
        ("%(group)%", "Invalid character(s) in term '('"),
        ("%[z-a]%", "Invalid filter pattern"),
        ("{ $.a = 1", "Invalid filter pattern"),
        ("{ }", "Invalid filter pattern"),
        ("{ a = 1 }", "Invalid filter pattern"),
        ("{ $.a = }", "Invalid filter pattern"),
        ("{ $.a > word }", "Invalid filter pattern"),
        ("{ $.a IS EMPTY }", "Invalid filter pattern"),
        ("{ $.a = 1 $.b = 2 }", "Invalid filter pattern"),
        ("{ ($.a = 1 }", "Invalid filter pattern"),
        ("{ " + "(" * 400 + "$.a = 1" + ")" * 400 + " }", "Invalid filter pattern"),
        ('{ $."detail-type" = 1 }', "Invalid character(s) in term '.'"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, refusal: str) -> None:
    with pytest.raises(AwsError) as refused:
        patterns.read(pattern)
    assert (refused.value.code, refused.value.message) == ("InvalidParameterException", refusal)


def test_patterns_of_fields_are_refused_by_name() -> None:
    with pytest.raises(AwsError) as refused:
        patterns.read("[ip, user, status = 4*, ...]")
    assert (refused.value.code, refused.value.message) == (
        "NotImplemented",
        "The local cloud does not support filter patterns of space-delimited fields "
        "([ip, user, ...]).",
    )
