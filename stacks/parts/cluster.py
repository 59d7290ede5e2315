"""The ECS cluster in which a space's apps run, on Fargate and, where asked for, on its spot capacity."""

from __future__ import annotations

from troposphere import Tags
from troposphere.ecs import CapacityProviderStrategyItem, Cluster

from stacks import names


def cluster(space: str, tags: Tags) -> Cluster:
    """The cluster; what does not say otherwise runs on plain Fargate."""
    return Cluster(
        "Cluster",
        ClusterName=names.cluster(space),
        CapacityProviders=["FARGATE", "FARGATE_SPOT"],
        DefaultCapacityProviderStrategy=[
            CapacityProviderStrategyItem(CapacityProvider="FARGATE", Weight=1)
        ],
        Tags=tags,
    )
