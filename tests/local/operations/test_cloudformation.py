"""CloudFormation's API as plain boto3 and the aws CLI see it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.session import get_session
from local_cloud import LocalCloud
from waiting import wait_for, wait_until

from herogate.local.operations import operations

PARAMETER = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "one"}}
TEMPLATE = json.dumps({"Description": "one parameter", "Resources": {"It": PARAMETER}})


@pytest.fixture
def api(cloud: LocalCloud) -> Any:
    return cloud.client("cloudformation")


@pytest.fixture
def name() -> str:
    return f"stack-{uuid4().hex[:12]}"


def created(api: Any, name: str, body: str = TEMPLATE, **options: Any) -> str:
    stack_id = str(api.create_stack(StackName=name, TemplateBody=body, **options)["StackId"])
    api.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 5000}
    )
    return stack_id


def test_every_operation_of_aws_is_answered_or_refused_here() -> None:
    model = get_session().get_service_model("cloudformation")
    own = {name for service, name in operations() if service == "cloudformation"}
    assert own == set(model.operation_names)


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("describe_stacks", {}, "Stack with id nowhere does not exist"),
        ("describe_stack_events", {}, "Stack [nowhere] does not exist"),
        ("describe_stack_resources", {}, "Stack with id nowhere does not exist"),
        (
            "describe_stack_resource",
            {"LogicalResourceId": "It"},
            "Stack with id nowhere does not exist",
        ),
        ("list_stack_resources", {}, "Stack with id nowhere does not exist"),
        ("get_template", {}, "Stack with id nowhere does not exist"),
        ("update_stack", {"TemplateBody": TEMPLATE}, "Stack [nowhere] does not exist"),
        ("cancel_update_stack", {}, "Stack [nowhere] does not exist"),
        ("continue_update_rollback", {}, "Stack [nowhere] does not exist"),
        (
            "update_termination_protection",
            {"EnableTerminationProtection": True},
            "Stack [nowhere] does not exist",
        ),
        ("list_change_sets", {}, "Stack [nowhere] does not exist"),
    ],
)
def test_a_stack_that_is_not_there_is_a_validation_error(
    api: Any, refusal: Any, operation: str, parameters: dict[str, Any], expected: str
) -> None:
    answer = refusal(getattr(api, operation), StackName="nowhere", **parameters)
    assert answer == ("ValidationError", expected)


def test_deleting_a_stack_that_is_not_there_does_nothing(api: Any) -> None:
    api.delete_stack(StackName="nowhere")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"StackName": "a_b", "TemplateBody": TEMPLATE},
            (
                "ValidationError",
                "1 validation error detected: Value 'a_b' at 'stackName' failed to satisfy "
                "constraint: Member must satisfy regular expression pattern: "
                "[a-zA-Z][-a-zA-Z0-9]*",
            ),
        ),
        (
            {"StackName": "a" * 129, "TemplateBody": TEMPLATE},
            (
                "ValidationError",
                f"1 validation error detected: Value '{'a' * 129}' at 'stackName' failed to "
                "satisfy constraint: Member must have length less than or equal to 128",
            ),
        ),
        (
            {"StackName": "a"},
            ("ValidationError", "Either Template URL or Template Body must be specified."),
        ),
        (
            {"StackName": "a", "TemplateBody": " " * 51_201},
            (
                "ValidationError",
                "1 validation error detected: Value at 'templateBody' failed to satisfy "
                "constraint: Member must have length less than or equal to 51200",
            ),
        ),
        (
            {"StackName": "a", "TemplateURL": "ftp://example.com/template"},
            ("ValidationError", "TemplateURL must be a supported URL."),
        ),
        (
            {
                "StackName": "a",
                "TemplateBody": json.dumps(
                    {
                        "Resources": {
                            "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x"}}
                        }
                    }
                ),
                "Capabilities": ["CAPABILITY_IAM"],
            },
            (
                "InsufficientCapabilitiesException",
                "Requires capabilities : [CAPABILITY_NAMED_IAM]",
            ),
        ),
        (
            {"StackName": "a", "TemplateBody": TEMPLATE, "ResourceTypes": ["AWS::SSM::*"]},
            ("NotImplemented", "The local cloud does not support the parameter ResourceTypes."),
        ),
        (
            {
                "StackName": "a",
                "TemplateBody": json.dumps(
                    {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {}}}}
                ),
            },
            (
                "NotImplemented",
                "The local cloud does not support the resource types [AWS::Lambda::Function].",
            ),
        ),
        (
            {
                "StackName": "a",
                "TemplateBody": json.dumps(
                    {
                        "Resources": {
                            "B": {
                                "Type": "AWS::S3::Bucket",
                                "Properties": {"ReplicationConfiguration": {}},
                            }
                        }
                    }
                ),
            },
            (
                "NotImplemented",
                "The local cloud does not support the property ReplicationConfiguration of "
                "AWS::S3::Bucket.",
            ),
        ),
        (
            {
                "StackName": "a",
                "TemplateBody": TEMPLATE,
                "RoleARN": "arn:aws:iam::123456789012:role/no-such-role",
            },
            (
                "ValidationError",
                "Role arn:aws:iam::123456789012:role/no-such-role is invalid or cannot be assumed",
            ),
        ),
        (
            {
                "StackName": "a",
                "TemplateBody": TEMPLATE,
                "Parameters": [{"ParameterKey": "X", "UsePreviousValue": True}],
            },
            (
                "ValidationError",
                "Invalid input for parameter key X. Cannot specify usePreviousValue as true for a "
                "parameter key not in the previous template",
            ),
        ),
        (
            {
                "StackName": "a",
                "TemplateBody": TEMPLATE,
                "Tags": [{"Key": "aws:mine", "Value": "no"}],
            },
            (
                "ValidationError",
                "aws: prefixed tag key names are not allowed for external use.",
            ),
        ),
    ],
)
def test_what_createstack_refuses(
    cloud: LocalCloud, refusal: Any, unchecked: Any, parameters: dict[str, Any], expected: Any
) -> None:
    api = cloud.client("cloudformation", config=unchecked)
    assert refusal(api.create_stack, **parameters) == expected
    found = api.list_stacks()["StackSummaries"]
    assert [stack for stack in found if stack["StackName"] == parameters["StackName"]] == []


def test_a_name_is_taken_once(api: Any, name: str, refusal: Any) -> None:
    created(api, name)
    assert refusal(api.create_stack, StackName=name, TemplateBody=TEMPLATE) == (
        "AlreadyExistsException",
        f"Stack [{name}] already exists",
    )


def test_a_request_repeated_with_its_token_is_the_same_request(
    api: Any, name: str, refusal: Any
) -> None:
    first = created(api, name, ClientRequestToken="a-token")
    again = api.create_stack(StackName=name, TemplateBody=TEMPLATE, ClientRequestToken="a-token")
    assert again["StackId"] == first
    events = api.describe_stack_events(StackName=name)["StackEvents"]
    assert {event["ClientRequestToken"] for event in events} == {"a-token"}
    code, _ = refusal(
        api.update_stack, StackName=name, TemplateBody=TEMPLATE, ClientRequestToken="a-token"
    )
    assert code == "TokenAlreadyExistsException"


def test_a_stack_that_was_rolled_back_cannot_be_updated(
    cloud: LocalCloud, api: Any, name: str, refusal: Any
) -> None:
    cloud.client("ssm").put_parameter(Name=name, Value="mine", Type="String")
    taken = {"Type": "AWS::SSM::Parameter", "Properties": {**PARAMETER["Properties"], "Name": name}}  # type: ignore[dict-item]
    body = json.dumps({"Resources": {"It": taken}})
    stack_id = api.create_stack(StackName=name, TemplateBody=body)["StackId"]
    wait_for(
        lambda: api.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"],
        lambda status: bool(status == "ROLLBACK_COMPLETE"),
    )
    assert refusal(api.update_stack, StackName=name, TemplateBody=TEMPLATE) == (
        "ValidationError",
        f"Stack:{stack_id} is in ROLLBACK_COMPLETE state and can not be updated.",
    )


def test_a_stack_is_described_as_aws_describes_it(api: Any, name: str) -> None:
    stack_id = created(api, name, Tags=[{"Key": "team", "Value": "blue"}])
    stack = api.describe_stacks(StackName=name)["Stacks"][0]
    assert stack.pop("CreationTime")
    assert [o["OperationType"] for o in stack.pop("LastOperations")] == ["CREATE_STACK"]
    assert stack == {
        "StackId": stack_id,
        "StackName": name,
        "Description": "one parameter",
        "RollbackConfiguration": {},
        "StackStatus": "CREATE_COMPLETE",
        "DisableRollback": False,
        "NotificationARNs": [],
        "Tags": [{"Key": "team", "Value": "blue"}],
        "EnableTerminationProtection": False,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }
    assert stack_id.startswith(f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/")
    detail = api.describe_stack_resource(StackName=name, LogicalResourceId="It")
    assert detail["StackResourceDetail"]["StackId"] == stack_id
    physical_id = detail["StackResourceDetail"]["PhysicalResourceId"]
    by_resource = api.describe_stack_resources(PhysicalResourceId=physical_id)["StackResources"]
    assert [r["StackName"] for r in by_resource] == [name]
    listed = api.list_stack_resources(StackName=name)["StackResourceSummaries"]
    assert [r["LogicalResourceId"] for r in listed] == ["It"]
    names = [
        s["StackName"]
        for s in api.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
    ]
    assert name in names


def test_a_template_is_given_back_as_it_was_sent(api: Any, name: str) -> None:
    body = "# a comment\nResources:\n  It:\n    Type: AWS::SNS::Topic\n"
    created(api, name, body)
    for stage in ("Original", "Processed"):
        answer = api.get_template(StackName=name, TemplateStage=stage)
        assert (answer["TemplateBody"], answer["StagesAvailable"]) == (
            body,
            ["Original", "Processed"],
        )


def test_a_template_may_stand_in_a_bucket(cloud: LocalCloud, api: Any, name: str) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=name)
    large = json.dumps({"Metadata": {"x": "y" * 60_000}, "Resources": {"It": PARAMETER}})
    s3.put_object(Bucket=name, Key="a/template.json", Body=large.encode())
    for number, url in enumerate(
        (
            f"{cloud.endpoint_url}/{name}/a/template.json",
            f"https://s3.us-east-1.amazonaws.com/{name}/a/template.json",
            f"https://{name}.s3.amazonaws.com/a/template.json",
        )
    ):
        api.create_stack(StackName=f"{name}-{number}", TemplateURL=url)
        api.get_waiter("stack_create_complete").wait(
            StackName=f"{name}-{number}", WaiterConfig={"Delay": 0, "MaxAttempts": 5000}
        )
    with pytest.raises(api.exceptions.ClientError, match="S3 error: "):
        api.create_stack(StackName=name, TemplateURL=f"{cloud.endpoint_url}/{name}/no")


def test_validating_tells_parameters_and_capabilities(api: Any) -> None:
    body = json.dumps(
        {
            "Description": "a role",
            "Parameters": {
                "Size": {"Type": "String", "Default": "small", "AllowedValues": ["small", "large"]},
                "Secret": {"Type": "String", "NoEcho": True, "Description": "not shown"},
            },
            "Resources": {
                "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
            },
        }
    )
    validated = api.validate_template(TemplateBody=body)
    del validated["ResponseMetadata"]
    assert validated == {
        "Description": "a role",
        "Parameters": [
            {"ParameterKey": "Size", "DefaultValue": "small", "NoEcho": False},
            {"ParameterKey": "Secret", "NoEcho": True, "Description": "not shown"},
        ],
        "Capabilities": ["CAPABILITY_IAM"],
        "CapabilitiesReason": "The following resource(s) require capabilities: [AWS::IAM::Role]",
    }
    summary = api.get_template_summary(TemplateBody=body)
    assert summary["ResourceTypes"] == ["AWS::IAM::Role"]
    assert summary["Parameters"][0] == {
        "ParameterKey": "Size",
        "DefaultValue": "small",
        "NoEcho": False,
        "ParameterType": "String",
        "ParameterConstraints": {"AllowedValues": ["small", "large"]},
    }


def test_no_echo_is_never_shown(api: Any, name: str) -> None:
    body = json.dumps(
        {
            "Parameters": {"Secret": {"Type": "String", "NoEcho": True}},
            "Resources": {
                "It": {
                    "Type": "AWS::SSM::Parameter",
                    "Properties": {"Type": "String", "Value": {"Ref": "Secret"}},
                }
            },
        }
    )
    secret = {"ParameterKey": "Secret", "ParameterValue": "hunter2"}
    created(api, name, body, Parameters=[secret])
    shown = [
        api.describe_stacks(StackName=name),
        api.describe_stack_events(StackName=name),
        api.describe_stack_resources(StackName=name),
    ]
    assert "hunter2" not in str(shown)
    assert shown[0]["Stacks"][0]["Parameters"] == [
        {"ParameterKey": "Secret", "ParameterValue": "****"}
    ]


def test_events_come_in_pages(api: Any, name: str) -> None:
    resources = {f"P{number}": PARAMETER for number in range(40)}
    created(api, name, json.dumps({"Resources": resources}))
    pages = list(api.get_paginator("describe_stack_events").paginate(StackName=name))
    assert [len(page["StackEvents"]) for page in pages] == [100, 22]
    ids = [event["EventId"] for page in pages for event in page["StackEvents"]]
    assert len(set(zip(ids, range(len(ids)), strict=True))) == 122


def test_a_role_given_to_a_stack_is_the_one_that_works_and_sticks(
    cloud: LocalCloud, api: Any, name: str, role_of: Any
) -> None:
    role_arn = role_of(name, {"Service": "cloudformation.amazonaws.com"})
    created(api, name, RoleARN=role_arn)
    assert api.describe_stacks(StackName=name)["Stacks"][0]["RoleARN"] == role_arn
    other = json.dumps({"Resources": {"It": PARAMETER, "Other": PARAMETER}})
    api.update_stack(StackName=name, TemplateBody=other)
    api.get_waiter("stack_update_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 5000}
    )
    assert api.describe_stacks(StackName=name)["Stacks"][0]["RoleARN"] == role_arn
    log = (cloud.directory.path / "cloud.log").read_text()
    assert f"assumed-role/{name}/AWSCloudFormation ssm:PutParameter" in log


def test_a_stack_with_a_policy_is_not_updated(api: Any, name: str, refusal: Any) -> None:
    created(api, name)
    api.set_stack_policy(StackName=name, StackPolicyBody='{"Statement": []}')
    assert api.get_stack_policy(StackName=name)["StackPolicyBody"] == '{"Statement": []}'
    assert refusal(api.update_stack, StackName=name, TemplateBody=TEMPLATE) == (
        "NotImplemented",
        "The local cloud does not support updating a stack that has a stack policy.",
    )


def test_the_aws_cli_deploys_waits_looks_and_deletes(
    cloud: LocalCloud, name: str, tmp_path: Path
) -> None:
    def aws(*arguments: str) -> str:
        command = [sys.executable, "-m", "awscli", "cloudformation", *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, env=cloud.environment, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    file = tmp_path / "template.json"
    file.write_text(TEMPLATE)
    deploy = ("deploy", "--stack-name", name, "--template-file", str(file))
    assert f"Successfully created/updated stack - {name}" in aws(*deploy)
    aws("wait", "stack-create-complete", "--stack-name", name)
    assert "No changes to deploy" in aws(*deploy, "--no-fail-on-empty-changeset")
    events = json.loads(aws("describe-stack-events", "--stack-name", name))["StackEvents"]
    assert events[0]["ResourceStatus"] == "CREATE_COMPLETE"
    aws("delete-stack", "--stack-name", name)
    cloudformation = cloud.client("cloudformation")
    wait_until(lambda: name not in str(cloudformation.describe_stacks()["Stacks"]))
    aws("wait", "stack-delete-complete", "--stack-name", name)
