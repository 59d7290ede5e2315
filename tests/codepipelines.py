"""What tests of codepipelines share: a repository with a clone, a bucket, roles, and waiting."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from building import building
from local_cloud import LocalCloud
from roles import make_role
from waiting import eventually

ACCOUNT = "123456789012"
BUILDSPEC = "version: 0.2\nphases: {build: {commands: ['echo built']}}\n"

_HELPER = "!aws codecommit credential-helper --ignore-host-check $@"


def source(repository: str, **changes: Any) -> dict[str, Any]:
    """A source action that gives `Source` to a namespace of its own."""
    configuration = {
        "RepositoryName": repository,
        "BranchName": "main",
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
        "PollForSourceChanges": "false",
        **changes.pop("configuration", {}),
    }
    return {
        "name": "Source",
        "namespace": "source",
        "actionTypeId": _kind("Source", "CodeCommit"),
        "configuration": configuration,
        "outputArtifacts": [{"name": "Source"}],
        **changes,
    }


def build(name: str, project: str, takes: str = "Source", **changes: Any) -> dict[str, Any]:
    """A build action."""
    return {
        "name": name,
        "actionTypeId": _kind("Build", "CodeBuild"),
        "configuration": {"ProjectName": project, **changes.pop("configuration", {})},
        "inputArtifacts": [{"name": takes}],
        "outputArtifacts": [{"name": made} for made in changes.pop("gives", ())],
        **changes,
    }


def approval(name: str = "Approve", **changes: Any) -> dict[str, Any]:
    """A manual approval."""
    return {"name": name, "actionTypeId": _kind("Approval", "Manual"), **changes}


def stage(name: str, *actions: Any) -> dict[str, Any]:
    return {"name": name, "actions": list(actions)}


def _kind(category: str, provider: str) -> dict[str, str]:
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A working tree of a repository, from which is pushed."""

    path: Path
    environment: Mapping[str, str]

    def git(self, *arguments: str) -> str:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env=dict(self.environment),
            capture_output=True,
            text=True,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def commit(self, files: Mapping[str, str], message: str = "a change") -> str:
        """Commit files; the commit's id."""
        for name, content in files.items():
            (self.path / name).write_text(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def push(self, files: Mapping[str, str], message: str = "a change") -> str:
        """Commit files and push them; the commit's id."""
        commit = self.commit(files, message)
        self.git("push", "--quiet", "origin", "HEAD:main")
        return commit


@dataclass(kw_only=True)
class Codepipeline:
    """One codepipeline at work, with its own repository, bucket, project and roles."""

    cloud: LocalCloud
    name: str
    directory: Path
    api: Any = field(init=False)

    def __post_init__(self) -> None:
        self.api = self.cloud.client("codepipeline")

    @property
    def arn(self) -> str:
        return f"arn:aws:codepipeline:{self.cloud.region}:{ACCOUNT}:{self.name}"

    @cached_property
    def bucket(self) -> str:
        self.cloud.client("s3").create_bucket(Bucket=f"{self.name}-artifacts")
        return f"{self.name}-artifacts"

    @cached_property
    def role(self) -> str:
        return role(self.cloud, f"{self.name}-pipeline", "codepipeline")

    @cached_property
    def checkout(self) -> Checkout:
        """The repository, made and cloned, empty at first."""
        made = self.cloud.client("codecommit").create_repository(repositoryName=self.name)
        path = self.directory / "checkout"
        path.mkdir()
        identity = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "Dev"), ("EMAIL", "dev@example.com"))
        }
        checkout = Checkout(path=path, environment={**self.cloud.environment, **identity})
        checkout.git("init", "--quiet", "--initial-branch=main")
        checkout.git("config", "credential.helper", _HELPER)
        checkout.git("config", "credential.UseHttpPath", "true")
        checkout.git("remote", "add", "origin", made["repositoryMetadata"]["cloneUrlHttp"])
        return checkout

    def project(self, buildspec: str = BUILDSPEC, name: str | None = None) -> str:
        """A build project for the codepipeline's artifacts; its name."""
        project = name or f"{self.name}-build"
        artifacts = {"type": "CODEPIPELINE"}
        building(self.cloud, project).project(
            project, buildspec, source={"type": "CODEPIPELINE"}, artifacts=artifacts
        )
        return project

    def create(self, *stages: Any, **changes: Any) -> None:
        self.api.create_pipeline(pipeline=self.declaration(*stages, **changes))

    def declaration(self, *stages: Any, **changes: Any) -> dict[str, Any]:
        return {
            "name": self.name,
            "roleArn": self.role,
            "artifactStore": {"type": "S3", "location": self.bucket},
            "pipelineType": "V2",
            "executionMode": "SUPERSEDED",
            "stages": list(stages),
            **changes,
        }

    def start(self, **asked: Any) -> str:
        return str(
            self.api.start_pipeline_execution(name=self.name, **asked)["pipelineExecutionId"]
        )

    def execution(self, execution_id: str) -> dict[str, Any]:
        answer = self.api.get_pipeline_execution(
            pipelineName=self.name, pipelineExecutionId=execution_id
        )
        return dict(answer["pipelineExecution"])

    def executions(self) -> list[dict[str, Any]]:
        """Summaries, newest first."""
        answer = self.api.list_pipeline_executions(pipelineName=self.name)
        return list(answer["pipelineExecutionSummaries"])

    def ended(self, execution_id: str) -> str:
        """The status in which an execution ends."""

        def look() -> str | None:
            status = str(self.execution(execution_id)["status"])
            return None if status in {"InProgress", "Stopping"} else status

        return str(eventually(look))

    def all_ended(self) -> list[str]:
        """The statuses in which all executions end, newest first."""
        return [self.ended(each["pipelineExecutionId"]) for each in self.executions()]

    def state(self, stage_name: str) -> dict[str, Any]:
        states = self.api.get_pipeline_state(name=self.name)["stageStates"]
        return next(each for each in states if each["stageName"] == stage_name)

    def action(self, stage_name: str, action: str) -> dict[str, Any]:
        """The last attempt at an action, as the state shows it; empty if there was none."""
        states = self.state(stage_name)["actionStates"]
        found = next(each for each in states if each["actionName"] == action)
        return dict(found.get("latestExecution", {}))

    def at_work(
        self, stage_name: str, action: str, execution_id: str | None = None
    ) -> dict[str, Any]:
        """Wait until an action is at work, in a given execution; the attempt."""

        def look() -> dict[str, Any] | None:
            stage_state = self.state(stage_name)
            latest = stage_state.get("latestExecution", {}).get("pipelineExecutionId")
            attempt = self.action(stage_name, action)
            is_ready = attempt.get("token") or attempt.get("externalExecutionId")
            is_its = execution_id in {None, latest}
            return attempt if is_its and is_ready and attempt["status"] == "InProgress" else None

        return dict(eventually(look))

    def approve(self, stage_name: str, token: str, status: str = "Approved") -> None:
        self.api.put_approval_result(
            pipelineName=self.name,
            stageName=stage_name,
            actionName="Approve",
            result={"summary": "looks good", "status": status},
            token=token,
        )

    def details(self, execution_id: str) -> dict[str, dict[str, Any]]:
        """What each action did in an execution, by its name."""
        answer = self.api.list_action_executions(
            pipelineName=self.name, filter={"pipelineExecutionId": execution_id}
        )
        return {each["actionName"]: each for each in answer["actionExecutionDetails"]}


def role(cloud: LocalCloud, name: str, service: str) -> str:
    """A role that a service may take on; its ARN."""
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    return make_role(cloud.client("iam"), name, json.dumps(document))


def messages(cloud: LocalCloud, queue_url: str, count: int) -> Sequence[Any]:
    """The next messages of a queue, as many as are awaited."""
    sqs = cloud.client("sqs")
    found: list[Any] = []

    def look() -> list[Any] | None:
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found if len(found) >= count else None

    return list(eventually(look))
