"""Task definitions by their handler; services through a stack, since tasks need a cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_cloud import LocalCloud
from services_at_work import Place, is_steady, place

from .conftest import STACK_TAGS, World

CONTAINER = {"Name": "web", "Image": "web", "Essential": True, "Memory": "64"}


def test_a_task_definition_lives(world: World) -> None:
    ecs = world.client("ecs")
    definition = world.make("AWS::ECS::TaskDefinition", ContainerDefinitions=[CONTAINER])
    arn = definition.physical_id

    def tags() -> dict[str, str]:
        found = ecs.list_tags_for_resource(resourceArn=arn)["tags"]
        return {tag["key"]: tag["value"] for tag in found}

    assert definition.attributes == {"TaskDefinitionArn": arn}
    assert ":task-definition/demo-Thing-" in arn
    assert tags() == STACK_TAGS

    definition.update(ContainerDefinitions=[CONTAINER], Tags=[{"Key": "tier", "Value": "front"}])
    assert tags() == {**STACK_TAGS, "tier": "front"}
    definition.delete()
    found = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    assert found["status"] == "INACTIVE"


@pytest.fixture(scope="module")
def site(cloud: LocalCloud) -> Place:
    """A cluster for a stack's services."""
    return place(cloud, "stacked")


class Stack:
    """A stack of one service."""

    def __init__(self, site: Place, **options: Any) -> None:
        self.site = site
        self.name = site.cluster
        self.options = options
        self.cloudformation = site.cloud.client("cloudformation")

    def template(self, definition: str, count: int) -> str:
        network = self.site.on_network["awsvpcConfiguration"]
        service = {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "ServiceName": "kept",
                "Cluster": self.site.cluster,
                "LaunchType": "FARGATE",
                "DesiredCount": count,
                "TaskDefinition": definition,
                "DeploymentConfiguration": {
                    "DeploymentCircuitBreaker": {
                        "Enable": True,
                        "Rollback": True,
                        "ThresholdConfiguration": {"Type": "COUNT", "Value": 1},
                    }
                },
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {
                        "Subnets": network["subnets"],
                        "AssignPublicIp": network["assignPublicIp"],
                    }
                },
            },
        }
        outputs = {"Name": {"Value": {"Fn::GetAtt": ["Service", "Name"]}}}
        return json.dumps({"Resources": {"Service": service}, "Outputs": outputs})

    def create(self, definition: str, count: int) -> None:
        body = self.template(definition, count)
        self.cloudformation.create_stack(StackName=self.name, TemplateBody=body)
        self.wait("create")

    def update(self, definition: str, count: int) -> None:
        body = self.template(definition, count)
        self.cloudformation.update_stack(StackName=self.name, TemplateBody=body)

    def wait(self, what: str) -> None:
        waiter = self.cloudformation.get_waiter(f"stack_{what}_complete")
        waiter.wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})

    def described(self) -> dict[str, Any]:
        return dict(self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0])


def test_a_stack_waits_for_its_service_and_rolls_back_with_it(site: Place) -> None:
    stack = Stack(site)
    good = site.definition("kept", {"IDLE": "600"})
    stack.create(good, 1)
    assert is_steady(site.described("kept"))
    assert stack.described()["Outputs"][0]["OutputValue"] == "kept"

    stack.update(good, 2)
    stack.wait("update")
    assert site.described("kept")["runningCount"] == 2

    stack.update(site.definition("kept", {"CRASH": "1"}), 2)
    with pytest.raises(Exception, match="UPDATE_ROLLBACK"):
        stack.wait("update")
    stack.wait("rollback")
    assert site.until("kept", is_steady)["taskDefinition"] == good

    stack.cloudformation.delete_stack(StackName=stack.name)
    stack.wait("delete")
    assert site.described("kept")["status"] == "INACTIVE"
