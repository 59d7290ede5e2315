"""Who pushes, and sees what becomes of it."""

from __future__ import annotations

from stacks import names
from stacks.parts.policies import Statement, allow
from stacks.people.shared import ANY, arn, logs, look, processes_seen


def deploy() -> list[Statement]:
    """The statements of their policy."""
    return [
        *look(),
        allow(
            [
                "codecommit:GetBranch",
                "codecommit:GetCommit",
                "codecommit:GetRepository",
                "codecommit:GitPull",
                "codecommit:GitPush",
            ],
            [arn("codecommit", names.repository(ANY))],
        ),
        allow(
            [
                "codepipeline:GetPipelineExecution",
                "codepipeline:ListActionExecutions",
                "codepipeline:ListPipelineExecutions",
                "codepipeline:StartPipelineExecution",
            ],
            [arn("codepipeline", names.codepipeline_pattern())],
        ),
        allow(
            ["codebuild:BatchGetBuilds", "codebuild:ListBuildsForProject"],
            [
                arn("codebuild", f"project/{project(ANY)}")
                for project in (names.build_project, names.release_project)
            ],
        ),
        *logs(),
        *processes_seen(),
    ]
