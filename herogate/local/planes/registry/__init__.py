"""ECR's image store."""

from herogate.local.planes.registry.plane import RegistryPlane

__all__ = ["RegistryPlane"]
