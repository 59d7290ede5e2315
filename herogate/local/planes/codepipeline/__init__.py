"""CodePipeline: executions."""

from herogate.local.planes.codepipeline.plane import CodePipelinePlane

__all__ = ["CodePipelinePlane"]
