"""An app's two CodeBuild projects.

They are two because they are two trusts: whatever was pushed runs in the build; the release runs
Herogate's own code only. Neither reads a buildspec from the repository. Only the release keeps anything
from run to run: what was pushed could have left something behind in the build's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troposphere import GetAtt, Ref, Tags
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    ProjectCache,
    Source,
)
from troposphere.iam import Role
from troposphere.logs import LogGroup

from stacks import names
from stacks.app_options import BuildArchitecture, BuildCompute

_MACHINES = {
    BuildArchitecture.ARM64: ("ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0"),
    BuildArchitecture.X86_64: ("LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0"),
}
"""CodeBuild's environment types, each with its image: Amazon Linux 2023 on both."""

RELEASE_STEP = "HEROGATE_STEP"
"""Tells the release project which step to take: ``release`` a build, or ``settle`` what was declared."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one of the two projects is to do.

    Attributes:
        buildspec: YAML, as it is.
        compute: how large the machine is, and `architecture` of what kind.
        variables: the environment, by name.
        key_arn: what it hands over is encrypted with this; None for the account's key for S3.
    """

    buildspec: str
    compute: BuildCompute
    architecture: BuildArchitecture
    variables: Mapping[str, object]
    role: Role
    log_group: LogGroup
    key_arn: str | None
    tags: Tags


def build_project(app: str, work: Work) -> Project:
    """Makes an image of what was pushed; privileged, since it runs docker."""
    return _project(
        "BuildProject",
        names.build_project(app),
        f"Builds images of {app}",
        work,
        source="CODEPIPELINE",
        artifacts="CODEPIPELINE",
        privileged=True,
        cache=ProjectCache(Type="NO_CACHE"),
    )


def release_project(app: str, work: Work) -> Project:
    """Releases a build.

    Its source is none, so that it can be started to finish a release without a codepipeline; the
    codepipeline brings its own in place of it.
    """
    return _project(
        "ReleaseProject",
        names.release_project(app),
        f"Releases {app}",
        work,
        source="NO_SOURCE",
        artifacts="NO_ARTIFACTS",
        privileged=False,
        cache=ProjectCache(Type="LOCAL", Modes=["LOCAL_CUSTOM_CACHE"]),
    )


def _project(
    title: str,
    name: str,
    description: str,
    work: Work,
    *,
    source: str,
    artifacts: str,
    privileged: bool,
    cache: ProjectCache,
) -> Project:
    kind, image = _MACHINES[work.architecture]
    described = Project(
        title,
        Name=name,
        Description=description,
        ServiceRole=GetAtt(work.role, "Arn"),
        Source=Source(Type=source, BuildSpec=work.buildspec),
        Artifacts=Artifacts(Type=artifacts),
        Cache=cache,
        Environment=Environment(
            Type=kind,
            Image=image,
            ImagePullCredentialsType="CODEBUILD",
            ComputeType=str(work.compute),
            PrivilegedMode=privileged,
            EnvironmentVariables=[
                EnvironmentVariable(Name=key, Value=value, Type="PLAINTEXT")
                for key, value in work.variables.items()
            ],
        ),
        LogsConfig=LogsConfig(
            CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(work.log_group))
        ),
        TimeoutInMinutes=60,
        QueuedTimeoutInMinutes=60,
        Tags=work.tags,
    )
    if work.key_arn is not None:
        described.EncryptionKey = work.key_arn
    return described
