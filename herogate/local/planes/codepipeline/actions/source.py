"""CodeCommit: the commit at a branch's tip, or the one that was asked for, as an artifact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.codepipeline.actions import archive
from herogate.local.planes.codepipeline.actions.work import Work, failed
from herogate.local.planes.codepipeline.progress import Outcome
from herogate.local.planes.codepipeline.records import Attempt
from herogate.local.planes.codepipeline.status import ActionStatus, Failure

if TYPE_CHECKING:
    from herogate.local.identity import Caller

_CLONE_REFERENCE = "CODEBUILD_CLONE_REF"
_SUMMARY = 2048


class CodeCommitAction:
    """The source: a zip of the commit, or a reference by which CodeBuild clones it."""

    longest_seconds: float = 3600

    async def begin(self, work: Work, /) -> Attempt:
        caller = await work.caller()
        return replace(work.attempt, updated_by=caller.arn)

    async def end(self, work: Work, /) -> Outcome:
        caller = await work.caller()
        try:
            commit = await self._commit(work, caller)
            if _is_reference(work):
                asked = {"repositoryName": work.configuration["RepositoryName"]}
                await work.ask(caller, "codecommit", "GetRepository", **asked)
        except AwsError as error:
            return _unavailable(work, error)
        artifact = work.attempt.outputs[0]
        body = await self._body(work, commit["commitId"])
        async with work.cloud.whole():
            await work.ask(
                caller, "s3", "PutObject", Bucket=artifact.bucket, Key=artifact.key, Body=body
            )
        message = _message(commit)
        return Outcome(
            status=ActionStatus.SUCCEEDED,
            summary=message[:_SUMMARY] or None,
            variables=_variables(work, commit),
            revision={"id": commit["commitId"], "summary": message[:_SUMMARY]},
        )

    async def _commit(self, work: Work, caller: Caller) -> Mapping[str, Any]:
        repository = work.configuration["RepositoryName"]
        commit_id = work.execution.overrides.get(work.attempt.action)
        if commit_id is None:
            branch = await work.ask(
                caller,
                "codecommit",
                "GetBranch",
                repositoryName=repository,
                branchName=work.configuration["BranchName"],
            )
            commit_id = branch["branch"]["commitId"]
        found = await work.ask(
            caller, "codecommit", "GetCommit", repositoryName=repository, commitId=commit_id
        )
        commit: Mapping[str, Any] = found["commit"]
        return commit

    async def _body(self, work: Work, commit_id: str) -> bytes:
        repository, region = work.configuration["RepositoryName"], work.execution.region
        if _is_reference(work):
            reference = {
                "repositoryName": repository,
                "region": region,
                "branchName": work.configuration["BranchName"],
                "commitId": commit_id,
            }
            return json.dumps({"cloneRef": reference}).encode()
        path = work.cloud.git.path(region, repository)
        return await archive.of_commit(work.cloud.git.git, path, commit_id)


def _is_reference(work: Work) -> bool:
    """Whether the artifact only says what to clone; CodePipeline then looks the repository up."""
    return work.configuration.get("OutputArtifactFormat") == _CLONE_REFERENCE


def _variables(work: Work, commit: Mapping[str, Any]) -> dict[str, str]:
    return {
        "AuthorDate": _date(commit.get("author", {})),
        "BranchName": work.configuration["BranchName"],
        "CommitId": commit["commitId"],
        "CommitMessage": _message(commit),
        "CommitterDate": _date(commit.get("committer", {})),
        "RepositoryName": work.configuration["RepositoryName"],
    }


def _message(commit: Mapping[str, Any]) -> str:
    """A commit's message without the line ends that git puts after it."""
    return str(commit.get("message", "")).rstrip("\n")


def _date(person: Mapping[str, str]) -> str:
    """git's ``<seconds> <zone>`` as CodePipeline writes moments."""
    seconds = person.get("date", "").partition(" ")[0]
    if not seconds.isdecimal():
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unavailable(work: Work, error: AwsError) -> Outcome:
    repository, branch = (work.configuration[key] for key in ("RepositoryName", "BranchName"))
    if error.code == "BranchDoesNotExistException":
        message = (
            f"The action failed because no branch named {branch} was found in the selected AWS "
            f"CodeCommit repository {repository}. Make sure you are using the correct branch name, "
            "and then try again. Error: null"
        )
    elif error.code == "RepositoryDoesNotExistException":
        message = (
            f"The action failed because no AWS CodeCommit repository named {repository} was found. "
            "Make sure you are using the correct repository name, and then try again. Error: null"
        )
    else:
        return failed(Failure.REVISION, error.message)
    return failed(Failure.CONFIGURATION, message)
