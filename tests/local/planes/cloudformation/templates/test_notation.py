"""How templates are written: YAML and JSON come to the same values, whatever is thrown at them."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.templates import notation


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A: !Ref B", {"A": {"Ref": "B"}}),
        ("A: !GetAtt B.C", {"A": {"Fn::GetAtt": ["B", "C"]}}),
        ("A: !GetAtt B.C.D", {"A": {"Fn::GetAtt": ["B", "C.D"]}}),
        ("A: !GetAtt [B, C]", {"A": {"Fn::GetAtt": ["B", "C"]}}),
        ("A: {Fn::GetAtt: B.C}", {"A": {"Fn::GetAtt": ["B", "C"]}}),
        ('{"A": {"Fn::GetAtt": "B.C"}}', {"A": {"Fn::GetAtt": ["B", "C"]}}),
        ("A: !Condition B", {"A": {"Condition": "B"}}),
        ("A: !If [B, !Ref C, d]", {"A": {"Fn::If": ["B", {"Ref": "C"}, "d"]}}),
        ("A: !GetAZs ''", {"A": {"Fn::GetAZs": ""}}),
        ("A: !GetAZs", {"A": {"Fn::GetAZs": ""}}),
        ("A: !Sub\n  - x\n  - {Y: z}", {"A": {"Fn::Sub": ["x", {"Y": "z"}]}}),
        ("A: !Base64\n  Fn::Sub: x", {"A": {"Fn::Base64": {"Fn::Sub": "x"}}}),
        ("A: !Transform {Name: B}", {"A": {"Fn::Transform": {"Name": "B"}}}),
    ],
)
def test_short_forms_are_read_as_the_functions_they_stand_for(text: str, value: Any) -> None:
    assert notation.read(text) == value


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("80", 80),
        ("'80'", "80"),
        ("1.5", 1.5),
        (".inf", ".inf"),
        ("yes", True),
        ("'yes'", "yes"),
        ("~", None),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("123456789012", 123456789012),
    ],
)
def test_a_yaml_scalar_is_what_cloudformation_takes_it_for(scalar: str, value: Any) -> None:
    read = notation.read(f"A: {scalar}")
    assert (read, type(read["A"])) == ({"A": value}, type(value))


def test_yaml_keys_are_always_text() -> None:
    assert notation.read("123456789012: a\ntrue: b\n2012-10-17: c") == {
        "123456789012": "a",
        "true": "b",
        "2012-10-17": "c",
    }


@pytest.mark.parametrize("text", ["A: 1\nB: 2\nA: 3", '{"A": 1, "B": 2, "A": 3}'])
def test_of_a_key_given_twice_the_last_counts(text: str) -> None:
    assert notation.read(text) == {"A": 3, "B": 2}


def test_an_anchor_stands_for_its_value_wherever_it_is_mentioned() -> None:
    assert notation.read("A: &tags [x]\nB: *tags\n") == {"A": ["x"], "B": ["x"]}


def test_an_empty_text_has_no_value() -> None:
    assert notation.read("# nothing\n") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"A" 1}', "JSON not well-formed. (line 1, column 6)"),
        ('{"A": NaN}', "JSON not well-formed."),
        ("A: [", "YAML not well-formed. (line 2, column 1)"),
        ("A: !Nope x", "YAML not well-formed. (line 1, column 4)"),
        ("A: !!timestamp 2012-10-17", "YAML not well-formed. (line 1, column 4)"),
        ("A: !!binary aGk=", "YAML not well-formed. (line 1, column 4)"),
        ("A: !!int x", "YAML not well-formed. (line 1, column 4)"),
        ("A: *b", "YAML not well-formed. (line 1, column 4)"),
        ("A: &b [*b]", "YAML not well-formed. (line 1, column 8)"),
        ("? [a, b]\n: c", "YAML not well-formed. (line 1, column 3)"),
        ("A: 1\n---\nB: 2", "YAML not well-formed. (line 3, column 1)"),
        ("A: \x07", "YAML not well-formed."),
    ],
)
def test_what_is_not_well_formed_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refusal:
        notation.read(text)
    assert (refusal.value.code, refusal.value.message) == (
        "ValidationError",
        f"Template format error: {message}",
    )


_BOMB = "\n".join(
    ["A0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"A{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"A":' + "[" * 100_000, "Template nests deeper than 100 levels."),
        ("A: " + "[" * 100_000, "Template nests deeper than 100 levels."),
        (_BOMB, "Template has more than 500000 values."),
        ("A: " + "x" * 1_048_576, "Template may not exceed 1048576 bytes in size."),
    ],
    ids=["nested JSON", "nested YAML", "aliases of aliases", "size"],
)
def test_a_text_made_to_exhaust_its_reader_is_refused(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refusal:
        notation.read(text)
    assert refusal.value.message == f"Template format error: {message}"


def test_brackets_within_strings_do_not_nest() -> None:
    assert notation.read('{"A": "\\"' + "[" * 200 + '"}') == {"A": '"' + "[" * 200}


def test_nulls_are_found_with_their_paths() -> None:
    assert list(notation.nulls({"A": None, "B": [{"C": None}], "D": 0})) == ["/A", "/B/0/C"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("80", 80),
        ("-1", -1),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("0080", 80),
        ("nan", None),
        ("inf", None),
        ("1_000", None),
        (" 1", None),
        ("", None),
        ("٣", None),
    ],
)
def test_a_number_is_a_text_of_digits(text: str, number: float | None) -> None:
    assert notation.number(text) == number
