"""CodeBuild's projects as declarations."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud

ACCOUNT = "123456789012"
OF_PIPELINE = {"type": "CODEPIPELINE"}
SMALL = {
    "type": "LINUX_CONTAINER",
    "image": "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    "computeType": "BUILD_GENERAL1_SMALL",
}


@pytest.fixture(scope="session")
def role(role_of: Any) -> str:
    return str(role_of("builder", {"Service": "codebuild.amazonaws.com"}))


@pytest.fixture
def project(role: str) -> dict[str, Any]:
    return {
        "name": "builder",
        "source": OF_PIPELINE,
        "artifacts": OF_PIPELINE,
        "environment": SMALL,
        "serviceRole": role,
    }


def test_a_project_for_a_pipeline_gets_the_defaults_of_aws(
    cloud: LocalCloud, project: dict[str, Any]
) -> None:
    codebuild = cloud.client("codebuild")
    environment = {**SMALL, "environmentVariables": [{"name": "APP", "value": "shop"}]}
    source = {**OF_PIPELINE, "buildspec": "version: 0.2"}
    given = {**project, "source": source, "environment": environment, "badgeEnabled": False}
    created = codebuild.create_project(**given, tags=[{"key": "team", "value": "blue"}])["project"]

    assert codebuild.batch_get_projects(names=["builder"])["projects"] == [created]
    assert created.pop("created") <= created.pop("lastModified")
    assert created == {
        **project,
        "arn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/builder",
        "source": {**source, "insecureSsl": False},
        "artifacts": {
            **OF_PIPELINE,
            "name": "builder",
            "packaging": "NONE",
            "encryptionDisabled": False,
        },
        "environment": {
            **SMALL,
            "privilegedMode": False,
            "imagePullCredentialsType": "CODEBUILD",
            "environmentVariables": [{"name": "APP", "value": "shop", "type": "PLAINTEXT"}],
        },
        "cache": {"type": "NO_CACHE"},
        "timeoutInMinutes": 60,
        "queuedTimeoutInMinutes": 480,
        "encryptionKey": f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/s3",
        "secondarySources": [],
        "secondarySourceVersions": [],
        "secondaryArtifacts": [],
        "badge": {"badgeEnabled": False},
        "projectVisibility": "PRIVATE",
        "tags": [{"key": "team", "value": "blue"}],
    }


def test_an_update_changes_what_it_names(cloud: LocalCloud, project: dict[str, Any]) -> None:
    codebuild = cloud.client("codebuild")
    given = {**project, "name": "changing", "description": "Old", "timeoutInMinutes": 30}
    before = codebuild.create_project(**given)["project"]
    after = codebuild.update_project(name="changing", description="New")["project"]

    assert after.pop("lastModified") > before.pop("lastModified")
    assert after == {**before, "description": "New"}


def test_a_project_is_deleted_by_name_or_arn(cloud: LocalCloud, project: dict[str, Any]) -> None:
    codebuild = cloud.client("codebuild", region_name="eu-west-3")
    arns = [
        codebuild.create_project(**{**project, "name": name})["project"]["arn"]
        for name in ("one", "two")
    ]
    assert codebuild.list_projects(sortOrder="DESCENDING")["projects"] == ["two", "one"]

    codebuild.delete_project(name=arns[0])
    codebuild.delete_project(name="two")
    codebuild.delete_project(name="two")
    gone = codebuild.batch_get_projects(names=["one", "two"])
    assert gone["projectsNotFound"] == ["one", "two"]
    assert codebuild.list_projects()["projects"] == []


NO_SOURCE = {"source": {"type": "NO_SOURCE"}, "artifacts": {"type": "NO_ARTIFACTS"}}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"name": "-dash"},
            "1 validation error detected: Value '-dash' at 'name' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [A-Za-z0-9][A-Za-z0-9\-_]{1,149}",
        ),
        (
            {"timeoutInMinutes": 2161},
            "1 validation error detected: Value '2161' at 'timeoutInMinutes' failed to satisfy "
            "constraint: Member must have value less than or equal to 2160",
        ),
        (
            {"artifacts": {"type": "NO_ARTIFACTS"}},
            "Invalid project source: source type and artifacts type must both be CODEPIPELINE, or "
            "neither; got CODEPIPELINE and NO_ARTIFACTS",
        ),
        (
            {"source": {**OF_PIPELINE, "location": "somewhere"}},
            "Invalid source: source type CODEPIPELINE should have null location",
        ),
        (NO_SOURCE, "Missing buildspec: a buildspec is required when source type is NO_SOURCE"),
        (
            {**NO_SOURCE, "source": {"type": "CODECOMMIT"}},
            "Project source location is required",
        ),
        (
            {"environment": {**SMALL, "environmentVariables": [{"name": "A", "value": ""}] * 2}},
            "Duplicate environment variable: A",
        ),
        (
            {"environment": {**SMALL, "imagePullCredentialsType": "SERVICE_ROLE"}},
            "Invalid imagePullCredentialsType: CODEBUILD must be used with images of AWS CodeBuild",
        ),
        ({"serviceRole": "builder"}, "Invalid service role"),
        (
            {"serviceRole": "arn:aws:iam::999999999999:role/builder"},
            "Invalid service role: Service role account ID does not match caller's account",
        ),
        (
            {"serviceRole": f"arn:aws:iam::{ACCOUNT}:role/nobody"},
            "CodeBuild is not authorized to perform: sts:AssumeRole on "
            f"arn:aws:iam::{ACCOUNT}:role/nobody",
        ),
    ],
)
def test_a_project_that_aws_refuses_is_refused(
    cloud: LocalCloud,
    refusal: Any,
    project: dict[str, Any],
    parameters: dict[str, Any],
    message: str,
) -> None:
    codebuild = cloud.client("codebuild")
    given = {**project, "name": "refused", **parameters}

    assert refusal(codebuild.create_project, **given) == ("InvalidInputException", message)
    assert codebuild.batch_get_projects(names=["refused"])["projects"] == []


def test_a_project_whose_role_trusts_somebody_else_is_refused(
    cloud: LocalCloud, refusal: Any, role_of: Any, project: dict[str, Any]
) -> None:
    other = role_of("not-a-builder", {"Service": "codepipeline.amazonaws.com"})

    assert refusal(
        cloud.client("codebuild").create_project, **{**project, "serviceRole": other}
    ) == (
        "InvalidInputException",
        f"CodeBuild is not authorized to perform: sts:AssumeRole on {other}",
    )


def test_a_taken_name_and_a_missing_project_are_refused(
    cloud: LocalCloud, refusal: Any, project: dict[str, Any]
) -> None:
    codebuild = cloud.client("codebuild")
    codebuild.create_project(**{**project, "name": "taken"})

    assert refusal(codebuild.create_project, **{**project, "name": "taken"}) == (
        "ResourceAlreadyExistsException",
        f"Project already exists: arn:aws:codebuild:us-east-1:{ACCOUNT}:project/taken",
    )
    assert refusal(codebuild.update_project, name="missing", description="x") == (
        "ResourceNotFoundException",
        f"Project cannot be found: arn:aws:codebuild:us-east-1:{ACCOUNT}:project/missing",
    )
