"""The environment of a build's commands: whole, since nothing is inherited. Pure.

What variables refer to (parameters, secrets) is looked up by ``lookups.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from herogate.local.planes.codebuild.buildspec import Buildspec

SUCCEEDING: Final = "CODEBUILD_BUILD_SUCCEEDING"
"""Tells commands whether the build has failed so far: 1 or 0."""

_SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, kw_only=True)
class Places:
    """The directories of one build, and those that builds share.

    Attributes:
        sources: where sources are, by identifier; the primary one's is the empty text.
        tools: the programs that builds are given, first in PATH.
        caches: what package managers keep from build to build.
    """

    home: Path
    temporary: Path
    sources: Mapping[str, Path]
    tools: Path
    caches: Path


def environment(
    document: Mapping[str, Any],
    places: Places,
    *,
    endpoint_url: str,
    credentials: Mapping[str, str],
    buildspec: Buildspec,
    values: Mapping[str, str],
    internet: Mapping[str, str],
    tools: Mapping[str, str],
) -> dict[str, str]:
    """Everything a build's commands find in their environment.

    A variable of the project, or given at the start, has precedence over the buildspec's own.

    Args:
        values: the values of the variables that refer to parameters and secrets, and of the project's.
        internet: what this machine needs to reach the internet.
        tools: what declares what the build makes images with.
    """
    return {
        **internet,
        **_machine(places),
        **_aws(document["region"], endpoint_url),
        **(_git_credential_helper() if buildspec.git_credential_helper else {}),
        **buildspec.variables,
        **values,
        **credentials,
        **_codebuild(document, places),
        **tools,
    }


def _machine(places: Places) -> dict[str, str]:
    return {
        "PATH": f"{places.tools}:{_SYSTEM_PATH}",
        "HOME": str(places.home),
        "TMPDIR": str(places.temporary),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "SHELL": "/bin/bash",
        "PIP_CACHE_DIR": str(places.caches / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "npm_config_cache": str(places.caches / "npm"),
        "npm_config_update_notifier": "false",
    }


def _aws(region: str, endpoint_url: str) -> dict[str, str]:
    return {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def _git_credential_helper() -> dict[str, str]:
    return {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "credential.helper",
        "GIT_CONFIG_VALUE_0": "!aws codecommit credential-helper --ignore-host-check $@",
        "GIT_CONFIG_KEY_1": "credential.UseHttpPath",
        "GIT_CONFIG_VALUE_1": "true",
    }


def _codebuild(document: Mapping[str, Any], places: Places) -> dict[str, str]:
    build = document["build"]
    variables = {
        "CODEBUILD_CI": "true",
        "CODEBUILD_BUILD_ARN": build["arn"],
        "CODEBUILD_BUILD_ID": build["id"],
        "CODEBUILD_BUILD_IMAGE": build["environment"]["image"],
        "CODEBUILD_BUILD_NUMBER": str(build["buildNumber"]),
        SUCCEEDING: "1",
        "CODEBUILD_INITIATOR": build["initiator"],
        "CODEBUILD_KMS_KEY_ID": build["encryptionKey"],
        "CODEBUILD_LOG_PATH": build["logs"].get("streamName", ""),
        "CODEBUILD_PROJECT_ARN": document["project_arn"],
        "CODEBUILD_SOURCE_REPO_URL": build["source"].get("location", ""),
        "CODEBUILD_SOURCE_VERSION": build.get("sourceVersion", ""),
        "CODEBUILD_RESOLVED_SOURCE_VERSION": build.get("resolvedSourceVersion", ""),
        "CODEBUILD_START_TIME": str(int(build["startTime"] * 1000)),
    }
    for identifier, path in places.sources.items():
        suffix = f"_{identifier}" if identifier else ""
        variables[f"CODEBUILD_SRC_DIR{suffix}"] = str(path)
    return variables
