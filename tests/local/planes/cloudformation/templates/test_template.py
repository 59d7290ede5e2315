"""What a template declares, and the words in which CloudFormation refuses one it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.templates import template
from herogate.local.planes.cloudformation.templates.template import (
    DeletionPolicy,
    OutputDeclaration,
    ParameterDeclaration,
    ResourceDeclaration,
    Template,
)

SAMPLES = Path(__file__).parents[1] / "samples"
_TOPIC = "Resources: {T: {Type: AWS::SNS::Topic}}\n"


def test_yaml_and_json_declare_the_same() -> None:
    from_yaml = template.parse((SAMPLES / "web.yaml").read_text())
    from_json = template.parse((SAMPLES / "web.json").read_text())
    assert {**vars(from_yaml), "body": ""} == {**vars(from_json), "body": ""}


def test_every_section_is_read() -> None:
    body = """
AWSTemplateFormatVersion: 2010-09-09
Description: d
Metadata: {m: {n: 1}}
Parameters:
  P: {Type: String, Default: 1, NoEcho: true, AllowedValues: [1, b], Description: p,
      AllowedPattern: '.*', MinLength: 1, MaxLength: '2', ConstraintDescription: c}
  N: {Type: Number, MinValue: 1, MaxValue: 2.5}
Mappings: {M: {a: {b: [c, 1]}}}
Conditions: {C: !Equals [a, b]}
Resources:
  T:
    Type: AWS::SNS::Topic
    DependsOn: [Q, Q]
    Condition: C
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Snapshot
    UpdatePolicy: {U: 1}
    Metadata: {m: 1}
    Properties: {TopicName: !Ref P}
  Q: {Type: AWS::SQS::Queue, DependsOn: T}
Outputs:
  O: {Value: !Ref T, Description: o, Condition: C, Export: {Name: !Sub '${P}-o'}}
