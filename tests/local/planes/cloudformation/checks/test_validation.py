"""What CloudFormation refuses at once, what makes a resource fail, and what must be acknowledged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.checks import validation
from herogate.local.planes.cloudformation.templates import template
from herogate.local.planes.cloudformation.templates.template import Template

SAMPLES = Path(__file__).parents[1] / "samples"
REGION = "us-east-1"
KNOWN = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::IAM::Group",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SSM::Parameter",
    }
)


def _template(resources: dict[str, Any], **sections: Any) -> Template:
    members = {name: {"Type": "AWS::S3::Bucket", **member} for name, member in resources.items()}
    return template.parse(json.dumps({"Resources": members, **sections}))


def _named(value: Any) -> dict[str, Any]:
    return {"B": {"Properties": {"BucketName": value}}}


def _refusal(checked: Template) -> tuple[str, str]:
    with pytest.raises(AwsError) as refusal:
        validation.check(checked, REGION, KNOWN)
    return refusal.value.code, refusal.value.message


@pytest.mark.parametrize("name", ["web.yaml", "web.json"])
def test_a_whole_template_passes(name: str) -> None:
    validation.check(template.parse((SAMPLES / name).read_text()), REGION, KNOWN)


_RESOURCES = "in the Resources block of the template"
_OUTPUTS = "in the Outputs block of the template"


@pytest.mark.parametrize(
    ("resources", "sections", "message"),
    [
        ({}, {}, "Template format error: At least one Resources member must be defined."),
        (
            _named({"Ref": "Nope"}),
            {},
            f"Template format error: Unresolved resource dependencies [Nope] {_RESOURCES}",
        ),
        (
            _named({"Fn::Sub": "${One}-${Two}-${One}"}),
            {},
            f"Template format error: Unresolved resource dependencies [One, Two] {_RESOURCES}",
        ),
        (
            {"B": {"DependsOn": "Nope"}},
            {},
            f"Template format error: Unresolved resource dependencies [Nope] {_RESOURCES}",
        ),
        (
            _named({"Ref": "AWS::Nope"}),
            {},
            f"Template format error: Unresolved resource dependencies [AWS::Nope] {_RESOURCES}",
        ),
        (
            _named({"Fn::GetAtt": ["Nope", "Arn"]}),
            {},
            "Template error: instance of Fn::GetAtt references undefined resource Nope",
        ),
        (
            _named({"Fn::Sub": "${Nope.Arn}"}),
            {},
            "Template error: instance of Fn::Sub references invalid resource attribute Nope.Arn",
        ),
        (
            {
                "B": {},
                "P": {
                    "Type": "AWS::SSM::Parameter",
                    "Properties": {"Value": {"Fn::GetAtt": ["B", "BucketName"]}},
                },
            },
            {},
            "Template error: resource B does not support attribute type BucketName in Fn::GetAtt",
        ),
        (
            _named({"Fn::GetAtt": ["B"]}),
            {},
            (
                "Template error: every Fn::GetAtt object requires two non-empty parameters, "
                "the resource name and the resource attribute"
            ),
        ),
        (_named({"Ref": ["B"]}), {}, "Template error: All References must be of type string"),
        (
            _named({"Fn::If": ["Nope", 1, 2]}),
            {},
            "Template error: unresolved condition dependency Nope in Fn::If",
        ),
        (
            _named({"Fn::If": ["Nope"]}),
            {},
            "Template error: Fn::If requires a list argument with three elements",
        ),
        (
            _named({"Fn::FindInMap": ["Nope", "a", "b"]}),
            {},
            (
                "Template error: Mapping named 'Nope' is not present in the 'Mappings' section "
                "of template."
            ),
        ),
        (
            _named({"Fn::Select": [2, ["a", "b"]]}),
            {},
            "Template error: Fn::Select cannot select nonexistent value at index 2",
        ),
        (
            _named({"Fn::Sub": "${ B }"}),
            {},
            (
                "Template error: variable names in Fn::Sub syntax must contain only alphanumeric "
                "characters, underscores, periods, and colons"
            ),
        ),
        (
            {"B": {}},
            {"Conditions": {"C": {"Fn::Equals": ["a"]}}},
            "Template error: every Fn::Equals object requires a list of 2 string parameters.",
        ),
        (
            {"B": {}},
            {"Conditions": {"C": {"Fn::Not": [{"Fn::Equals": ["a", {"Fn::Join": ["a"]}]}]}}},
            (
                "Template error: every Fn::Join object requires two parameters, (1) a string "
                "delimiter and (2) a list of strings to be joined or a function that returns a list "
                "of strings (such as Fn::GetAZs) to be joined."
            ),
        ),
        (
            {"B": {"Condition": "Nope"}},
            {},
            f"Template format error: Unresolved condition dependency Nope {_RESOURCES}",
        ),
        (
            {"B": {}},
            {"Outputs": {"O": {"Value": "a", "Condition": "Nope"}}},
            f"Template format error: Unresolved condition dependency Nope {_OUTPUTS}",
        ),
        (
            {"B": {}},
            {"Outputs": {"O": {"Value": {"Ref": "Nope"}}}},
            f"Template format error: Unresolved resource dependencies [Nope] {_OUTPUTS}",
        ),
        (
            {"B": {}},
            {"Outputs": {"O": {"Value": "a", "Export": {"Name": {"Ref": "Nope"}}}}},
            f"Template format error: Unresolved resource dependencies [Nope] {_OUTPUTS}",
        ),
        (
            {"B": {}},
            {"Conditions": {"C": {"Fn::Equals": [{"Ref": "B"}, "x"]}}},
            (
                "Template format error: Unresolved dependencies [B]. Cannot reference resources "
                "in the Conditions block of the template"
            ),
        ),
        (
            {"B": {}},
            {"Conditions": {"C": {"Condition": "D"}}},
            "Template error: unresolved condition dependency D in Condition",
        ),
        (
            {"B": {}, "F": {"Type": "AWS::Foo::Bar"}, "G": {"Type": "AWS::Foo::Baz"}},
            {},
            "Template format error: Unrecognized resource types: [AWS::Foo::Bar, AWS::Foo::Baz]",
        ),
        (
            {"A": {"Properties": {"BucketName": {"Ref": "B"}}}, "B": {"DependsOn": "A"}},
            {},
            "Circular dependency between resources: [A, B]",
        ),
        (
            _named("{{resolve:ssm-secure:name:1}}"),
            {},
            "SSM Secure reference is not supported in: [AWS::S3::Bucket/Properties/BucketName]",
        ),
        (
            {
                "B": {
                    "Properties": {
                        "Tags": [{"Key": "a", "Value": {"Fn::Sub": "{{resolve:ssm-secure:b}}"}}]
                    }
                }
            },
            {},
            "SSM Secure reference is not supported in: [AWS::S3::Bucket/Properties/Tags]",
        ),
        (
            {"B": {"DeletionPolicy": "Snapshot"}},
            {},
            "Template error: resource type AWS::S3::Bucket does not support deletion policy Snapshot",
        ),
        (
            {f"B{n}": {} for n in range(501)},
            {},
            "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
        ),
        (
            {"B": {}},
            {"Parameters": {f"P{n}": {"Type": "String"} for n in range(201)}},
            "Template format error: Number of parameters, 201, is greater than maximum allowed, 200",
        ),
        (
            {"B": {}},
            {"Description": "é" * 513},
            "Template format error: 'Description' length is greater than 1024.",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_at_once(
    resources: dict[str, Any], sections: dict[str, Any], message: str
) -> None:
    assert _refusal(_template(resources, **sections)) == ("ValidationError", message)


def test_an_unknown_function_is_refused_with_those_there_are() -> None:
    _, message = _refusal(_template(_named({"Fn::Join": ["", [{"Fn::Jion": []}]]})))
    assert message.startswith(
        "Template error: Encountered unsupported function: Fn::Jion Supported functions are: [Ref, "
    )


def test_a_type_that_aws_has_and_the_local_cloud_does_not_is_refused_by_name() -> None:
    checked = _template(
        {"B": {}, "T": {"Type": "AWS::SNS::Topic"}, "Q": {"Type": "AWS::SQS::Queue"}}
    )
    assert _refusal(checked) == (
        "NotImplemented",
        "The local cloud does not support the resource types [AWS::SNS::Topic, AWS::SQS::Queue].",
    )


def test_a_secure_reference_is_taken_where_aws_takes_one() -> None:
    properties = {"MasterUserPassword": "{{resolve:ssm-secure:password:1}}"}
    database = {"Type": "AWS::RDS::DBInstance", "Properties": properties}
    validation.check(_template({"D": database}), REGION, KNOWN)


_SUBNET = "AWS::EC2::Subnet"
_TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"


@pytest.mark.parametrize(
    ("type_name", "properties", "lines"),
    [
        (
            _SUBNET,
            {"VpcId": "v", "CidrBlock": "c", "Foo": 1},
            ["#: extraneous key [Foo] is not permitted"],
        ),
        (_SUBNET, {"CidrBlock": "c"}, ["#: required key [VpcId] not found"]),
        (
            _SUBNET,
            {"VpcId": "v", "CidrBlock": "c", "SubnetId": "s"},
            ["#: extraneous key [SubnetId] is not permitted"],
        ),
        (
            _SUBNET,
            {"VpcId": "v", "CidrBlock": "c", "Tags": [{"Key": "k"}, "t"]},
            [
                "#/Tags/0: required key [Value] not found",
                "#/Tags/1: expected type: JSONObject, found: String",
            ],
        ),
        (
            _SUBNET,
            {"VpcId": ["v"], "CidrBlock": "c", "Tags": {"Key": "k"}},
            [
                "#/VpcId: expected type: String, found: JSONArray",
                "#/Tags: expected type: JSONArray, found: JSONObject",
            ],
        ),
        (
            _SUBNET,
            {"VpcId": "v", "CidrBlock": "c", "MapPublicIpOnLaunch": "maybe"},
            ["#/MapPublicIpOnLaunch: expected type: Boolean, found: String"],
        ),
        (
            _TARGETS,
            {"HealthCheckIntervalSeconds": 1, "Protocol": "HTP", "HealthCheckPath": ""},
            [
                "#/HealthCheckIntervalSeconds: failed validation constraint for keyword [minimum]",
                "#/Protocol: failed validation constraint for keyword [enum]",
                "#/HealthCheckPath: expected minLength: 1, actual: 0",
            ],
        ),
        (
            "AWS::S3::Bucket",
            {"BucketName": "Not_A_Bucket"},
            ["#/BucketName: failed validation constraint for keyword [pattern]"],
        ),
        (
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": {},
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/A"] * 2,
            },
            ["#/ManagedPolicyArns: array items are not unique"],
        ),
        (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": [], "Tags": [{"Key": "é", "Value": "a!"}]},
            [
                "#/AssumeRolePolicyDocument: no subschema matched out of the total 2 subschemas",
                "#/Tags/0/Value: failed validation constraint for keyword [pattern]",
            ],
        ),
    ],
)
def test_properties_that_do_not_fit_are_named_as_cloudformation_names_them(
    type_name: str, properties: dict[str, Any], lines: list[str]
) -> None:
    with pytest.raises(AwsError) as refusal:
        validation.check_properties("R", type_name, properties, REGION)
    assert refusal.value.message == "\n".join(
        ["Properties validation failed for resource R with message:", *lines]
    )


def test_a_secret_yet_to_be_put_in_fits_anywhere() -> None:
    secret = "{{resolve:secretsmanager:db:SecretString:port}}"
    properties = {"Engine": "postgres", "Port": secret, "AllocatedStorage": secret}
    validation.check_properties("R", "AWS::RDS::DBInstance", properties, REGION)


@pytest.mark.parametrize(
    ("type_name", "properties", "coerced"),
    [
        (_TARGETS, {"Port": "80"}, {"Port": 80}),
        (
            _TARGETS,
            {"Port": 80.0, "HealthCheckPort": 8080},
            {"Port": 80, "HealthCheckPort": "8080"},
        ),
        (_TARGETS, {"Port": "eighty"}, {"Port": "eighty"}),
        (_TARGETS, {"HealthCheckEnabled": "True"}, {"HealthCheckEnabled": True}),
        (
            _TARGETS,
            {"TargetGroupAttributes": [{"Key": "a", "Value": 30}, {"Key": "b", "Value": True}]},
            {"TargetGroupAttributes": [{"Key": "a", "Value": "30"}, {"Key": "b", "Value": "true"}]},
        ),
        (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": {"Statement": [{"a": "80", "b": True}]}},
            {"AssumeRolePolicyDocument": {"Statement": [{"a": "80", "b": True}]}},
        ),
        ("AWS::S3::Bucket", {"Nope": 1}, {"Nope": 1}),
        (
            "AWS::ECS::TaskDefinition",
            {"ContainerDefinitions": [{"Cpu": "256", "DockerLabels": {"a": 1}}], "Memory": 512},
            {"ContainerDefinitions": [{"Cpu": 256, "DockerLabels": {"a": "1"}}], "Memory": "512"},
        ),
    ],
)
def test_values_are_taken_in_the_types_of_the_schema(
    type_name: str, properties: dict[str, Any], coerced: dict[str, Any]
) -> None:
    assert validation.coerce(properties, type_name, REGION) == coerced


_ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
_POLICY = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "p"}}
_GROUP = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "g"}}


@pytest.mark.parametrize(
    ("resources", "needed", "reason"),
    [
        ({"B": {}}, set(), None),
        (
            {"R": _ROLE, "P": _POLICY, "S": _ROLE},
            {"CAPABILITY_IAM"},
            "The following resource(s) require capabilities: [AWS::IAM::Role, AWS::IAM::Policy]",
        ),
        (
            {"G": _GROUP, "R": _ROLE},
            {"CAPABILITY_NAMED_IAM"},
            "The following resource(s) require capabilities: [AWS::IAM::Group, AWS::IAM::Role]",
        ),
    ],
)
def test_making_iam_resources_must_be_acknowledged(
    resources: dict[str, Any], needed: set[str], reason: str | None
) -> None:
    declared = _template(resources)
    assert validation.capabilities(declared) == needed
    assert validation.capabilities_reason(declared) == reason


@pytest.mark.parametrize(
    ("resources", "acknowledged"),
    [
        ({"B": {}}, []),
        ({"R": _ROLE}, ["CAPABILITY_IAM"]),
        ({"R": _ROLE}, ["CAPABILITY_NAMED_IAM"]),
        ({"G": _GROUP}, ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]),
    ],
)
def test_what_is_acknowledged_passes(resources: dict[str, Any], acknowledged: list[str]) -> None:
    validation.check_capabilities(_template(resources), acknowledged)


@pytest.mark.parametrize(
    ("resource", "acknowledged", "missing"),
    [(_ROLE, [], "CAPABILITY_IAM"), (_GROUP, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM")],
)
def test_what_is_not_acknowledged_is_refused(
    resource: dict[str, Any], acknowledged: list[str], missing: str
) -> None:
    with pytest.raises(AwsError) as refusal:
        validation.check_capabilities(_template({"R": resource}), acknowledged)
    assert (refusal.value.code, refusal.value.message) == (
        "InsufficientCapabilitiesException",
        f"Requires capabilities : [{missing}]",
    )
