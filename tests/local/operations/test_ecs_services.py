"""What ECS refuses of services, and what it tells of them. How they are kept is the plane's tests'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from local_cloud import LocalCloud
from services_at_work import Place, is_steady, place

INVALID = "InvalidParameterException"
NONE: dict[str, Any] = {"desiredCount": 0}


@pytest.fixture(scope="module")
def site(cloud: LocalCloud) -> Place:
    """A cluster without load balancers."""
    return place(cloud, "svc")


@pytest.fixture(scope="module")
def definition(site: Place) -> str:
    """A task definition of a process that stays."""
    return site.definition("app", {"IDLE": "600"})


@pytest.fixture(scope="module")
def group(site: Place) -> str:
    """A target group that no load balancer uses."""
    made = site.cloud.client("elbv2").create_target_group(
        Name=site.cluster, Protocol="HTTP", Port=80, VpcId=site.where.vpc_id, TargetType="ip"
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


Refused = Callable[..., tuple[str, str]]


@pytest.fixture
def refused(site: Place, definition: str, refusal: Any) -> Refused:
    """Create a service that must be refused."""

    def create(**settings: Any) -> tuple[str, str]:
        asked = {"taskDefinition": definition, "serviceName": "refused", **NONE, **settings}
        return refusal(  # type: ignore[no-any-return]
            site.ecs.create_service,
            **{
                "cluster": site.cluster,
                "launchType": "FARGATE",
                "networkConfiguration": site.on_network,
                **asked,
            },
        )

    return create


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"cluster": "nowhere"}, "ClusterNotFoundException", "Cluster not found."),
        (
            {"serviceName": "no dots."},
            INVALID,
            "Invalid service name. Up to 255 letters (uppercase and lowercase), numbers, hyphens, "
            "and underscores are allowed.",
        ),
        ({"taskDefinition": "nothing"}, "ClientException", "TaskDefinition not found."),
        (
            {"networkConfiguration": {}},
            INVALID,
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            {"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
            INVALID,
            "Specifying both a launch type and capacity provider strategy is not supported. Remove "
            "one and try again.",
        ),
        (
            {"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100}},
            INVALID,
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
            "deployments.",
        ),
        (
            {"healthCheckGracePeriodSeconds": 5},
            INVALID,
            "Health check grace period is only valid for services configured to use load balancers",
        ),
        (
            {"platformVersion": "9.9"},
            "PlatformUnknownException",
            "The specified platform version '9.9' is unknown.",
        ),
    ],
)
def test_what_ecs_refuses_is_refused(
    refused: Refused, settings: Mapping[str, Any], code: str, message: str
) -> None:
    assert refused(**settings) == (code, message)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"launchType": "EC2"}, "the launch type EC2"),
        ({"schedulingStrategy": "DAEMON"}, "the scheduling strategy DAEMON"),
        (
            {"deploymentController": {"type": "CODE_DEPLOY"}},
            "the deployment controller CODE_DEPLOY",
        ),
        (
            {"deploymentConfiguration": {"strategy": "BLUE_GREEN"}},
            "the deployment strategy BLUE_GREEN",
        ),
        ({"enableExecuteCommand": True}, "enableExecuteCommand of tasks and services"),
        ({"serviceConnectConfiguration": {"enabled": True}}, "Service Connect"),
    ],
)
def test_what_is_not_there_is_refused_by_name(
    refused: Refused, settings: Mapping[str, Any], what: str
) -> None:
    assert refused(**settings) == ("NotImplemented", f"The local cloud does not support {what}.")


def test_a_target_group_must_have_a_load_balancer_and_the_container_its_port(
    refused: Refused, group: str
) -> None:
    def balanced(**entry: Any) -> tuple[str, str]:
        balancer = {"targetGroupArn": group, "containerName": "web", "containerPort": 8080}
        return refused(loadBalancers=[{**balancer, **entry}])

    assert balanced() == (
        INVALID,
        f"The target group with targetGroupArn {group} does not have an associated load balancer.",
    )
    assert balanced(containerName="app") == (
        INVALID,
        "The container app does not exist in the task definition.",
    )
    assert balanced(containerPort=80) == (
        INVALID,
        "The container web did not have a container port 80 defined.",
    )


def test_a_subnet_must_exist(refused: Refused) -> None:
    network = {"awsvpcConfiguration": {"subnets": ["subnet-00000000000000000"]}}
    code, message = refused(networkConfiguration=network)

    assert (code, message.partition(":")[0]) == (
        INVALID,
        "Error retrieving subnet information for [subnet-00000000000000000]",
    )


def test_a_service_is_created_once_changed_and_deleted(
    site: Place, definition: str, refusal: Any
) -> None:
    ecs, named = site.ecs, {"cluster": site.cluster, "service": "once"}
    made = site.service("once", definition, **NONE)
    again = site.service("once", definition, **NONE)
    site.until("once", is_steady)

    assert again["deployments"][0]["id"] == made["deployments"][0]["id"]
    assert refusal(site.service, name="once", definition=definition, desiredCount=1) == (
        INVALID,
        "Creation of service was not idempotent.",
    )
    assert (
        site.update("once", desiredCount=1)["deployments"][0]["id"] == again["deployments"][0]["id"]
    )
    forced = site.update("once", forceNewDeployment=True, desiredCount=0)["deployments"]
    assert [deployment["status"] for deployment in forced] == ["PRIMARY", "ACTIVE"]
    assert forced[0]["rolloutStateReason"] == f"ECS deployment {forced[0]['id']} in progress."

    site.update("once", desiredCount=1)
    assert refusal(ecs.delete_service, **named) == (
        INVALID,
        "The service cannot be stopped while it is scaled above 0.",
    )
    assert ecs.delete_service(**named, force=True)["service"]["status"] == "DRAINING"
    assert made["serviceArn"] not in ecs.list_services(cluster=site.cluster)["serviceArns"]
    site.until("once", lambda service: bool(service["status"] == "INACTIVE"))
    assert refusal(ecs.update_service, **named) == (
        "ServiceNotActiveException",
        "Service was not ACTIVE.",
    )
    assert refusal(ecs.delete_service, **named) == (
        "ServiceNotFoundException",
        "Service not found.",
    )
    assert site.service("once", definition, **NONE)["status"] == "ACTIVE"


def test_services_are_listed_tagged_and_described(site: Place, definition: str) -> None:
    ecs = site.ecs
    tags = [{"key": "team", "value": "blue"}]
    arn = site.service("listed", definition, **NONE, tags=tags)["serviceArn"]
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "tier", "value": "web"}])
    ecs.untag_resource(resourceArn=arn, tagKeys=["team"])
    found = ecs.describe_services(cluster=site.cluster, services=[arn, "absent"], include=["TAGS"])

    assert arn in ecs.list_services(cluster=site.cluster)["serviceArns"]
    assert found["services"][0]["tags"] == [{"key": "tier", "value": "web"}]
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == found["services"][0]["tags"]
    assert found["failures"] == [
        {
            "arn": f"arn:aws:ecs:us-east-1:123456789012:service/{site.cluster}/absent",
            "reason": "MISSING",
        }
    ]


def test_a_deployments_history_tells_what_it_brought(
    site: Place, definition: str, refusal: Any
) -> None:
    ecs = site.ecs
    site.service("told", definition, **NONE)
    site.until("told", is_steady)
    site.update("told", forceNewDeployment=True)
    site.until("told", is_steady)
    newest, oldest = ecs.list_service_deployments(cluster=site.cluster, service="told")[
        "serviceDeployments"
    ]
    arn = newest["serviceDeploymentArn"]
    described = ecs.describe_service_deployments(serviceDeploymentArns=[arn])
    entry = described["serviceDeployments"][0]
    revision = ecs.describe_service_revisions(
        serviceRevisionArns=[newest["targetServiceRevisionArn"]]
    )["serviceRevisions"][0]

    assert (newest["status"], oldest["status"]) == ("SUCCESSFUL", "SUCCESSFUL")
    assert [each["arn"] for each in entry["sourceServiceRevisions"]] == [
        oldest["targetServiceRevisionArn"]
    ]
    assert revision["taskDefinition"] == definition
    assert revision["networkConfiguration"] == site.on_network
    assert refusal(ecs.stop_service_deployment, serviceDeploymentArn=arn) == (
        "ConflictException",
        "The service deployment is in the state SUCCESSFUL and cannot be stopped.",
    )


def test_a_cluster_with_services_stays(site: Place, definition: str, refusal: Any) -> None:
    site.service("stays", definition, **NONE)

    assert refusal(site.ecs.delete_cluster, cluster=site.cluster) == (
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
    )
