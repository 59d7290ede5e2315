"""The ECS cluster in which a space's apps run, on Fargate and, where asked for, on its spot capacity."""

from __future__ import annotations

from troposphere import Tags
from troposphere.ecs import CapacityProviderStrategyItem, Cluster, ClusterSetting

from stacks import names


def cluster(space: str, insights: str, tags: Tags) -> Cluster:
    """The cluster; what does not say otherwise runs on plain Fargate.

    Args:
        insights: what CloudWatch's Container Insights measures: ``disabled``, ``enabled``, ``enhanced``.
    """
    return Cluster(
        "Cluster",
        ClusterName=names.cluster(space),
        CapacityProviders=["FARGATE", "FARGATE_SPOT"],
        DefaultCapacityProviderStrategy=[
            CapacityProviderStrategyItem(CapacityProvider="FARGATE", Weight=1)
        ],
        ClusterSettings=[ClusterSetting(Name="containerInsights", Value=insights)],
        Tags=tags,
    )
