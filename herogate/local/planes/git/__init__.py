"""CodeCommit's repositories."""

from herogate.local.planes.git.plane import GitPlane

__all__ = ["GitPlane"]
