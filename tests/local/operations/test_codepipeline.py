"""CodePipeline's pipelines as declarations. Executions are tested with the plane."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud

ACCOUNT = "123456789012"


def source(**changes: Any) -> dict[str, Any]:
    """A source action that gives `Source`."""
    return {
        "name": "Source",
        "actionTypeId": {
            "category": "Source",
            "owner": "AWS",
            "provider": "CodeCommit",
            "version": "1",
        },
        "configuration": {"RepositoryName": "shop", "BranchName": "main"},
        "outputArtifacts": [{"name": "Source"}],
        **changes,
    }


def build(name: str, takes: str, *gives: str, **changes: Any) -> dict[str, Any]:
    """A build action that takes one artifact and gives some."""
    return {
        "name": name,
        "actionTypeId": {
            "category": "Build",
            "owner": "AWS",
            "provider": "CodeBuild",
            "version": "1",
        },
        "configuration": {"ProjectName": "shop"},
        "inputArtifacts": [{"name": takes}],
        "outputArtifacts": [{"name": give} for give in gives],
        **changes,
    }


def stage(name: str, *actions: Any) -> dict[str, Any]:
    return {"name": name, "actions": list(actions)}


@pytest.fixture(scope="session")
def role(role_of: Any) -> str:
    return str(role_of("pipeline", {"Service": "codepipeline.amazonaws.com"}))


@pytest.fixture
def pipeline(role: str) -> dict[str, Any]:
    return {
        "name": "shop",
        "roleArn": role,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "variables": [{"name": "commit", "defaultValue": "HEAD", "description": "What to build"}],
        "stages": [
            stage("Source", source(namespace="Source")),
            stage("Build", build("Build", "Source", "Built", runOrder=2)),
            stage("Release", build("Release", "Built", timeoutInMinutes=30)),
        ],
    }


def completed(pipeline: dict[str, Any], *, version: int) -> dict[str, Any]:
    """A declaration with what AWS fills in."""
    filled = {"runOrder": 1, "configuration": {}, "inputArtifacts": [], "outputArtifacts": []}
    stages = [
        {**one, "actions": [{**filled, **action} for action in one["actions"]]}
        for one in pipeline["stages"]
    ]
    return {**pipeline, "stages": stages, "version": version}


def test_a_pipeline_of_type_v2_is_kept_whole(cloud: LocalCloud, pipeline: dict[str, Any]) -> None:
    codepipeline = cloud.client("codepipeline")
    tags = [{"key": "team", "value": "blue"}]
    created = codepipeline.create_pipeline(pipeline=pipeline, tags=tags)
    shown = codepipeline.get_pipeline(name="shop")

    assert created["pipeline"] == shown["pipeline"] == completed(pipeline, version=1)
    assert created["tags"] == tags
    assert shown["metadata"]["pipelineArn"] == f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:shop"
    assert shown["metadata"]["created"] == shown["metadata"]["updated"]


def test_an_update_makes_a_new_version(cloud: LocalCloud, pipeline: dict[str, Any]) -> None:
    codepipeline = cloud.client("codepipeline", region_name="eu-west-3")
    codepipeline.create_pipeline(pipeline=pipeline)
    changed = {**pipeline, "executionMode": "SUPERSEDED"}
    updated = codepipeline.update_pipeline(pipeline=changed)["pipeline"]

    listed = codepipeline.list_pipelines()["pipelines"]
    assert updated == completed(changed, version=2)
    assert listed[0].pop("created") < listed[0].pop("updated")
    assert listed == [
        {"name": "shop", "version": 2, "pipelineType": "V2", "executionMode": "SUPERSEDED"}
    ]
    codepipeline.delete_pipeline(name="shop")
    codepipeline.delete_pipeline(name="shop")
    assert codepipeline.list_pipelines()["pipelines"] == []


def test_tags_come_and_go(cloud: LocalCloud, pipeline: dict[str, Any]) -> None:
    codepipeline = cloud.client("codepipeline")
    codepipeline.create_pipeline(
        pipeline={**pipeline, "name": "tagged"}, tags=[{"key": "a", "value": "1"}]
    )
    arn = codepipeline.get_pipeline(name="tagged")["metadata"]["pipelineArn"]
    codepipeline.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    codepipeline.untag_resource(resourceArn=arn, tagKeys=["a"])

    tags = codepipeline.list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags == [{"key": "b", "value": "2"}]


def test_a_taken_name_and_a_missing_pipeline_are_refused(
    cloud: LocalCloud, refusal: Any, pipeline: dict[str, Any]
) -> None:
    codepipeline = cloud.client("codepipeline")
    codepipeline.create_pipeline(pipeline={**pipeline, "name": "taken"})
    missing = f"Account '{ACCOUNT}' does not have a pipeline with name 'missing'"

    assert refusal(codepipeline.create_pipeline, pipeline={**pipeline, "name": "taken"}) == (
        "PipelineNameInUseException",
        f"A pipeline with the name 'taken' already exists in account '{ACCOUNT}'",
    )
    assert refusal(codepipeline.get_pipeline, name="missing") == (
        "PipelineNotFoundException",
        missing,
    )
    assert (
        refusal(codepipeline.update_pipeline, pipeline={**pipeline, "name": "missing"})[1]
        == missing
    )


FIRST = stage("Source", source())
THEN = stage("Build", build("Build", "Source"))
STRUCTURE = "InvalidStructureException"
STAGE = "InvalidStageDeclarationException"
ACTION = "InvalidActionDeclarationException"


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"stages": [FIRST]},
            STRUCTURE,
            "Pipeline has only 1 stage(s). There should be a minimum of 2 stages in a pipeline",
        ),
        (
            {"stages": [stage("First", build("Build", "Source")), stage("Then", source())]},
            STRUCTURE,
            "Pipeline should start with a stage that only contains source actions",
        ),
        (
            {"stages": [FIRST, THEN, stage("Again", source(outputArtifacts=[{"name": "Other"}]))]},
            STRUCTURE,
            "Pipeline should have source actions in its first stage only; stage 'Again' has one",
        ),
        (
            {"stages": [FIRST, stage("Source", build("Build", "Source"))]},
            STAGE,
            "Stage names must be unique. 'Source' is used more than once",
        ),
        (
            {"stages": [FIRST, stage("Build")]},
            STAGE,
            "Stage 'Build' has 0 actions; there must be 1 to 50",
        ),
        (
            {"stages": [FIRST, stage("Build", *[build("Build", "Source")] * 2)]},
            ACTION,
            "Action names must be unique within a stage. 'Build' is used more than once in stage "
            "'Build'",
        ),
        (
            {"stages": [FIRST, stage("Build", build("Build", "Nothing"))]},
            ACTION,
            "Input Artifact Bundle Nothing in action Build is not declared as Output Artifact "
            "Bundle in any of the preceding actions",
        ),
        (
            {
                "stages": [
                    FIRST,
                    stage("Build", build("A", "Source", "Built"), build("B", "Built")),
                ]
            },
            ACTION,
            "Input Artifact Bundle Built in action B is not declared as Output Artifact Bundle in "
            "any of the preceding actions",
        ),
        (
            {"stages": [FIRST, stage("Build", build("Build", "Source", "Source"))]},
            ACTION,
            "Output Artifact Bundle name must be unique within the pipeline. Source has been used "
            "more than once.",
        ),
        (
            {"stages": [FIRST, stage("Build", build("Build", "Source", inputArtifacts=[]))]},
            ACTION,
            "Action Build declares 0 input artifacts which is less than the minimum count (1)",
        ),
        (
            {"stages": [FIRST, stage("Build", build("Build", "Source", configuration={}))]},
            ACTION,
            "Action configuration for action 'Build' is missing required configuration "
            "'ProjectName'",
        ),
        (
            {
                "stages": [
                    FIRST,
                    stage(
                        "Build",
                        build(
                            "Build", "Source", configuration={"ProjectName": "p", "Color": "red"}
                        ),
                    ),
                ]
            },
            ACTION,
            "Action configuration for action 'Build' contains unknown configuration 'Color'",
        ),
        (
            {
                "stages": [
                    stage("Source", source(namespace="N")),
                    stage("Build", build("Build", "Source", namespace="N")),
                ]
            },
            ACTION,
            "Namespaces must be unique across the pipeline definition. The following occur more "
            "than once in the pipeline. Namespace=[N]",
        ),
        (
            {"artifactStores": {"us-east-1": {"type": "S3", "location": "artifacts"}}},
            STRUCTURE,
            "Pipeline must have either artifactStore or artifactStores, but not both",
        ),
        (
            {"pipelineType": "V1", "variables": []},
            STRUCTURE,
            "Execution mode QUEUED is only supported by pipelines of type V2",
        ),
        (
            {"pipelineType": "V1"},
            STRUCTURE,
            "Pipeline variables are only supported by pipelines of type V2",
        ),
        (
            {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/nobody"},
            STRUCTURE,
            "CodePipeline is not authorized to perform AssumeRole on role "
            f"arn:aws:iam::{ACCOUNT}:role/nobody",
        ),
        (
            {"name": "two words"},
            "ValidationException",
            "1 validation error detected: Value 'two words' at 'pipeline.name' failed to satisfy "
            r"constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\-_]+",
        ),
    ],
)
def test_a_pipeline_that_aws_refuses_is_refused(
    cloud: LocalCloud,
    refusal: Any,
    pipeline: dict[str, Any],
    changes: dict[str, Any],
    code: str,
    message: str,
) -> None:
    codepipeline = cloud.client("codepipeline")
    declared = {**pipeline, "name": "refused", **changes}

    assert refusal(codepipeline.create_pipeline, pipeline=declared) == (code, message)
    assert refusal(codepipeline.get_pipeline, name="refused")[0] == "PipelineNotFoundException"


def test_an_action_unknown_here_is_refused_by_name(
    cloud: LocalCloud, refusal: Any, pipeline: dict[str, Any]
) -> None:
    kind = {"category": "Deploy", "owner": "AWS", "provider": "ECS", "version": "1"}
    stages = [FIRST, stage("Deploy", build("Deploy", "Source", actionTypeId=kind))]

    assert refusal(
        cloud.client("codepipeline").create_pipeline, pipeline={**pipeline, "stages": stages}
    ) == (
        "NotImplemented",
        "The local cloud does not support codepipeline actions of category Deploy, owner AWS, "
        "provider ECS (action 'Deploy').",
    )


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {"stages": [FIRST, {**THEN, "onFailure": {"result": "ROLLBACK"}}]},
            "onFailure of codepipeline stages",
        ),
        (
            {"stages": [FIRST, stage("Build", build("Build", "Source", region="eu-west-1"))]},
            "region of codepipeline actions (action 'Build')",
        ),
        (
            {
                "stages": [
                    FIRST,
                    stage(
                        "Build",
                        build(
                            "Build",
                            "Source",
                            configuration={"ProjectName": "p", "BatchEnabled": "true"},
                        ),
                    ),
                ]
            },
            "BatchEnabled of CodeBuild actions (action 'Build')",
        ),
    ],
)
def test_what_would_not_be_true_is_refused_by_name(
    cloud: LocalCloud, refusal: Any, pipeline: dict[str, Any], changes: dict[str, Any], what: str
) -> None:
    declared = {**pipeline, "name": "refused", **changes}

    assert refusal(cloud.client("codepipeline").create_pipeline, pipeline=declared) == (
        "NotImplemented",
        f"The local cloud does not support {what}.",
    )


def test_roll_backs_are_refused_by_name(cloud: LocalCloud, refusal: Any) -> None:
    nowhere = "00000000-0000-0000-0000-000000000000"
    rollback = cloud.client("codepipeline").rollback_stage

    assert refusal(
        rollback, pipelineName="shop", stageName="Build", targetPipelineExecutionId=nowhere
    ) == (
        "NotImplemented",
        "The local cloud does not support codepipeline:RollbackStage (roll-backs and conditions).",
    )
