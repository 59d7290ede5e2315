"""Reasons in CloudFormation's words."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.course import failures


def refused(code: str, message: str, status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {  # type: ignore[typeddict-item]
                "HTTPStatusCode": status,
                "RequestId": "11111111-2222-3333-4444-555555555555",
            },
        },
        "CreateRole",
    )


def test_a_services_refusal_is_told_as_aws_handlers_tell_it() -> None:
    reason = failures.reason(refused("EntityAlreadyExists", "Role x already exists.", 409), "IAM")
    assert re.fullmatch(
        r'Resource handler returned message: "Role x already exists\. \(Service: Iam, Status Code: '
        r'409, Request ID: 11111111-2222-3333-4444-555555555555\)" \(RequestToken: [0-9a-f-]{36}, '
        r"HandlerErrorCode: AlreadyExists\)",
        reason,
    )


def test_our_own_refusal_is_told_as_it_stands() -> None:
    assert failures.reason(AwsError("ValidationError", "No."), "IAM") == "No."


def test_a_fault_of_the_handlers_own_is_an_internal_failure() -> None:
    reason = failures.reason(KeyError("Vpc"), "EC2")
    assert reason.startswith(
        "Resource handler returned message: \"KeyError: 'Vpc'\" (RequestToken: "
    )
    assert reason.endswith("HandlerErrorCode: InternalFailure)")


@pytest.mark.parametrize(
    ("service_id", "name"),
    [
        ("EC2", "Ec2"),
        ("IAM", "Iam"),
        ("DynamoDB", "DynamoDb"),
        ("CodeCommit", "CodeCommit"),
        ("CloudWatch Logs", "CloudWatchLogs"),
        ("Elastic Load Balancing v2", "ElasticLoadBalancingV2"),
        ("Route 53", "Route53"),
        ("S3", "S3"),
    ],
)
def test_services_are_named_as_in_aws_java_sdk(service_id: str, name: str) -> None:
    assert f"(Service: {name}, " in failures.reason(refused("Invalid", "No."), service_id)


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("EntityAlreadyExists", 409, "AlreadyExists"),
        ("BucketAlreadyOwnedByYou", 409, "AlreadyExists"),
        ("DuplicateTargetGroupName", 400, "AlreadyExists"),
        ("RepositoryNameExistsException", 400, "AlreadyExists"),
        ("AccessDenied", 403, "AccessDenied"),
        ("UnauthorizedOperation", 403, "AccessDenied"),
        ("ExpiredToken", 403, "InvalidCredentials"),
        ("NoSuchEntity", 404, "NotFound"),
        ("InvalidVpcID.NotFound", 400, "NotFound"),
        ("RepositoryDoesNotExistException", 400, "NotFound"),
        ("TooManyTargetGroups", 400, "ServiceLimitExceeded"),
        ("LimitExceededException", 400, "ServiceLimitExceeded"),
        ("ThrottlingException", 400, "Throttling"),
        ("BucketNotEmpty", 409, "ResourceConflict"),
        ("DeleteConflict", 409, "ResourceConflict"),
        ("DependencyViolation", 400, "InvalidRequest"),
        ("InternalError", 500, "ServiceInternalError"),
        ("", 0, "GeneralServiceException"),
    ],
)
def test_handler_error_codes(code: str, status: int, expected: str) -> None:
    assert failures.handler_error_code(code, status) == expected


def test_the_reason_of_a_failed_update_names_both_kinds() -> None:
    assert failures.failed_resources(["A", "B"], ["C"]) == (
        "The following resource(s) failed to create: [A, B]. "
        "The following resource(s) failed to update: [C]. "
    )
