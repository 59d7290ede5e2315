"""ECS's clusters and task definitions, and what is refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud, running

from herogate.local.directory import Directory

ACCOUNT = "123456789012"
ON_FARGATE = [{"capacityProvider": "FARGATE", "weight": 1}]
CONTAINER = {"name": "app", "image": "app", "essential": True}


@pytest.fixture(scope="module")
def ecs(cloud: LocalCloud) -> Any:
    """An ECS client in an account in which ECS's service-linked role exists."""
    iam = cloud.client("iam")
    try:
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    except iam.exceptions.InvalidInputException:
        iam.get_role(RoleName="AWSServiceRoleForECS")
    return cloud.client("ecs")


def test_the_first_cluster_fails_until_the_service_linked_role_exists(
    directory: Directory, refusal: Any
) -> None:
    fresh = running(directory)
    ecs, providers = fresh.client("ecs"), ["FARGATE", "FARGATE_SPOT"]

    assert refusal(ecs.create_cluster, clusterName="first", capacityProviders=providers) == (
        "InvalidParameterException",
        "Unable to assume the service linked role. Please verify that the ECS service linked role "
        "exists.",
    )
    fresh.client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    cluster = ecs.create_cluster(clusterName="first", capacityProviders=providers)["cluster"]
    assert cluster["status"] == "ACTIVE"


def test_a_cluster_shows_what_is_asked_for(ecs: Any) -> None:
    ecs.create_cluster(
        clusterName="shown",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=ON_FARGATE,
        configuration={"executeCommandConfiguration": {"logging": "DEFAULT"}},
        tags=[{"key": "team", "value": "blue"}],
    )
    plain = {
        "clusterArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shown",
        "clusterName": "shown",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
        "capacityProviders": ["FARGATE"],
        "defaultCapacityProviderStrategy": ON_FARGATE,
    }
    more = {
        "tags": [{"key": "team", "value": "blue"}],
        "settings": [{"name": "containerInsights", "value": "disabled"}],
        "configuration": {"executeCommandConfiguration": {"logging": "DEFAULT"}},
    }
    include = ["TAGS", "SETTINGS", "CONFIGURATIONS"]

    assert ecs.describe_clusters(clusters=["shown"])["clusters"] == [plain]
    assert ecs.describe_clusters(clusters=["shown"], include=include)["clusters"] == [
        {**plain, **more}
    ]


def test_creating_a_cluster_again_gives_the_one_that_is_there(ecs: Any, refusal: Any) -> None:
    given = {"clusterName": "again", "capacityProviders": ["FARGATE"]}
    ecs.create_cluster(**given)
    ecs.update_cluster_settings(
        cluster="again", settings=[{"name": "containerInsights", "value": "enhanced"}]
    )

    repeated = ecs.create_cluster(**given)["cluster"]
    assert repeated["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    assert refusal(ecs.create_cluster, **{**given, "capacityProviders": ["FARGATE_SPOT"]}) == (
        "InvalidParameterException",
        "Arguments on this idempotent request are inconsistent with arguments used in previous "
        "request(s).",
    )


def test_a_deleted_cluster_is_inactive_and_its_name_free(ecs: Any, refusal: Any) -> None:
    ecs.create_cluster(clusterName="deleted", capacityProviders=["FARGATE"])
    assert ecs.delete_cluster(cluster="deleted")["cluster"]["status"] == "INACTIVE"

    recreated = ecs.create_cluster(clusterName="deleted", capacityProviders=["FARGATE_SPOT"])
    assert recreated["cluster"]["capacityProviders"] == ["FARGATE_SPOT"]
    assert refusal(ecs.delete_cluster, cluster="missing") == (
        "ClusterNotFoundException",
        "Cluster not found.",
    )


NOT_FOUND = (
    "The specified capacity provider was not found. "
    "Specify a valid capacity provider and try again."
)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"clusterName": "two words"},
            "Invalid cluster name. Up to 255 letters (uppercase and lowercase), numbers, "
            "underscores, and hyphens are allowed.",
        ),
        (
            {"clusterName": "a" * 256},
            "Invalid cluster name. Up to 255 letters (uppercase and lowercase), numbers, "
            "underscores, and hyphens are allowed.",
        ),
        ({"capacityProviders": ["OTHER"]}, NOT_FOUND),
        (
            {"defaultCapacityProviderStrategy": ON_FARGATE},
            "The specified capacity provider strategy cannot contain a capacity provider that is "
            "not associated with the cluster. Associate the capacity provider with the cluster or "
            "specify a valid capacity provider and try again.",
        ),
    ],
)
def test_a_cluster_that_aws_refuses_is_refused(
    ecs: Any, refusal: Any, parameters: dict[str, Any], message: str
) -> None:
    given = {"clusterName": "refused", **parameters}

    assert refusal(ecs.create_cluster, **given) == ("InvalidParameterException", message)
    assert ecs.describe_clusters(clusters=["refused"])["clusters"] == []


