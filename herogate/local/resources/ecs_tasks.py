"""ECS task definitions, and the services that keep tasks of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine, already_exists
from herogate.local.resources.requests import boolean, changed, send
from herogate.local.resources.tags import retag, with_tags

_OF_A_DEFINITION = (
    "ContainerDefinitions",
    "Cpu",
    "EphemeralStorage",
    "ExecutionRoleArn",
    "Family",
    "Memory",
    "NetworkMode",
    "RequiresCompatibilities",
    "RuntimePlatform",
    "TaskRoleArn",
    "Volumes",
)


@resource("AWS::ECS::TaskDefinition", *_OF_A_DEFINITION, "Tags")
class TaskDefinition(Handler):
    """One revision of a family; any change makes another. Its physical id is the revision's ARN."""

    def create(self, context: Context, properties: Properties) -> str:
        named = {"Family": context.physical_name(255), **with_tags(context, properties)}
        made = send(context.client("ecs"), "register_task_definition", named)
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        retag(context.client("ecs"), physical_id, context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        context.client("ecs").deregister_task_definition(taskDefinition=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"TaskDefinitionArn": physical_id}


_DROPPED: Properties = {
    "EnableECSManagedTags": False,
    "HealthCheckGracePeriodSeconds": 0,
    "LoadBalancers": [],
    "PropagateTags": "NONE",
}
"""What UpdateService is told of a property that a template drops: left out, it would stay."""

_UNDER_WAY = {"PENDING", "IN_PROGRESS"}
"""A deployment that may yet succeed. One that is being rolled back has failed."""


@resource(
    "AWS::ECS::Service",
    *_DROPPED,
    "AvailabilityZoneRebalancing",
    "CapacityProviderStrategy",
    "Cluster",
    "DeploymentConfiguration",
    "DeploymentController",
    "DesiredCount",
    "EnableExecuteCommand",
    "ForceNewDeployment",
    "LaunchType",
    "NetworkConfiguration",
    "PlatformVersion",
    "SchedulingStrategy",
    "ServiceName",
    "Tags",
    "TaskDefinition",
)
class Service(Handler):
    """Keeps a number of tasks. Its physical id, and what ``Ref`` gives, is the ARN.

    It is stable when its deployment has completed; one that fails makes the resource fail.
    """

    def create(self, context: Context, properties: Properties) -> str:
        ecs = context.client("ecs")
        name = str(properties.get("ServiceName") or context.physical_name(255))
        if self._find(ecs, properties.get("Cluster"), name).get("status") == "ACTIVE":
            raise already_exists(self, name)  # CreateService would hand out the existing one
        wanted = {"DesiredCount": 1, **with_tags(context, properties), "ServiceName": name}
        made = send(ecs, "create_service", wanted)
        arn = str(made["service"]["serviceArn"])
        self._outcome(context, arn)  # AWS's looks, too: who may not look cannot have one made
        return arn

    def is_ready(self, context: Context, physical_id: str) -> bool:
        service = self._describe(context, physical_id)
        outcome = self._outcome(context, physical_id)
        if outcome is False:
            raise AwsError(
                "GeneralServiceException",
                "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.",
            )
        return outcome is True and service.get("runningCount") == service.get("desiredCount")

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ecs = context.client("ecs")
        dropped = {name: _DROPPED[name] for name in _DROPPED.keys() & previous.keys()}
        wanted = {**dropped, **properties, "Service": physical_id}
        if not (properties.get("LoadBalancers") or "HealthCheckGracePeriodSeconds" in properties):
            wanted.pop("HealthCheckGracePeriodSeconds", None)
        if isinstance(forced := wanted.pop("ForceNewDeployment", None), Mapping):
            again = boolean(forced.get("EnableForceNewDeployment"))
            differs = changed("ForceNewDeployment", properties, previous)
            wanted["ForceNewDeployment"] = again and differs
        if self._outcome(context, physical_id) is False:
            wanted["ForceNewDeployment"] = True  # or nothing would tell that this one succeeds
        send(ecs, "update_service", wanted)
        retag(ecs, physical_id, context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ecs").delete_service(
                cluster=_cluster(physical_id), service=physical_id, force=True
            )

    def is_gone(self, context: Context, physical_id: str) -> bool:
        return self._describe(context, physical_id).get("status") in (None, "INACTIVE")

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"ServiceArn": physical_id, "Name": physical_id.rpartition("/")[2]}

    def _outcome(self, context: Context, physical_id: str) -> bool | None:
        """Whether its last deployment has succeeded; None while it is under way."""
        ecs = context.client("ecs")
        (newest,) = ecs.list_service_deployments(
            cluster=_cluster(physical_id), service=physical_id, maxResults=1
        )["serviceDeployments"]
        (described,) = ecs.describe_service_deployments(
            serviceDeploymentArns=[newest["serviceDeploymentArn"]]
        )["serviceDeployments"]
        status = described["status"]
        return None if status in _UNDER_WAY else bool(status == "SUCCESSFUL")

    def _describe(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return self._find(context.client("ecs"), _cluster(physical_id), physical_id)

    def _find(self, ecs: Any, cluster: Any, service: str) -> Mapping[str, Any]:
        named = {} if cluster is None else {"cluster": str(cluster)}
        try:
            found = ecs.describe_services(services=[service], **named)["services"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ClusterNotFoundException":
                raise
            return {}
        return dict(found[0]) if found else {}


def _cluster(physical_id: str) -> str:
    """The cluster's name in a service's ARN."""
    return physical_id.split("/")[1]
