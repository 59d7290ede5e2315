"""CodeBuild: builds that run."""

from herogate.local.planes.codebuild.plane import CodeBuildPlane

__all__ = ["CodeBuildPlane"]