def test_the_capacity_providers_are_fargates(ecs: Any, refusal: Any) -> None:
    ecs.create_cluster(clusterName="providers")
    ecs.put_cluster_capacity_providers(
        cluster="providers",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=ON_FARGATE,
    )
    providers = ecs.describe_capacity_providers()["capacityProviders"]

    assert [provider["name"] for provider in providers] == ["FARGATE", "FARGATE_SPOT"]
    assert refusal(
        ecs.put_cluster_capacity_providers,
        cluster="providers",
        capacityProviders=["OTHER"],
        defaultCapacityProviderStrategy=[],
    ) == ("InvalidParameterException", NOT_FOUND)


def test_a_task_definition_for_fargate_is_registered(ecs: Any) -> None:
    given: dict[str, Any] = {
        "family": "shop",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    }
    registered = ecs.register_task_definition(**given, containerDefinitions=[CONTAINER])
    definition = registered["taskDefinition"]

    assert {name: definition[name] for name in given} == given
    assert definition["revision"] == 1


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"family": "two words"},
            "Invalid family name. Up to 255 letters (uppercase and lowercase), numbers, hyphens, "
            "and underscores are allowed.",
        ),
        (
            {"containerDefinitions": [{**CONTAINER, "name": f"c{n}"} for n in range(11)]},
            "Too many containers. A task definition has at most 10.",
        ),
        ({"networkMode": "bridge"}, "Fargate only supports network mode 'awsvpc'."),
        (
            {"cpu": "256", "memory": "8192"},
            "No Fargate configuration exists for given values: 256 CPU, 8192 memory.",
        ),
    ],
)
def test_a_task_definition_that_aws_refuses_is_refused(
    ecs: Any, refusal: Any, parameters: dict[str, Any], message: str
) -> None:
    good = {
        "family": "refused",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [CONTAINER],
    }
    assert refusal(ecs.register_task_definition, **{**good, **parameters}) == (
        "ClientException",
        message,
    )


def test_a_task_definition_has_at_most_64_kib(ecs: Any, refusal: Any) -> None:
    container = {**CONTAINER, "environment": [{"name": "A", "value": "x" * 65_536}]}
    code, message = refusal(
        ecs.register_task_definition, family="refused", containerDefinitions=[container]
    )

    assert code == "ClientException"
    assert message.endswith("Max allowed length is '65536' bytes.")


def test_revisions_are_listed_in_order_and_by_pages(ecs: Any) -> None:
    arns = [
        ecs.register_task_definition(
            family="ordered", containerDefinitions=[{**CONTAINER, "memory": 64}]
        )["taskDefinition"]["taskDefinitionArn"]
        for _ in range(11)
    ]

    def listed(**asked: Any) -> list[str]:
        pages = ecs.get_paginator("list_task_definitions").paginate(familyPrefix="ordered", **asked)
        return [arn for page in pages for arn in page["taskDefinitionArns"]]

    assert listed(PaginationConfig={"PageSize": 4}) == arns
    assert listed(sort="DESC") == arns[::-1]


def test_a_deleted_revision_is_never_there_again(ecs: Any) -> None:
    def registered() -> str:
        made = ecs.register_task_definition(
            family="reused", containerDefinitions=[{**CONTAINER, "memory": 64}]
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def families(status: str) -> list[str]:
        listed = ecs.list_task_definition_families(familyPrefix="reused", status=status)
        return list(listed["families"])

    first = registered()
    in_use = [families(status) for status in ("ACTIVE", "INACTIVE", "ALL")]
    ecs.deregister_task_definition(taskDefinition=first)
    out_of_use = [families(status) for status in ("ACTIVE", "INACTIVE", "ALL")]
    ecs.delete_task_definitions(taskDefinitions=[first])
    assert in_use == [["reused"], [], ["reused"]]
    assert out_of_use == [[], ["reused"], ["reused"]]
    assert families("ALL") == []
    assert registered().endswith(":2")


def test_a_family_is_its_latest_active_revision(ecs: Any, refusal: Any) -> None:
    for _ in range(2):
        ecs.register_task_definition(
            family="latest", containerDefinitions=[{**CONTAINER, "memory": 64}]
        )
    ecs.deregister_task_definition(taskDefinition="latest:2")

    found = ecs.describe_task_definition(taskDefinition="latest")["taskDefinition"]
    assert found["taskDefinitionArn"].endswith(":task-definition/latest:1")
    ecs.deregister_task_definition(taskDefinition="latest:1")
    assert refusal(ecs.describe_task_definition, taskDefinition="latest") == (
        "ClientException",
        "Unable to describe task definition.",
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "what"),
    [
        (
            "ExecuteCommand",
            {"command": "sh", "interactive": True, "task": "x"},
            "interactive sessions",
        ),
        (
            "StartTask",
            {"taskDefinition": "x", "containerInstances": []},
            "tasks on container instances",
        ),
        ("CreateTaskSet", {"service": "x", "cluster": "y", "taskDefinition": "z"}, "task sets"),
    ],
)
def test_what_is_not_there_is_refused_by_name(
    ecs: Any, refusal: Any, operation: str, parameters: dict[str, Any], what: str
) -> None:
    method = getattr(ecs, "".join(f"_{c.lower()}" if c.isupper() else c for c in operation)[1:])

    assert refusal(method, **parameters) == (
        "NotImplemented",
        f"The local cloud does not support ecs:{operation} ({what}).",
    )
