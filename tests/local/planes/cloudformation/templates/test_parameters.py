"""Parameters: what is given, defaulted, looked up, and refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.templates import parameters, template
from herogate.local.planes.cloudformation.templates.parameters import Parameter
from herogate.local.planes.cloudformation.templates.template import Template


def _template(**declared: dict[str, Any]) -> Template:
    resources = {"T": {"Type": "AWS::SNS::Topic"}}
    return template.parse(json.dumps({"Parameters": declared, "Resources": resources}))


def _ssm(name: str) -> str:
    held = {"/one": "a", "/list": "a, b"}
    if name not in held:
        raise AwsError("ValidationError", f"no {name}")
    return held[name]


@pytest.mark.parametrize(
    ("declared", "given", "parameter"),
    [
        ({"Type": "String"}, "a", Parameter(text="a", value="a")),
        ({"Type": "String", "Default": "d"}, None, Parameter(text="d", value="d")),
        ({"Type": "String", "Default": "d"}, "", Parameter(text="", value="")),
        ({"Type": "Number"}, "01.50", Parameter(text="01.50", value="01.50")),
        ({"Type": "Number", "Default": 3}, None, Parameter(text="3", value="3")),
        (
            {"Type": "CommaDelimitedList"},
            "a, b,c",
            Parameter(text="a, b,c", value=["a", "b", "c"]),
        ),
        ({"Type": "CommaDelimitedList"}, "", Parameter(text="", value=[])),
        ({"Type": "List<Number>"}, "1,2", Parameter(text="1,2", value=["1", "2"])),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-1", Parameter(text="vpc-1", value="vpc-1")),
        (
            {"Type": "List<AWS::EC2::Subnet::Id>"},
            "s-1,s-2",
            Parameter(text="s-1,s-2", value=["s-1", "s-2"]),
        ),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            "/one",
            Parameter(text="/one", value="a", resolved="a"),
        ),
        (
            {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/list"},
            None,
            Parameter(text="/list", value=["a", "b"], resolved="a, b"),
        ),
        (
            {"Type": "String", "NoEcho": True},
            "secret",
            Parameter(text="secret", value="secret", no_echo=True),
        ),
    ],
)
def test_a_parameter_has_the_value_given_or_defaulted(
    declared: dict[str, Any], given: str | None, parameter: Parameter
) -> None:
    values = {} if given is None else {"P": given}
    assert parameters.resolve(_template(P=declared), values, _ssm) == {"P": parameter}


def test_a_no_echo_parameter_is_never_shown() -> None:
    hidden = Parameter(text="secret", value="secret", no_echo=True)
    assert (hidden.shown, Parameter(text="a", value="a").shown) == ("****", "a")


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        (
            {"A": {"Type": "String"}, "B": {"Type": "String"}},
            {},
            "Parameters: [A, B] must have values",
        ),
        (
            {"A": {"Type": "String"}},
            {"A": "a", "X": "x", "Y": "y"},
            "Parameters: [X, Y] do not exist in the template",
        ),
        ({"A": {"Type": "Number"}}, {"A": "one"}, "Parameter 'A' must be a number."),
        ({"A": {"Type": "List<Number>"}}, {"A": "1,b"}, "Parameter 'A' must be a number."),
        (
            {"A": {"Type": "Number", "MinValue": 2}},
            {"A": "1"},
            "Parameter 'A' must be a number not less than 2",
        ),
        (
            {"A": {"Type": "Number", "MaxValue": 2.5}},
            {"A": "3"},
            "Parameter 'A' must be a number not greater than 2.5",
        ),
        (
            {"A": {"Type": "String", "AllowedValues": ["a", 1]}},
            {"A": "2"},
            "Parameter 'A' must be one of AllowedValues",
        ),
        (
            {"A": {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}},
            {"A": "a,c"},
            "Parameter 'A' must be one of AllowedValues",
        ),
        (
            {"A": {"Type": "String", "MinLength": 3}},
            {"A": "ab"},
            "Parameter 'A' must contain at least 3 characters",
        ),
        (
            {"A": {"Type": "String", "MaxLength": 1}},
            {"A": "ab"},
            "Parameter 'A' must contain at most 1 characters",
        ),
        (
            {"A": {"Type": "String", "AllowedPattern": "[a-z]*"}},
            {"A": "a1"},
            "Parameter 'A' must match pattern [a-z]*",
        ),
        (
            {"A": {"Type": "String", "AllowedPattern": r"[\w-\+]+"}},
            {"A": "a!"},
            r"Parameter 'A' must match pattern [\w-\+]+",
        ),
        (
            {"A": {"Type": "String", "AllowedPattern": "["}},
            {"A": "a"},
            "Parameter 'A' AllowedPattern must be a valid regular expression.",
        ),
        (
            {"A": {"Type": "String", "AllowedPattern": "a", "ConstraintDescription": "be a."}},
            {"A": "b"},
            "Parameter A failed to satisfy constraint: be a.",
        ),
        ({"A": {"Type": "AWS::SSM::Parameter::Value<String>"}}, {"A": "/two"}, "no /two"),
    ],
)
def test_a_value_that_will_not_do_is_refused_in_cloudformations_words(
    declared: dict[str, Any], given: dict[str, str], message: str
) -> None:
    with pytest.raises(AwsError) as refusal:
        parameters.resolve(_template(**declared), given, _ssm)
    assert (refusal.value.code, refusal.value.message) == ("ValidationError", message)
