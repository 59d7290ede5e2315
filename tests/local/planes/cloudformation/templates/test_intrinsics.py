"""The intrinsic functions, each with what it gives and how CloudFormation refuses it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.templates import intrinsics, template
from herogate.local.planes.cloudformation.templates.intrinsics import UNKNOWN, Scope


def _reference(logical_id: str) -> Any:
    return {"Bucket": "my-bucket", "New": UNKNOWN}[logical_id]


def _attribute(logical_id: str, name: str) -> Any:
    return {
        ("Bucket", "Arn"): "arn:aws:s3:::my-bucket",
        ("Bucket", "Endpoint.Port"): 80,
        ("Balancer", "SecurityGroups"): ["sg-1", "sg-2"],
        ("New", "Arn"): UNKNOWN,
    }[logical_id, name]


def _zones(region: str) -> Sequence[str]:
    return [f"{region}a", f"{region}b"]


def _ssm(name: str, version: str | None) -> Any:
    return UNKNOWN if name == "/new" else f"{name}@{version}"


def _secret(*key: str | None) -> str:
    return "/".join(str(part) for part in key)


SCOPE = Scope(
    pseudo=intrinsics.pseudo_parameters(
        account_id="123456789012",
        region="eu-west-1",
        stack_name="web",
        stack_id="arn:aws:cloudformation:eu-west-1:123456789012:stack/web/1",
        notification_arns=["arn:1"],
    ),
    parameters={"Name": "n", "Subnets": ["s-1", "s-2"], "Count": "2", "Empty": ""},
    conditions={"Yes": True, "No": False},
    mappings={"Sizes": {"eu-west-1": {"Small": 1, "Zones": ["a", "b"]}}},
    reference=_reference,
    attribute=_attribute,
    import_value=lambda name: {"net-vpc": "vpc-1", "new": UNKNOWN}[name],
    availability_zones=_zones,
    ssm=_ssm,
    ssm_secure=lambda name, version: f"secure {name} {version}",
    secret=_secret,
)
_NO_VALUE = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("text", "text"),
        (80, 80),
        (False, False),
        ({"a": [1, {"b": "c"}]}, {"a": [1, {"b": "c"}]}),
        ({"Ref": "Name"}, "n"),
        ({"Ref": "Subnets"}, ["s-1", "s-2"]),
        ({"Ref": "Bucket"}, "my-bucket"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::AccountId"}, "123456789012"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::StackName"}, "web"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "AWS::NotificationARNs"}, ["arn:1"]),
        ({"a": _NO_VALUE, "b": [_NO_VALUE, 1]}, {"b": [1]}),
        (_NO_VALUE, None),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "arn:aws:s3:::my-bucket"),
        ({"Fn::GetAtt": ["Bucket", "Endpoint.Port"]}, 80),
        ({"Fn::GetAtt": ["Bucket", {"Fn::Sub": "Arn"}]}, "arn:aws:s3:::my-bucket"),
        ({"Fn::Sub": "${AWS::StackName}-${Name}-${Bucket}"}, "web-n-my-bucket"),
        ({"Fn::Sub": "${Bucket.Arn}:${Bucket.Endpoint.Port}"}, "arn:aws:s3:::my-bucket:80"),
        ({"Fn::Sub": "${!Literal} $x {y} ${!}"}, "${Literal} $x {y} ${}"),
        ({"Fn::Sub": ["${A}${Name}", {"A": {"Ref": "Bucket"}}]}, "my-bucketn"),
        ({"Fn::Sub": ["${Name}", {"Name": True}]}, "true"),
        ({"Fn::Sub": ["${A}", {"A": "${!B}"}]}, "${!B}"),
        ({"Fn::Join": ["-", ["a", 1, True, {"Ref": "Name"}]]}, "a-1-true-n"),
        ({"Fn::Join": [",", {"Ref": "Subnets"}]}, "s-1,s-2"),
        ({"Fn::Join": [",", ["a", _NO_VALUE]]}, "a"),
        ({"Fn::Join": [",", []]}, ""),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["0", {"Ref": "Subnets"}]}, "s-1"),
        ({"Fn::Select": [0, [{"a": 1}]]}, {"a": 1}),
        ({"Fn::Select": [0, {"Fn::GetAtt": ["Balancer", "SecurityGroups"]}]}, "sg-1"),
        ({"Fn::Split": [",", "a,b,,c"]}, ["a", "b", "", "c"]),
        ({"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Bucket", "Arn"]}]}]}, "my-bucket"),
        ({"Fn::If": ["Yes", {"Ref": "Name"}, {"Ref": "Missing"}]}, "n"),
        ({"Fn::If": ["No", 1, 2]}, 2),
        ({"a": {"Fn::If": ["No", 1, _NO_VALUE]}}, {}),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Small"]}, 1),
        ({"Fn::FindInMap": ["Sizes", "eu-west-1", "Zones"]}, ["a", "b"]),
        ({"Fn::Base64": {"Fn::Sub": "${Name}é"}}, "bsOp"),
        ({"Fn::Cidr": ["192.168.0.0/24", 3, 5]}, [f"192.168.0.{n}/27" for n in (0, 32, 64)]),
        ({"Fn::Cidr": ["10.0.0.0/16", "1"]}, ["10.0.0.0/24"]),
        ({"Fn::Cidr": ["2001:db8::/56", 2, 64]}, ["2001:db8::/64", "2001:db8:0:1::/64"]),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b"]),
        ({"Fn::GetAZs": "us-east-1"}, ["us-east-1a", "us-east-1b"]),
        ({"Fn::ImportValue": {"Fn::Sub": "net-vpc"}}, "vpc-1"),
        (
            {"Condition": {"StringEquals": {"a": {"Ref": "Name"}}}},
            {"Condition": {"StringEquals": {"a": "n"}}},
        ),
        ("{{resolve:ssm:/app/port:3}}", "/app/port@3"),
        ("a {{resolve:ssm:port}} b", "a port@None b"),
        ("{{resolve:secretsmanager:db:SecretString:password}}",) * 2,
        ("{{resolve:ssm-secure:db:1}}",) * 2,
        ("{{resolve:other:x}}",) * 2,
    ],
)
def test_a_value_comes_to_what_it_is_in_the_stack(value: Any, result: Any) -> None:
    assert intrinsics.resolve(value, SCOPE) == result


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "New"},
        {"Fn::GetAtt": ["New", "Arn"]},
        {"Fn::Sub": "a-${New}"},
        {"Fn::Sub": ["${A}", {"A": {"Ref": "New"}}]},
        {"Fn::Join": ["-", ["a", {"Ref": "New"}]]},
        {"Fn::Select": [0, [{"Ref": "New"}, "a"]]},
        {"Fn::Select": [0, {"Fn::Split": [":", {"Fn::GetAtt": ["New", "Arn"]}]}]},
        {"Fn::Base64": {"Ref": "New"}},
        {"Fn::Cidr": [{"Ref": "New"}, 1, 8]},
        {"Fn::ImportValue": "new"},
        {"Fn::ImportValue": {"Ref": "New"}},
        "{{resolve:ssm:/new}}",
    ],
)
def test_what_is_built_from_the_unknown_is_unknown(value: Any) -> None:
    resolved = intrinsics.resolve({"a": [value, "b"]}, SCOPE)
    assert resolved == {"a": [UNKNOWN, "b"]}
    assert not intrinsics.is_known(resolved)


def test_what_stands_beside_the_unknown_stays_known() -> None:
    value = intrinsics.resolve({"Fn::Select": [1, [{"Ref": "New"}, "a"]]}, SCOPE)
    assert (value, intrinsics.is_known(value)) == ("a", True)


_JOIN = (
    "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
    "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) "
    "to be joined."
)
_SELECT = "Fn::Select requires a list argument with two elements: an integer index and a list"
_SPLIT = (
    "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to "
    "be split or a function that returns a string to be split."
)
_GET_ATT = (
    "every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
    "resource attribute"
)
_FIND = (
    "every Fn::FindInMap object requires three parameters, the map name, map key and the "
    "attribute for return value"
)
_SUB = (
    "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string "
    "as first argument, and an optional second argument to specify a mapping of values to "
    "replace in the string"
)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Ref": ["Name"]}, "All References must be of type string"),
        ({"Fn::GetAtt": "Bucket"}, _GET_ATT),
        ({"Fn::GetAtt": ["Bucket"]}, _GET_ATT),
        ({"Fn::GetAtt": ["Bucket", ""]}, _GET_ATT),
        ({"Fn::Sub": 1}, _SUB),
        ({"Fn::Sub": ["a", "b"]}, _SUB),
        (
            {"Fn::Sub": "${ Name }"},
            (
                "variable names in Fn::Sub syntax must contain only alphanumeric characters, "
                "underscores, periods, and colons"
            ),
        ),
        (
            {"Fn::Sub": "${Subnets}"},
            "variable Subnets in Fn::Sub expression does not resolve to a string",
        ),
        ({"Fn::Join": ["-"]}, _JOIN),
        ({"Fn::Join": [1, []]}, _JOIN),
        ({"Fn::Join": ["-", "a"]}, _JOIN),
        ({"Fn::Join": ["-", [{"a": 1}]]}, _JOIN),
        ({"Fn::Select": [0]}, _SELECT),
        ({"Fn::Select": ["x", ["a"]]}, _SELECT),
        ({"Fn::Select": [0, "a"]}, _SELECT),
        ({"Fn::Select": [2, ["a", "b"]]}, "Fn::Select cannot select nonexistent value at index 2"),
        ({"Fn::Select": [-1, ["a"]]}, "Fn::Select cannot select nonexistent value at index -1"),
        ({"Fn::Split": [","]}, _SPLIT),
        ({"Fn::Split": [",", ["a"]]}, _SPLIT),
        ({"Fn::If": ["Yes", 1]}, "Fn::If requires a list argument with three elements"),
        ({"Fn::If": ["Nope", 1, 2]}, "unresolved condition dependency Nope in Fn::If"),
        ({"Fn::FindInMap": ["Sizes", "a"]}, _FIND),
        ({"Fn::FindInMap": ["Sizes", "a", "b", {"DefaultValue": 1}]}, _FIND),
        (
            {"Fn::FindInMap": ["Sizes", "us-east-1", "Small"]},
            "Unable to get mapping for Sizes::us-east-1::Small",
        ),
        (
            {"Fn::FindInMap": ["Nope", "a", "b"]},
            "Mapping named 'Nope' is not present in the 'Mappings' section of template.",
        ),
        ({"Fn::Base64": ["a"]}, "every Fn::Base64 object must have a String-typed value."),
        ({"Fn::GetAZs": ["a"]}, "every Fn::GetAZs object must have a String-typed value."),
        (
            {"Fn::Cidr": ["10.0.0.0/24", 9, 5]},
            "Fn::Cidr cannot make these blocks: 10.0.0.0/24, 9, 5",
        ),
        ({"Fn::Cidr": ["10.0.0/16", 1, 8]}, "Fn::Cidr cannot make these blocks: 10.0.0/16, 1, 8"),
        (
            {"Fn::Length": [1]},
            (
                "Encountered unsupported function: Fn::Length Supported functions are: [Ref, "
                "Fn::Base64, Fn::Cidr, Fn::FindInMap, Fn::GetAZs, Fn::GetAtt, Fn::If, "
                "Fn::ImportValue, Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Condition, Fn::And, "
                "Fn::Equals, Fn::Not, Fn::Or]"
            ),
        ),
    ],
)
def test_a_wrong_call_is_refused_in_cloudformations_words(value: Any, message: str) -> None:
    with pytest.raises(AwsError) as refusal:
        intrinsics.resolve(value, SCOPE)
    assert (refusal.value.code, refusal.value.message) == (
        "ValidationError",
        f"Template error: {message}",
    )


def test_a_transform_is_refused_by_name() -> None:
    with pytest.raises(AwsError) as refusal:
        intrinsics.resolve({"Fn::Transform": {"Name": "AWS::Include"}}, SCOPE)
    assert refusal.value.code == "NotImplemented"


@pytest.mark.parametrize(
    ("value", "revealed"),
    [
        ("{{resolve:secretsmanager:db}}", "db/None/None/None"),
        ("{{resolve:secretsmanager:db:SecretString:password}}", "db/password/None/None"),
        ("{{resolve:secretsmanager:db:SecretString::AWSPREVIOUS}}", "db/None/AWSPREVIOUS/None"),
        ("{{resolve:secretsmanager:db:SecretString:a::v1}}", "db/a/None/v1"),
        (
            "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf:SecretString:a}}",
            "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf/a/None/None",
        ),
        ({"a": ["user:{{resolve:ssm-secure:/db:2}}"]}, {"a": ["user:secure /db 2"]}),
        ({"a": 1, "b": "plain"}, {"a": 1, "b": "plain"}),
    ],
)
def test_secrets_are_put_in_only_when_revealed(value: Any, revealed: Any) -> None:
    assert intrinsics.resolve(value, SCOPE) == value
    assert intrinsics.reveal(value, SCOPE) == revealed


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (
            "{{resolve:ssm:a b}}",
            "Incorrect format is used in the following SSM reference: [{{resolve:ssm:a b}}]",
        ),
        (
            "{{resolve:secretsmanager:db:Binary}}",
            (
                "Incorrect format is used in the following Secrets Manager reference: "
                "[{{resolve:secretsmanager:db:Binary}}]"
            ),
        ),
    ],
)
def test_a_malformed_dynamic_reference_is_refused(reference: str, message: str) -> None:
    with pytest.raises(AwsError) as refusal:
        intrinsics.reveal(intrinsics.resolve(reference, SCOPE), SCOPE)
    assert refusal.value.message == message


def _conditions(**declared: Any) -> template.Template:
    return template.parse(json.dumps({"Conditions": declared}))


def _equals(one: Any, other: Any) -> dict[str, Any]:
    return {"Fn::Equals": [one, other]}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (_equals({"Ref": "Name"}, "n"), True),
        (_equals({"Ref": "Name"}, "m"), False),
        (_equals({"Ref": "Count"}, 2), True),
        (_equals(True, "true"), True),
        (_equals({"Fn::Join": ["", {"Ref": "Subnets"}]}, ""), False),
        (_equals({"Ref": "Subnets"}, ["s-1", "s-2"]), True),
        (_equals({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Small"]}, "1"), True),
        ({"Fn::Not": [_equals("a", "b")]}, True),
        ({"Fn::And": [_equals("a", "a"), _equals("a", "b")]}, False),
        ({"Fn::Or": [_equals("a", "a"), _equals("a", "b")]}, True),
        ({"Condition": "Other"}, True),
        ({"Fn::Not": [{"Condition": "Other"}]}, False),
        (_equals({"Fn::If": ["Other", "x", "y"]}, "x"), True),
    ],
)
def test_a_condition_holds_or_not(condition: Any, holds: bool) -> None:
    declared = _conditions(Mine=condition, Other=_equals("a", "a"))
    assert intrinsics.evaluate_conditions(declared, SCOPE) == {"Mine": holds, "Other": True}


_OPERANDS = "object requires a list of at least 2 and at most 10 boolean parameters."


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            _equals("a", "a") | {"Ref": "Name"},
            (
                "Template format error: Conditions can only be boolean operations on parameters "
                "and other conditions"
            ),
        ),
        (
            {"Fn::Equals": ["a"]},
            "Template error: every Fn::Equals object requires a list of 2 string parameters.",
        ),
        ({"Fn::And": [_equals("a", "a")]}, f"Template error: every Fn::And {_OPERANDS}"),
        ({"Fn::Or": [_equals("a", "a")] * 11}, f"Template error: every Fn::Or {_OPERANDS}"),
        (
            {"Fn::Not": [_equals("a", "a")] * 2},
            "Template error: Fn::Not requires a list argument with one element",
        ),
        (
            {"Condition": "Nope"},
            "Template error: unresolved condition dependency Nope in Condition",
        ),
        (
            {"Fn::Not": [{"Condition": "Mine"}]},
            "Template error: Found circular condition dependency: [Mine]",
        ),
    ],
)
def test_a_wrong_condition_is_refused_in_cloudformations_words(
    condition: Any, message: str
) -> None:
    with pytest.raises(AwsError) as refusal:
        intrinsics.evaluate_conditions(_conditions(Mine=condition), SCOPE)
    assert (refusal.value.code, refusal.value.message) == ("ValidationError", message)
