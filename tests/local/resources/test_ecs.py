from __future__ import annotations

from typing import Any

import pytest

from herogate.local.errors import AwsError

from .conftest import STACK_TAGS, World


def test_a_cluster_lives(world: World) -> None:
    ecs = world.client("ecs")
    cluster = world.make(
        "AWS::ECS::Cluster",
        ClusterName="shared",
        ClusterSettings=[{"Name": "containerInsights", "Value": "enabled"}],
        CapacityProviders=["FARGATE", "FARGATE_SPOT"],
        DefaultCapacityProviderStrategy=[{"CapacityProvider": "FARGATE", "Weight": "1"}],
        Tags=[{"Key": "space", "Value": "default"}],
    )

    def described() -> dict[str, Any]:
        found = ecs.describe_clusters(clusters=["shared"], include=["SETTINGS", "TAGS"])
        return dict(found["clusters"][0])

    def tags() -> dict[str, str]:
        found = ecs.list_tags_for_resource(resourceArn=cluster.attributes["Arn"])
        return {tag["key"]: tag["value"] for tag in found["tags"]}

    assert cluster.physical_id == "shared"
    assert cluster.attributes == {"Arn": described()["clusterArn"]}
    assert described()["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert described()["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert tags() == {**STACK_TAGS, "space": "default"}

    cluster.update(ClusterName="shared", CapacityProviders=["FARGATE"])
    assert described()["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert described()["capacityProviders"] == ["FARGATE"]
    assert described()["defaultCapacityProviderStrategy"] == []
    assert tags() == STACK_TAGS

    capacity = world.make(
        "AWS::ECS::ClusterCapacityProviderAssociations",
        Cluster="shared",
        CapacityProviders=["FARGATE_SPOT"],
        DefaultCapacityProviderStrategy=[{"CapacityProvider": "FARGATE_SPOT"}],
    )
    assert described()["capacityProviders"] == ["FARGATE_SPOT"]
    capacity.update(Cluster="shared", DefaultCapacityProviderStrategy=[])
    assert described()["capacityProviders"] == []
    capacity.delete()

    cluster.delete()
    assert described()["status"] == "INACTIVE"


def test_a_cluster_that_exists_is_not_taken_over(world: World) -> None:
    world.client("ecs").create_cluster(clusterName="taken")
    with pytest.raises(AwsError, match="'taken' already exists"):
        world.make("AWS::ECS::Cluster", ClusterName="taken")
