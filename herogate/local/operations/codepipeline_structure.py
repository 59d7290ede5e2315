"""What a codepipeline's declaration must look like: stages, actions, and the artifacts between them.

Pure rules, in the order in which a reader meets them; `check_structure` is the only way in. Answers
no operation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from herogate.local.errors import AwsError, not_supported

_ACTIONS_PER_STAGE = 50
_STAGES = 50


@dataclass(frozen=True, kw_only=True)
class _ActionType:
    """What AWS's own action of one category and provider takes."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    inputs: range = range(1)
    outputs: range = range(1)


_CODEBUILD = _ActionType(
    required=frozenset({"ProjectName"}),
    optional=frozenset(
        {
            "BatchEnabled",
            "BuildspecOverride",
            "CombineArtifacts",
            "EnvironmentVariables",
            "PrimarySource",
        }
    ),
    inputs=range(1, 6),
    outputs=range(6),
)
_CODECOMMIT = _ActionType(
    required=frozenset({"RepositoryName", "BranchName"}),
    optional=frozenset({"OutputArtifactFormat", "PollForSourceChanges"}),
    outputs=range(1, 2),
)
_APPROVAL = _ActionType(
    optional=frozenset({"CustomData", "ExternalEntityLink", "NotificationArn"}),
)
_ACTION_EXTRAS = ("commands", "environmentVariables", "outputVariables", "region")
_BUILD_EXTRAS = ("BatchEnabled", "BuildspecOverride", "CombineArtifacts")
_ACTION_TYPES: Mapping[tuple[str, str, str], _ActionType] = {
    ("Approval", "AWS", "Manual"): _APPROVAL,
    ("Build", "AWS", "CodeBuild"): _CODEBUILD,
    ("Source", "AWS", "CodeCommit"): _CODECOMMIT,
    ("Test", "AWS", "CodeBuild"): _CODEBUILD,
}
"""By category, owner and provider: the actions this cloud knows."""


def check_structure(pipeline: Mapping[str, Any]) -> None:
    """Refuse a declaration that CodePipeline would refuse.

    Raises:
        AwsError: ``InvalidStructureException``, ``InvalidStageDeclarationException`` or
            ``InvalidActionDeclarationException``; not supported, for actions unknown to this cloud.
    """
    stages = pipeline["stages"]
    _check_stores(pipeline)
    _check_stages(stages)
    for stage in stages:
        _check_supported(stage, ("onFailure", "onSuccess", "beforeEntry"), "codepipeline stages")
        for action in stage["actions"]:
            _check_action(action)
    _check_sources(stages)
    _check_artifacts(stages)
    _check_namespaces(stages)
    _check_type(pipeline)


def _check_stores(pipeline: Mapping[str, Any]) -> None:
    if ("artifactStore" in pipeline) == ("artifactStores" in pipeline):
        raise _invalid_structure(
            "Pipeline must have either artifactStore or artifactStores, but not both"
        )


def _check_stages(stages: Sequence[Mapping[str, Any]]) -> None:
    if len(stages) < 2:
        raise _invalid_structure(
            f"Pipeline has only {len(stages)} stage(s). "
            "There should be a minimum of 2 stages in a pipeline"
        )
    if len(stages) > _STAGES:
        raise _invalid_structure(f"Pipeline has {len(stages)} stages, more than {_STAGES}")
    for name in _repeated(stage["name"] for stage in stages):
        raise _invalid_stage(f"Stage names must be unique. '{name}' is used more than once")
    for stage in stages:
        count = len(stage["actions"])
        if not 1 <= count <= _ACTIONS_PER_STAGE:
            raise _invalid_stage(
                f"Stage '{stage['name']}' has {count} actions; there must be 1 to {_ACTIONS_PER_STAGE}"
            )
        for name in _repeated(action["name"] for action in stage["actions"]):
            raise _invalid_action(
                f"Action names must be unique within a stage. '{name}' is used more than once "
                f"in stage '{stage['name']}'"
            )


def _check_action(action: Mapping[str, Any]) -> None:
    kind, name = action["actionTypeId"], action["name"]
    known = _ACTION_TYPES.get((kind["category"], kind["owner"], kind["provider"]))
    if known is None:
        raise not_supported(
            f"codepipeline actions of category {kind['category']}, owner {kind['owner']}, "
            f"provider {kind['provider']} (action '{name}')"
        )
    if kind["version"] != "1":
        raise _invalid_action(
            f"ActionType (Category: '{kind['category']}', Provider: '{kind['provider']}', Owner: "
            f"'{kind['owner']}', Version: '{kind['version']}') in action '{name}' is not available"
        )
    given = set(action.get("configuration", {}))
    for key in sorted(known.required - given):
        raise _invalid_action(
            f"Action configuration for action '{name}' is missing required configuration '{key}'"
        )
    for key in sorted(given - known.required - known.optional):
        raise _invalid_action(
            f"Action configuration for action '{name}' contains unknown configuration '{key}'"
        )
    _check_counts(action, "input", known.inputs)
    _check_counts(action, "output", known.outputs)
    _check_primary_source(action)
    _check_supported(action, _ACTION_EXTRAS, f"codepipeline actions (action '{name}')")
    configuration = action.get("configuration", {})
    _check_supported(configuration, _BUILD_EXTRAS, f"CodeBuild actions (action '{name}')")


