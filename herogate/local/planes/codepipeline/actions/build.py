"""CodeBuild: a build is started and followed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from herogate.local.errors import AwsError
from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codebuild.plane import PipelineBuild
from herogate.local.planes.codepipeline.actions.work import Work, failed, refusal
from herogate.local.planes.codepipeline.progress import Outcome
from herogate.local.planes.codepipeline.records import Attempt
from herogate.local.planes.codepipeline.status import ActionStatus, Failure

_SUCCEEDED = "SUCCEEDED"


class CodeBuildAction:
    """A build; its exported variables are the action's."""

    longest_seconds: float = 36 * 3600

    async def begin(self, work: Work, /) -> Attempt:
        caller, project = await work.caller(), work.configuration["ProjectName"]
        asked = PipelineBuild(
            region=work.execution.region,
            caller=caller,
            project=project,
            variables=_variables(work),
            sources=_primary_first(work),
            outputs=work.attempt.outputs,
            initiator=f"codepipeline/{work.execution.pipeline}",
        )
        try:
            for artifact in work.attempt.inputs:
                await work.require_reading(caller, artifact)
            await work.require(caller, "codebuild:StartBuild", f"project/{project}")
            build_id = await work.cloud.codebuild.start_for_codepipeline(asked)
        except AwsError as error:
            raise AwsError(error.code, f"Error calling startBuild: {refusal(error)}") from error
        return replace(work.attempt, external_id=build_id, updated_by=caller.arn)

    async def end(self, work: Work, /) -> Outcome:
        build_id = work.attempt.external_id or ""
        project = f"project/{build_id.partition(':')[0]}"
        try:
            await work.require(await work.caller(), "codebuild:BatchGetBuilds", project)
        except AwsError as error:
            return failed(Failure.JOB, f"Error calling batchGetBuilds: {refusal(error)}")
        build = await work.cloud.codebuild.ended(work.execution.region, build_id)
        if build["buildStatus"] != _SUCCEEDED:
            return failed(Failure.JOB, _what_ended(build))
        exported = build.get("exportedEnvironmentVariables", [])
        variables = {each["name"]: each["value"] for each in exported}
        return Outcome(status=ActionStatus.SUCCEEDED, variables=variables)


def _variables(work: Work) -> tuple[Mapping[str, str], ...]:
    """The action's environment variables: JSON, into which variables were put as plain text."""
    text = work.configuration.get("EnvironmentVariables", "[]")
    try:
        declared = json.loads(text)
        return tuple(
            {
                "name": str(each["name"]),
                "value": str(each["value"]),
                "type": str(each.get("type", "PLAINTEXT")),
            }
            for each in declared
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AwsError(
            "InvalidActionConfiguration",
            f"The EnvironmentVariables of action '{work.attempt.action}' are not valid JSON for a "
            f"list of variables: {error}",
        ) from error


def _primary_first(work: Work) -> tuple[Artifact, ...]:
    primary = work.configuration.get("PrimarySource")
    return tuple(sorted(work.attempt.inputs, key=lambda artifact: artifact.name != primary))


def _what_ended(build: Mapping[str, Any]) -> str:
    """Why a build did not succeed, in CodePipeline's words."""
    ended = f"Build terminated with state: {build['buildStatus']}"
    for phase in build.get("phases", []):
        if phase.get("phaseStatus", _SUCCEEDED) != _SUCCEEDED and phase.get("contexts"):
            context = phase["contexts"][0]
            return (
                f"{ended}. Phase: {phase['phaseType']}, Code: {context.get('statusCode')}, "
                f"Message: {context.get('message')}"
            )
    return ended
