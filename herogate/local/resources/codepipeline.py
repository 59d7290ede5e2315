"""Codepipelines: CodePipeline's pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import boolean, only, send
from herogate.local.resources.tags import of_callers, retag_callers

_DECLARATION = (
    "ArtifactStore",
    "ArtifactStores",
    "ExecutionMode",
    "Name",
    "PipelineType",
    "RoleArn",
    "Stages",
    "Triggers",
    "Variables",
)
"""What CodePipeline keeps as one structure and replaces as a whole."""


@resource(
    "AWS::CodePipeline::Pipeline",
    *_DECLARATION,
    "DisableInboundStageTransitions",
    "RestartExecutionOnUpdate",
    "Tags",
)
class Pipeline(Handler):
    """A codepipeline. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        codepipeline = context.client("codepipeline")
        name = str(properties.get("Name") or context.physical_name(100))
        request = {
            "Pipeline": self._declaration({**properties, "Name": name}),
            "Tags": of_callers(context, properties),
        }
        send(codepipeline, "create_pipeline", request)
        with undone_on_failure(self, context, name, properties):
            self._hold(codepipeline, name, properties, {})
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        codepipeline = context.client("codepipeline")
        declaration = self._declaration({**properties, "Name": physical_id})
        send(codepipeline, "update_pipeline", {"Pipeline": declaration})
        self._hold(codepipeline, physical_id, properties, previous)
        arn = self.attributes(context, physical_id)["Arn"]
        retag_callers(codepipeline, arn, context, properties, previous)
        if boolean(properties.get("RestartExecutionOnUpdate", False)):
            codepipeline.start_pipeline_execution(name=physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("codepipeline").delete_pipeline(name=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        found = context.client("codepipeline").get_pipeline(name=physical_id)
        arn = f"arn:{context.partition}:codepipeline:{context.region}:{context.account_id}"
        return {"Arn": f"{arn}:{physical_id}", "Version": str(found["pipeline"]["version"])}

    def _declaration(self, properties: Properties) -> dict[str, Any]:
        declaration = only(properties, _DECLARATION)
        if stores := declaration.get("ArtifactStores"):
            declaration["ArtifactStores"] = {
                each["Region"]: each["ArtifactStore"] for each in stores
            }
        return declaration

    def _hold(
        self, codepipeline: Any, name: str, properties: Properties, previous: Properties
    ) -> None:
        """Close the stages that the template holds back, and open those that it no longer does."""
        before, after = (
            {each["StageName"]: each for each in p.get("DisableInboundStageTransitions") or []}
            for p in (previous, properties)
        )
        for stage in sorted(before.keys() - after.keys()):
            codepipeline.enable_stage_transition(
                pipelineName=name, stageName=stage, transitionType="Inbound"
            )
        for stage, transition in after.items():
            codepipeline.disable_stage_transition(
                pipelineName=name,
                stageName=stage,
                transitionType="Inbound",
                reason=transition["Reason"],
            )
