"""ECR's image store."""

from herogate.local.planes.registry.plane import RegistryPlane
from herogate.local.planes.registry.pulled import ImageUnavailable, LayerFile, PulledImage

__all__ = ["ImageUnavailable", "LayerFile", "PulledImage", "RegistryPlane"]