def _check_supported(declared: Mapping[str, Any], unknown: Sequence[str], of: str) -> None:
    for name in unknown:
        if name in declared:
            raise not_supported(f"{name} of {of}")


def _check_counts(action: Mapping[str, Any], direction: str, allowed: range) -> None:
    count = len(action.get(f"{direction}Artifacts", []))
    declares = f"Action {action['name']} declares {count} {direction} artifacts which is"
    if count < allowed.start:
        raise _invalid_action(f"{declares} less than the minimum count ({allowed.start})")
    if count >= allowed.stop:
        raise _invalid_action(f"{declares} more than the maximum count ({allowed.stop - 1})")


def _check_primary_source(action: Mapping[str, Any]) -> None:
    names = _names(action, "inputArtifacts")
    if action["actionTypeId"]["provider"] != "CodeBuild" or len(names) < 2:
        return
    if action.get("configuration", {}).get("PrimarySource") not in names:
        raise _invalid_action(
            f"Action '{action['name']}' has several input artifacts: its configuration must name one "
            "of them as PrimarySource"
        )


def _check_sources(stages: Sequence[Mapping[str, Any]]) -> None:
    if not all(_is_source(action) for action in stages[0]["actions"]):
        raise _invalid_structure(
            "Pipeline should start with a stage that only contains source actions"
        )
    for stage in stages[1:]:
        if any(_is_source(action) for action in stage["actions"]):
            raise _invalid_structure(
                "Pipeline should have source actions in its first stage only; "
                f"stage '{stage['name']}' has one"
            )


def _check_artifacts(stages: Sequence[Mapping[str, Any]]) -> None:
    """Every input is an output of an earlier action; every output's name is used once."""
    actions = [action for stage in stages for action in stage["actions"]]
    for name in _repeated(name for action in actions for name in _names(action, "outputArtifacts")):
        raise _invalid_action(
            "Output Artifact Bundle name must be unique within the pipeline. "
            f"{name} has been used more than once."
        )
    made: set[str] = set()
    for group in _in_running_order(stages):
        for action in group:
            for name in _names(action, "inputArtifacts"):
                if name not in made:
                    raise _invalid_action(
                        f"Input Artifact Bundle {name} in action {action['name']} is not declared "
                        "as Output Artifact Bundle in any of the preceding actions"
                    )
        made.update(name for action in group for name in _names(action, "outputArtifacts"))


def _check_namespaces(stages: Sequence[Mapping[str, Any]]) -> None:
    used = [
        action["namespace"]
        for stage in stages
        for action in stage["actions"]
        if "namespace" in action
    ]
    for name in _repeated(used):
        raise _invalid_action(
            "Namespaces must be unique across the pipeline definition. The following occur more "
            f"than once in the pipeline. Namespace=[{name}]"
        )


def _check_type(pipeline: Mapping[str, Any]) -> None:
    """What only pipelines of type V2 have, and triggers, which need a connection as their source."""
    if pipeline.get("triggers"):
        raise not_supported("codepipeline triggers: they need a source action with a connection")
    if pipeline.get("pipelineType", "V1") == "V2":
        for name in _repeated(variable["name"] for variable in pipeline.get("variables", [])):
            raise _invalid_structure(
                f"Variable names must be unique. {name} is used more than once"
            )
        return
    if pipeline.get("variables"):
        raise _invalid_structure("Pipeline variables are only supported by pipelines of type V2")
    if pipeline.get("executionMode", "SUPERSEDED") != "SUPERSEDED":
        raise _invalid_structure(
            f"Execution mode {pipeline['executionMode']} is only supported by pipelines of type V2"
        )


def _in_running_order(stages: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Groups of actions that run at the same time, one after the other."""
    for stage in stages:
        for order in sorted({action.get("runOrder", 1) for action in stage["actions"]}):
            yield [action for action in stage["actions"] if action.get("runOrder", 1) == order]


def _is_source(action: Mapping[str, Any]) -> bool:
    return bool(action["actionTypeId"]["category"] == "Source")


def _names(action: Mapping[str, Any], artifacts: str) -> list[str]:
    return [artifact["name"] for artifact in action.get(artifacts, [])]


def _repeated(names: Iterator[str] | Sequence[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _invalid_structure(message: str) -> AwsError:
    return AwsError("InvalidStructureException", message)


def _invalid_stage(message: str) -> AwsError:
    return AwsError("InvalidStageDeclarationException", message)


def _invalid_action(message: str) -> AwsError:
    return AwsError("InvalidActionDeclarationException", message)
