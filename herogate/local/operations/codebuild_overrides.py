"""What one build has otherwise than its project. Pure: a project and overrides in, a project out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.errors import not_supported
from herogate.local.operations.codebuild import completed_artifacts
from herogate.local.planes.codebuild import with_variables

Document = Mapping[str, Any]

_OF_SOURCE = {
    "sourceTypeOverride": "type",
    "sourceLocationOverride": "location",
    "buildspecOverride": "buildspec",
    "gitCloneDepthOverride": "gitCloneDepth",
    "insecureSslOverride": "insecureSsl",
}
_OF_ENVIRONMENT = {
    "environmentTypeOverride": "type",
    "imageOverride": "image",
    "computeTypeOverride": "computeType",
    "privilegedModeOverride": "privilegedMode",
    "imagePullCredentialsTypeOverride": "imagePullCredentialsType",
}
_OF_PROJECT = {
    "secondarySourcesOverride": "secondarySources",
    "secondarySourcesVersionOverride": "secondarySourceVersions",
    "cacheOverride": "cache",
    "encryptionKeyOverride": "encryptionKey",
    "logsConfigOverride": "logsConfig",
    "queuedTimeoutInMinutesOverride": "queuedTimeoutInMinutes",
    "serviceRoleOverride": "serviceRole",
    "timeoutInMinutesOverride": "timeoutInMinutes",
}
_OWN = {
    "projectName",
    "sourceVersion",
    "idempotencyToken",
    "environmentVariablesOverride",
    "artifactsOverride",
    "secondaryArtifactsOverride",
}
_KNOWN = {*_OF_SOURCE, *_OF_ENVIRONMENT, *_OF_PROJECT, *_OWN}
_WITHOUT_LOCATION = ("CODEPIPELINE", "NO_SOURCE")


def overridden(project: Document, asked: Document) -> dict[str, Any]:
    """The project as one build has it.

    Args:
        asked: StartBuild's parameters.

    Raises:
        AwsError: an override that the local cloud does not know.
    """
    for name, value in asked.items():
        if name not in _KNOWN and value not in (False, 0):
            raise not_supported(f"{name} in codebuild:StartBuild")
    variables = asked.get("environmentVariablesOverride", [])
    environment = {**project["environment"], **_given(asked, _OF_ENVIRONMENT)}
    return {
        **project,
        **_given(asked, _OF_PROJECT),
        **_artifacts(project, asked),
        "source": _source(project["source"], asked),
        "environment": with_variables(environment, variables),
    }


def _given(asked: Document, names: Mapping[str, str]) -> dict[str, Any]:
    return {field: asked[name] for name, field in names.items() if name in asked}


def _source(source: Document, asked: Document) -> dict[str, Any]:
    changed = {**source, **_given(asked, _OF_SOURCE)}
    if changed["type"] in _WITHOUT_LOCATION and "sourceLocationOverride" not in asked:
        changed.pop("location", None)
    return changed


def _artifacts(project: Document, asked: Document) -> dict[str, Any]:
    name, changed = project["name"], dict[str, Any]()
    if "artifactsOverride" in asked:
        changed["artifacts"] = completed_artifacts(asked["artifactsOverride"], name)
    if "secondaryArtifactsOverride" in asked:
        further = asked["secondaryArtifactsOverride"]
        changed["secondaryArtifacts"] = [completed_artifacts(each, name) for each in further]
    return changed
