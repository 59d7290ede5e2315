"""ECS clusters and the capacity that they place tasks on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, already_exists
from herogate.local.resources.requests import changed, send
from herogate.local.resources.tags import retag, with_tags

_CAPACITY: Properties = {"CapacityProviders": [], "DefaultCapacityProviderStrategy": []}


def _settings(properties: Properties) -> dict[str, Any]:
    """The properties as ECS's cluster calls spell them."""
    renamed = dict(properties)
    if "ClusterSettings" in renamed:
        renamed["Settings"] = renamed.pop("ClusterSettings")
    return renamed


@resource(
    "AWS::ECS::Cluster",
    "CapacityProviders",
    "ClusterName",
    "ClusterSettings",
    "Configuration",
    "DefaultCapacityProviderStrategy",
    "ServiceConnectDefaults",
    "Tags",
)
class Cluster(Handler):
    """Where services and tasks run. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        ecs = context.client("ecs")
        name = str(properties.get("ClusterName") or context.physical_name(255))
        found = ecs.describe_clusters(clusters=[name])["clusters"]
        if any(cluster["status"] == "ACTIVE" for cluster in found):
            raise already_exists(self, name)  # CreateCluster would hand out the existing one
        named = {**_settings(with_tags(context, properties)), "ClusterName": name}
        send(ecs, "create_cluster", named)
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ecs = context.client("ecs")
        disabled = [{"Name": "containerInsights", "Value": "disabled"}]
        wanted = {"Settings": disabled, **_settings(properties)}
        names = ("ClusterSettings", "Configuration", "ServiceConnectDefaults")
        if any(changed(name, properties, previous) for name in names):
            send(ecs, "update_cluster", {**wanted, "Cluster": physical_id})
        if any(changed(name, properties, previous) for name in _CAPACITY):
            capacity = {**_CAPACITY, **properties, "Cluster": physical_id}
            send(ecs, "put_cluster_capacity_providers", capacity)
        retag(ecs, self._arn(context, physical_id), context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ecs").delete_cluster(cluster=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Arn": self._arn(context, physical_id)}

    def _arn(self, context: Context, name: str) -> str:
        return f"arn:{context.partition}:ecs:{context.region}:{context.account_id}:cluster/{name}"


@resource(
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "CapacityProviders",
    "Cluster",
    "DefaultCapacityProviderStrategy",
)
class ClusterCapacityProviderAssociations(Handler):
    """A cluster's capacity providers, set apart from it. Its physical id is the cluster's name."""

    def create(self, context: Context, properties: Properties) -> str:
        send(context.client("ecs"), "put_cluster_capacity_providers", {**_CAPACITY, **properties})
        return str(properties["Cluster"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        self.create(context, properties)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        none = {**_CAPACITY, "Cluster": properties["Cluster"]}
        with absence_is_fine():
            send(context.client("ecs"), "put_cluster_capacity_providers", none)
