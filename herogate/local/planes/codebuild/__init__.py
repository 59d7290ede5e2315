"""CodeBuild: builds that run."""

from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codebuild.plane import (
    PROJECT,
    CodeBuildPlane,
    PipelineBuild,
    with_variables,
)
from herogate.local.planes.codebuild.records import Order

__all__ = [
    "PROJECT",
    "Artifact",
    "CodeBuildPlane",
    "Order",
    "PipelineBuild",
    "with_variables",
]