"""
    assert template.parse(body) == Template(
        body=body,
        description="d",
        metadata={"m": {"n": 1}},
        parameters={
            "P": ParameterDeclaration(
                name="P",
                type_name="String",
                default="1",
                description="p",
                no_echo=True,
                allowed_values=("1", "b"),
                allowed_pattern=".*",
                min_length=1,
                max_length=2,
                constraint_description="c",
            ),
            "N": ParameterDeclaration(name="N", type_name="Number", min_value=1, max_value=2.5),
        },
        mappings={"M": {"a": {"b": ["c", 1]}}},
        conditions={"C": {"Fn::Equals": ["a", "b"]}},
        resources={
            "T": ResourceDeclaration(
                logical_id="T",
                type_name="AWS::SNS::Topic",
                properties={"TopicName": {"Ref": "P"}},
                depends_on=("Q",),
                condition="C",
                deletion_policy=DeletionPolicy.RETAIN_EXCEPT_ON_CREATE,
                update_replace_policy=DeletionPolicy.SNAPSHOT,
                update_policy={"U": 1},
                metadata={"m": 1},
            ),
            "Q": ResourceDeclaration(
                logical_id="Q", type_name="AWS::SQS::Queue", depends_on=("T",)
            ),
        },
        outputs={
            "O": OutputDeclaration(
                name="O",
                value={"Ref": "T"},
                description="o",
                export_name={"Fn::Sub": "${P}-o"},
                condition="C",
            )
        },
    )


@pytest.mark.parametrize(
    ("type_name", "is_list", "is_number", "names_ssm_parameter"),
    [
        ("String", False, False, False),
        ("Number", False, True, False),
        ("List<Number>", True, True, False),
        ("CommaDelimitedList", True, False, False),
        ("AWS::EC2::VPC::Id", False, False, False),
        ("List<AWS::EC2::Subnet::Id>", True, False, False),
        ("AWS::SSM::Parameter::Name", False, False, False),
        ("AWS::SSM::Parameter::Value<String>", False, False, True),
        ("AWS::SSM::Parameter::Value<List<String>>", True, False, True),
        ("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", False, False, True),
    ],
)
def test_a_parameters_type_tells_how_its_value_is_read(
    type_name: str, is_list: bool, is_number: bool, names_ssm_parameter: bool
) -> None:
    parsed = template.parse(f"Parameters: {{P: {{Type: '{type_name}'}}}}\n{_TOPIC}")
    declared = parsed.parameters["P"]
    assert (declared.is_list, declared.is_number, declared.names_ssm_parameter) == (
        is_list,
        is_number,
        names_ssm_parameter,
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("hello", "Template format error: unsupported structure."),
        ("[1]", "Template format error: unsupported structure."),
        (
            "AWSTemplateFormatVersion: 2011-01-01",
            "Template format error: unsupported value for AWSTemplateFormatVersion.",
        ),
        ("Foo: 1\nBar: 2", "Invalid template property or properties [Foo, Bar]"),
        ("Description: {a: b}", "Template format error: Description must be a string."),
        ("Resources: [a]", "Template format error: Resources must be an object."),
        (
            "Resources: {A: 1}",
            "Template format error: Any Resources member must be an object.",
        ),
        (
            "Resources: {A-b: {Type: AWS::SNS::Topic}}",
            "Template format error: Resource name A-b is non alphanumeric.",
        ),
        (
            "Resources: {A: {Properties: {}}}",
            (
                "Template format error: [/Resources/A] Every Resources object must contain "
                "a Type member."
            ),
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Invalid: 10}}",
            "Invalid template resource property 'Invalid'",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Properties: {B: }}}",
            "[/Resources/A/Properties/B] 'null' values are not allowed in templates",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Properties: []}}",
            "Template format error: [/Resources/A/Properties] Properties must be an object.",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DeletionPolicy: Keep}}",
            "Template format error: Unrecognized DeletionPolicy Keep for resource A",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, UpdateReplacePolicy: RetainExceptOnCreate}}",
            (
                "Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate "
                "for resource A"
            ),
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DependsOn: {Ref: B}}}",
            (
                "Template format error: [/Resources/A] DependsOn must be a string or a list "
                "of strings."
            ),
        ),
        (
            "Parameters: {P: {Default: a}}",
            "Template format error: Every Parameters object must contain a Type member.",
        ),
        (
            "Parameters: {P: {Type: Strin}}",
            "Template format error: Unrecognized parameter type: Strin",
        ),
        (
            "Parameters: {P: {Type: String, Defult: a}}",
            "Invalid template parameter property 'Defult'",
        ),
        (
            "Parameters: {P: {Type: String, Default: [a]}}",
            "Template format error: Every Default member must be a string.",
        ),
        (
            "Parameters: {P: {Type: Number, MinValue: a}}",
            "Template format error: Every MinValue member must be a number.",
        ),
        (
            "Parameters: {'AWS::P': {Type: String}}",
            "Template format error: Parameter name AWS::P is non alphanumeric.",
        ),
        ("Mappings: {M: a}", "Template format error: Every Mappings member M must be a map"),
        ("Mappings: {M: {a: b}}", "Template format error: Every Mappings member a must be a map"),
        (
            "Mappings: {M: {a: {b: !Ref C}}}",
            "Template format error: Every Mappings attribute must be a String or a List.",
        ),
        (
            "Outputs: {O: {Description: d}}",
            "Template format error: Every Outputs member must contain a Value object",
        ),
        (
            "Outputs: {O: {Value: }}",
            "[/Outputs/O/Value] 'null' values are not allowed in templates",
        ),
        (
            "Outputs: {O: {Value: v, Export: e}}",
            (
                "Template format error: Output O is malformed. The Name field of every Export member "
                "must be specified and consist only of alphanumeric characters, colons, or hyphens."
            ),
        ),
    ],
)
def test_a_broken_structure_is_refused_in_cloudformations_words(body: str, message: str) -> None:
    with pytest.raises(AwsError) as refusal:
        template.parse(body)
    assert (refusal.value.code, refusal.value.message) == ("ValidationError", message)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (
            "Transform: AWS::Serverless-2016-10-31",
            "transforms and macros (Transform: AWS::Serverless-2016-10-31)",
        ),
        ("Rules: {R: {Assertions: []}}", "the Rules section of templates"),
        ("Hooks: {}", "the Hooks section of templates"),
        (
            "Resources: {A: {Type: AWS::CloudFormation::Stack}}",
            "nested stacks (AWS::CloudFormation::Stack), resource A",
        ),
        ("Resources: {A: {Type: Custom::Thing}}", "custom resources (Custom::Thing, resource A)"),
        (
            "Resources: {A: {Type: AWS::CloudFormation::CustomResource}}",
            "custom resources (AWS::CloudFormation::CustomResource), resource A",
        ),
        (
            "Resources: {A: {Type: My::Own::Thing::MODULE}}",
            "modules (My::Own::Thing::MODULE, resource A)",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, CreationPolicy: {}}}",
            "CreationPolicy (resource A)",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DeletionPolicy: !If [C, Retain, Delete]}}",
            "intrinsic functions in DeletionPolicy (resource A)",
        ),
    ],
)
def test_what_aws_has_and_the_local_cloud_does_not_is_refused_by_name(body: str, what: str) -> None:
    with pytest.raises(AwsError) as refusal:
        template.parse(body)
    assert (refusal.value.code, refusal.value.message) == (
        "NotImplemented",
        f"The local cloud does not support {what}.",
    )
