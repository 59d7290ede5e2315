"""CodeBuild's builds as the API has them: refusals, overrides, lists, retries."""

from __future__ import annotations

from typing import Any

import pytest
from building import ENVIRONMENT, Building, building
from local_cloud import LocalCloud

ACCOUNT = "123456789012"
NOTHING = "version: 0.2\nphases: {build: {commands: ['true']}}\n"
WAITING = "version: 0.2\nphases: {build: {commands: [sleep 1000]}}\n"


@pytest.fixture(scope="module")
def at_work(cloud: LocalCloud) -> Building:
    return building(cloud, "codebuild-builds")


def test_a_build_is_shown_as_it_was_asked_for(at_work: Building) -> None:
    project = at_work.project("shown", NOTHING)
    started = at_work.codebuild.start_build(
        projectName=project,
        timeoutInMinutesOverride=7,
        queuedTimeoutInMinutesOverride=8,
        computeTypeOverride="BUILD_GENERAL1_LARGE",
        environmentVariablesOverride=[{"name": "A", "value": "b"}],
        privilegedModeOverride=True,
    )["build"]
    build_id = started["id"]
    identifier = build_id.removeprefix("shown:")
    moment = started.pop("startTime")
    for phase in started["phases"]:
        assert phase.pop("startTime") == phase.pop("endTime", moment)
    logs = started.pop("logs")

    assert logs["streamName"] == identifier
    assert started == {
        "id": build_id,
        "arn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:build/{build_id}",
        "buildNumber": 1,
        "buildStatus": "IN_PROGRESS",
        "buildComplete": False,
        "currentPhase": "QUEUED",
        "projectName": "shown",
        "phases": [
            {
                "phaseType": "SUBMITTED",
                "phaseStatus": "SUCCEEDED",
                "durationInSeconds": 0,
                "contexts": [{"statusCode": "", "message": ""}],
            },
            {"phaseType": "QUEUED"},
        ],
        "source": {"type": "NO_SOURCE", "buildspec": NOTHING, "insecureSsl": False},
        "secondarySources": [],
        "secondarySourceVersions": [],
        "artifacts": {"location": ""},
        "secondaryArtifacts": [],
        "cache": {"type": "NO_CACHE"},
        "environment": {
            **ENVIRONMENT,
            "computeType": "BUILD_GENERAL1_LARGE",
            "imagePullCredentialsType": "CODEBUILD",
            "privilegedMode": True,
            "environmentVariables": [{"name": "A", "value": "b", "type": "PLAINTEXT"}],
        },
        "serviceRole": at_work.role,
        "timeoutInMinutes": 7,
        "queuedTimeoutInMinutes": 8,
        "initiator": "developer",
        "encryptionKey": f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/s3",
    }
    assert at_work.ended(build_id)["buildStatus"] == "SUCCEEDED"


def test_builds_are_numbered_listed_and_found_by_id_or_arn(at_work: Building) -> None:
    codebuild = at_work.codebuild
    project = at_work.project("listed", NOTHING)
    builds = [at_work.build(project) for _ in range(3)]
    ids = [build["id"] for build in builds]
    ascending = codebuild.list_builds_for_project(projectName=project, sortOrder="ASCENDING")
    found = codebuild.batch_get_builds(ids=[builds[0]["arn"], "listed:none"])

    assert [build["buildNumber"] for build in builds] == [1, 2, 3]
    assert codebuild.list_builds_for_project(projectName=project)["ids"] == ids[::-1]
    assert ascending["ids"] == ids
    assert codebuild.list_builds()["ids"][:3] == ids[::-1]
    assert [build["id"] for build in found["builds"]] == ids[:1]
    assert found["buildsNotFound"] == ["listed:none"]


def test_numbers_go_on_when_a_project_is_made_again(at_work: Building) -> None:
    project = at_work.project("again", NOTHING)
    at_work.build(project)
    at_work.codebuild.delete_project(name=project)
    at_work.project("again", NOTHING)

    assert at_work.build(project)["buildNumber"] == 2


def test_the_same_token_starts_one_build(at_work: Building, refusal: Any) -> None:
    codebuild = at_work.codebuild
    project = at_work.project("once", NOTHING)
    started = [
        codebuild.start_build(projectName=project, idempotencyToken="one")["build"]["id"]
        for _ in range(2)
    ]
    at_work.ended(started[0])

    assert started[0] == started[1]
    assert refusal(
        codebuild.start_build, projectName=project, idempotencyToken="one", sourceVersion="v"
    ) == ("InvalidInputException", "The idempotency token was used with other parameters")


