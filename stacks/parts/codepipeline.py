"""An app's codepipeline: source, build, release."""

from __future__ import annotations

import json

from troposphere import GetAtt, Ref, Tags
from troposphere.codebuild import Project
from troposphere.codecommit import Repository
from troposphere.codepipeline import (
    Actions,
    ActionTypeId,
    ArtifactStore,
    InputArtifacts,
    OutputArtifacts,
    Pipeline,
    Stages,
)
from troposphere.iam import Role

from stacks import names

SOURCE_ARTIFACT = "source"
BUILD_ARTIFACT = "build"
"""Artifacts' names; with 10 characters at most they are whole in the bucket's keys."""


def codepipeline(
    app: str,
    *,
    repository: Repository,
    branch: str,
    build: Project,
    release: Project,
    bucket: str,
    role: Role,
    tags: Tags,
) -> Pipeline:
    """The codepipeline. A newer push takes the place of one that waits, never of one that runs."""
    return Pipeline(
        "Pipeline",
        Name=names.codepipeline(app),
        PipelineType="V2",
        ExecutionMode="SUPERSEDED",
        RoleArn=GetAtt(role, "Arn"),
        ArtifactStore=ArtifactStore(Type="S3", Location=bucket),
        Stages=[
            Stages(Name="Source", Actions=[_source_action(repository, branch)]),
            Stages(
                Name="Build",
                Actions=[_codebuild_action("Build", build, SOURCE_ARTIFACT, BUILD_ARTIFACT)],
            ),
            Stages(Name="Release", Actions=[_codebuild_action("Release", release, BUILD_ARTIFACT)]),
        ],
        Tags=tags,
    )


def _source_action(repository: Repository, branch: str) -> Actions:
    return Actions(
        Name="Source",
        Namespace="source",
        ActionTypeId=ActionTypeId(
            Category="Source", Owner="AWS", Provider="CodeCommit", Version="1"
        ),
        Configuration={
            "RepositoryName": GetAtt(repository, "Name"),
            "BranchName": branch,
            # A clone keeps symlinks and modes, which CodePipeline's own ZIP loses.
            "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
            "PollForSourceChanges": "false",
        },
        OutputArtifacts=[OutputArtifacts(Name=SOURCE_ARTIFACT)],
    )


def _codebuild_action(name: str, project: Project, takes: str, gives: str | None = None) -> Actions:
    # The commit's id and nothing else of it: a quote in a commit message would break this JSON.
    commit = {"name": "HEROGATE_COMMIT", "value": "#{source.CommitId}", "type": "PLAINTEXT"}
    action = Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category="Build", Owner="AWS", Provider="CodeBuild", Version="1"),
        Configuration={
            "ProjectName": Ref(project),
            "EnvironmentVariables": json.dumps([commit]),
        },
        InputArtifacts=[InputArtifacts(Name=takes)],
    )
    if gives is not None:
        action.OutputArtifacts = [OutputArtifacts(Name=gives)]
    return action
