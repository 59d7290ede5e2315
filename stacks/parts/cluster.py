"""The ECS cluster in which a space's apps run, on Fargate and, where asked for, on its spot capacity."""

from __future__ import annotations

from troposphere import Tags
from troposphere.ecs import CapacityProviderStrategyItem, Cluster, ClusterSetting
from troposphere.elasticloadbalancingv2 import LoadBalancer

from stacks import names


def cluster(space: str, insights: str, balancer: LoadBalancer, tags: Tags) -> Cluster:
    """The cluster; what does not say otherwise runs on plain Fargate.

    Args:
        insights: what CloudWatch's Container Insights measures: ``disabled``, ``enabled``, ``enhanced``.
        balancer: takes minutes, and the cluster waits for it.
    """
    return Cluster(
        "Cluster",
        ClusterName=names.cluster(space),
        CapacityProviders=["FARGATE", "FARGATE_SPOT"],
        DefaultCapacityProviderStrategy=[
            CapacityProviderStrategyItem(CapacityProvider="FARGATE", Weight=1)
        ],
        ClusterSettings=[ClusterSetting(Name="containerInsights", Value=insights)],
        # An account's first cluster is refused ("Unable to assume the service linked role") for seconds
        # after ECS's role was made (aws/containers-roadmap#2614): this is as late as costs no time.
        DependsOn=balancer,
        Tags=tags,
    )