def test_a_retry_is_a_new_build_of_the_same(at_work: Building, refusal: Any) -> None:
    project = at_work.project("retried", "version: 0.2\nphases: {build: {commands: [exit 1]}}\n")
    variables = [{"name": "A", "value": "b", "type": "PLAINTEXT"}]
    first = at_work.build(project, environmentVariablesOverride=variables)
    second = at_work.ended(at_work.codebuild.retry_build(id=first["id"])["build"]["id"])

    assert (second["buildNumber"], second["buildStatus"]) == (2, "FAILED")
    assert second["environment"]["environmentVariables"] == variables
    assert refusal(at_work.codebuild.retry_build, id="retried:none") == (
        "ResourceNotFoundException",
        "Build retried:none does not exist",
    )


def test_a_build_under_way_is_not_deleted(at_work: Building) -> None:
    codebuild = at_work.codebuild
    project = at_work.project("deleted", WAITING)
    build = codebuild.start_build(projectName=project)["build"]
    early = codebuild.batch_delete_builds(ids=[build["id"], "deleted:none"])
    stopped = codebuild.stop_build(id=build["arn"])["build"]
    at_work.ended(build["id"])
    late = codebuild.batch_delete_builds(ids=[build["id"]])

    assert early["buildsNotDeleted"] == [
        {"id": build["arn"], "statusCode": "BUILD_IN_PROGRESS"},
        {"id": "deleted:none", "statusCode": "BUILD_NOT_FOUND"},
    ]
    assert stopped["id"] == build["id"]
    assert late["buildsDeleted"] == [build["arn"]]
    assert codebuild.list_builds_for_project(projectName=project)["ids"] == []


def test_a_project_has_no_more_builds_than_it_may(at_work: Building, refusal: Any) -> None:
    codebuild = at_work.codebuild
    project = at_work.project("limited", WAITING, concurrentBuildLimit=1)
    build = codebuild.start_build(projectName=project)["build"]

    assert refusal(codebuild.start_build, projectName=project) == (
        "AccountLimitExceededException",
        "Cannot have more than 1 active builds for the project limited",
    )
    codebuild.stop_build(id=build["id"])
    at_work.ended(build["id"])
    assert at_work.build(project, buildspecOverride=NOTHING)["buildStatus"] == "SUCCEEDED"


REFUSALS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "unknown override": (
        {"debugSessionEnabled": True},
        ("NotImplemented", "debugSessionEnabled in codebuild:StartBuild"),
    ),
    "elsewhere": (
        {"sourceTypeOverride": "GITHUB", "sourceLocationOverride": "https://github.com/a/b"},
        ("NotImplemented", "sources of the type GITHUB in builds"),
    ),
    "windows": (
        {"environmentTypeOverride": "WINDOWS_SERVER_2022_CONTAINER"},
        ("NotImplemented", "other environments than Linux containers in builds"),
    ),
    "logs": (
        {"logsConfigOverride": {"s3Logs": {"status": "ENABLED", "location": "a"}}},
        ("NotImplemented", "logs in S3 in builds"),
    ),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_no_build_here_has_is_refused_by_name(
    at_work: Building, refusal: Any, kind: str
) -> None:
    asked, (code, what) = REFUSALS[kind]
    project = at_work.project(f"refused-{kind.replace(' ', '-')}", NOTHING)

    assert refusal(at_work.codebuild.start_build, projectName=project, **asked) == (
        code,
        f"The local cloud does not support {what}.",
    )
    assert at_work.codebuild.list_builds_for_project(projectName=project)["ids"] == []


def test_what_aws_refuses_to_start_is_refused(at_work: Building, refusal: Any) -> None:
    codebuild = at_work.codebuild
    of_pipeline = {"type": "CODEPIPELINE"}
    pipeline = at_work.project("of-pipeline", NOTHING, source=of_pipeline, artifacts=of_pipeline)
    project = at_work.project("refusing", NOTHING)
    role = f"arn:aws:iam::{ACCOUNT}:role/nobody"

    assert refusal(codebuild.start_build, projectName="none") == (
        "ResourceNotFoundException",
        f"Project cannot be found: arn:aws:codebuild:us-east-1:{ACCOUNT}:project/none",
    )
    assert refusal(codebuild.start_build, projectName=pipeline) == (
        "InvalidInputException",
        "Invalid project source: a build of the source type CODEPIPELINE is started by AWS "
        "CodePipeline",
    )
    assert refusal(codebuild.start_build, projectName=project, serviceRoleOverride=role) == (
        "InvalidInputException",
        f"CodeBuild is not authorized to perform: sts:AssumeRole on {role}",
    )
    assert refusal(codebuild.start_build_batch, projectName=project) == (
        "NotImplemented",
        "The local cloud does not support codebuild:StartBuildBatch (batch builds).",
    )
    assert refusal(codebuild.stop_build, id="refusing:none") == (
        "ResourceNotFoundException",
        "Build refusing:none does not exist",
    )
