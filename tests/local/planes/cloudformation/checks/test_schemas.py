"""AWS's resource schemas: facts that the local cloud's updates rest on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from herogate.local.planes.cloudformation.checks import schemas
from herogate.local.planes.cloudformation.checks.schemas import ResourceSchema


def _schema(type_name: str, region: str = "us-east-1") -> ResourceSchema:
    found = schemas.schema(type_name, region)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("type_name", "create_only"),
    [
        ("AWS::EC2::Subnet", ("CidrBlock",)),
        ("AWS::EC2::SecurityGroup", ("GroupDescription",)),
        ("AWS::IAM::Role", ("RoleName",)),
        ("AWS::S3::Bucket", ("BucketName",)),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", ("Port",)),
        ("AWS::ECR::Repository", ("EncryptionConfiguration", "KmsKey")),
    ],
)
def test_what_cannot_change_in_place_is_known(type_name: str, create_only: tuple[str, ...]) -> None:
    assert create_only in _schema(type_name).create_only


def test_what_only_sometimes_cannot_change_in_place_is_known() -> None:
    assert _schema("AWS::EC2::VPC").conditional_create_only == {("InstanceTenancy",)}


def test_a_schema_tells_what_is_required_read_only_and_identifying() -> None:
    role = _schema("AWS::IAM::Role")
    assert role.required == {"AssumeRolePolicyDocument"}
    assert role.read_only == {("Arn",), ("RoleId",)}
    assert role.primary_identifier == (("RoleName",),)
    assert {"Arn", "Path", "Policies"} <= role.properties


@pytest.mark.parametrize(
    ("type_name", "attribute", "has"),
    [
        ("AWS::S3::Bucket", "Arn", True),
        ("AWS::S3::Bucket", "BucketName", False),
        ("AWS::EC2::VPC", "CidrBlock", True),
        ("AWS::RDS::DBInstance", "Endpoint.Address", True),
        ("AWS::RDS::DBInstance", "Endpoint.Nope", False),
        ("AWS::SSM::Parameter", "Value", True),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName", True),
        ("AWS::CodeCommit::Repository", "CloneUrlHttp", True),
        ("AWS::ECS::Service", "Name", True),
    ],
)
def test_the_attributes_of_a_type_are_known(type_name: str, attribute: str, has: bool) -> None:
    assert _schema(type_name).has_attribute(attribute) is has


@pytest.mark.parametrize(
    ("type_name", "taggable"),
    [("AWS::S3::Bucket", True), ("AWS::EC2::VPCGatewayAttachment", False)],
)
def test_whether_a_type_takes_tags_is_known(type_name: str, taggable: bool) -> None:
    assert _schema(type_name).is_taggable is taggable


def test_a_type_that_aws_does_not_have_has_no_schema() -> None:
    assert schemas.schema("AWS::Foo::Bar", "us-east-1") is None


def test_a_type_can_exist_in_one_region_and_not_in_another() -> None:
    export = "AWS::BCMDataExports::Export"
    assert (schemas.schema(export, "us-east-1"), schemas.schema(export, "ap-northeast-1")) == (
        _schema(export),
        None,
    )


def test_a_region_the_data_do_not_know_is_taken_for_us_east_1() -> None:
    assert _schema("AWS::S3::Bucket", "moon-north-1") is _schema("AWS::S3::Bucket")


def test_reading_a_schema_does_not_import_cfn_lint() -> None:
    program = (
        "import sys; from herogate.local.planes.cloudformation.checks import schemas; "
        "schemas.schema('AWS::S3::Bucket', 'us-east-1'); print('cfnlint' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert answer.stdout == "False\n"
