"""CodeCommit, CodeBuild and CodePipeline, as far as moto answers them."""

from __future__ import annotations

from typing import Any

from .conftest import World


def test_a_repository_is_known_by_its_id_and_deleted_by_its_name(world: World) -> None:
    codecommit = world.client("codecommit")
    unmade = world.unmade("AWS::CodeCommit::Repository")
    properties = {
        "RepositoryName": "demo",
        "RepositoryDescription": "an app",
        "Tags": [{"Key": "app", "Value": "demo"}],
    }
    physical_id = unmade.handler.create(unmade.context, properties)
    found = codecommit.get_repository(repositoryName="demo")["repositoryMetadata"]
    assert physical_id == found["repositoryId"]
    assert found["repositoryDescription"] == "an app"
    for _ in range(2):
        unmade.handler.delete(unmade.context, physical_id, properties)


def test_a_build_project_is_made_and_deleted(world: World) -> None:
    codebuild = world.client("codebuild")
    project = world.make(
        "AWS::CodeBuild::Project",
        Name="demo-build",
        ServiceRole=world.role("codebuild"),
        Source={"Type": "S3", "Location": "bucket/source.zip", "BuildSpec": "version: 0.2"},
        Artifacts={"Type": "NO_ARTIFACTS"},
        Environment={
            "Type": "LINUX_CONTAINER",
            "ComputeType": "BUILD_GENERAL1_SMALL",
            "Image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "PrivilegedMode": "true",
            "EnvironmentVariables": [{"Name": "HEROGATE_APP", "Value": "demo"}],
        },
        TimeoutInMinutes="20",
    )
    found = codebuild.batch_get_projects(names=["demo-build"])["projects"][0]
    assert project.attributes == {"Arn": found["arn"], "Id": "demo-build"}
    assert found["environment"]["privilegedMode"] is True
    assert found["environment"]["environmentVariables"][0]["name"] == "HEROGATE_APP"
    assert found["timeoutInMinutes"] == 20
    assert found["source"]["buildspec"] == "version: 0.2"
    project.delete()
    assert codebuild.list_projects()["projects"] == []


def stages(branch: str) -> list[dict[str, Any]]:
    def action(name: str, category: str, provider: str, **settings: Any) -> dict[str, Any]:
        kind = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
        return {"Name": name, "ActionTypeId": kind, **settings}

    source = action(
        "Source",
        "Source",
        "CodeCommit",
        Configuration={
            "RepositoryName": "demo",
            "BranchName": branch,
            "PollForSourceChanges": False,
        },
        OutputArtifacts=[{"Name": "source"}],
        Namespace="source",
    )
    build = action(
        "Build",
        "Build",
        "CodeBuild",
        Configuration={"ProjectName": "demo-build"},
        InputArtifacts=[{"Name": "source"}],
        RunOrder="1",
    )
    return [{"Name": "Source", "Actions": [source]}, {"Name": "Build", "Actions": [build]}]


def test_a_codepipeline_lives(world: World) -> None:
    codepipeline = world.client("codepipeline")
    place: dict[str, Any] = {
        "Name": "ab12--demo",
        "RoleArn": world.role("codepipeline"),
        "ArtifactStore": {"Type": "S3", "Location": "bucket"},
        "PipelineType": "V2",
        "ExecutionMode": "SUPERSEDED",
    }
    pipeline = world.make(
        "AWS::CodePipeline::Pipeline",
        **place,
        Stages=stages("main"),
        Tags=[{"Key": "app", "Value": "demo"}],
    )

    def branch() -> str:
        found = codepipeline.get_pipeline(name="ab12--demo")["pipeline"]
        return str(found["stages"][0]["actions"][0]["configuration"]["BranchName"])

    def tags() -> dict[str, str]:
        found = codepipeline.list_tags_for_resource(resourceArn=pipeline.attributes["Arn"])
        return {tag["key"]: tag["value"] for tag in found["tags"]}

    assert pipeline.attributes == {
        "Arn": "arn:aws:codepipeline:us-east-1:123456789012:ab12--demo",
        "Version": "1",
    }
    found = codepipeline.get_pipeline(name="ab12--demo")["pipeline"]
    assert found["pipelineType"] == "V2"
    configuration = found["stages"][0]["actions"][0]["configuration"]
    assert configuration["PollForSourceChanges"] == "false"
    assert found["stages"][1]["actions"][0]["runOrder"] == 1
    assert (branch(), tags()) == ("main", {"team": "web", "app": "demo"})

    pipeline.update(**place, Stages=stages("master"))
    assert (branch(), tags()) == ("master", {"team": "web"})

    pipeline.delete()
    assert codepipeline.list_pipelines()["pipelines"] == []
