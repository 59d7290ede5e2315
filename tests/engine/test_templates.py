"""Templates that a team takes along: CloudFormation finds in them what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from local_cloud import LocalCloud
from released_apps import ReleasedApp, command

from herogate import NotFound, Platform
from herogate.engine.scaling import scales

REGION = "eu-west-1"


@pytest.fixture
def app(region: Platform, aws: LocalCloud) -> Iterator[ReleasedApp]:
    region.apps.create("ejected").wait()
    yield ReleasedApp(aws=aws, platform=region, name="ejected")
    region.apps.destroy("ejected").wait()


def change_set(cloudformation: Any, stack: str, template: str) -> tuple[str, list[Any]]:
    """How CloudFormation likes a template for a stack, and what it would change."""
    name = f"take-along-{stack}"
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        TemplateBody=template,
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
    return found["Status"], found["Changes"]


def services(aws: LocalCloud, *names: str) -> list[tuple[str, int, str]]:
    ecs = aws.client("ecs", region_name=REGION)
    found = ecs.describe_services(cluster="herogate--default", services=list(names))["services"]
    return [(each["serviceName"], each["desiredCount"], each["taskDefinition"]) for each in found]


def test_the_templates_of_what_is_there_change_nothing(
    region: Platform, aws: LocalCloud, app: ReleasedApp
) -> None:
    cloudformation = aws.client("cloudformation", region_name=REGION)
    of_space = region.templates.of_space("default")
    of_app = region.templates.of_app("ejected")
    assert [*of_space, *of_app] == ["herogate-space--default", "herogate-app--ejected"]
    assert {
        stack: change_set(cloudformation, stack, template)
        for stack, template in {**of_space, **of_app}.items()
    } == {"herogate-space--default": ("FAILED", []), "herogate-app--ejected": ("FAILED", [])}


def test_a_formation_that_is_taken_along_says_what_runs_now(
    region: Platform, aws: LocalCloud, app: ReleasedApp
) -> None:
    app.deploy(web=command("serve", "v1"), worker=command("work"))
    app.deploy(web=command("serve", "v2"), worker=command("work"))
    region.formations.scale("ejected", scales(["web=2", "worker=1"]))
    running = services(aws, "ejected--web", "ejected--worker")
    template = region.templates.of_app("ejected")["herogate-formation--ejected"]

    cloudformation = aws.client("cloudformation", region_name=REGION)
    cloudformation.update_stack(StackName="herogate-formation--ejected", TemplateBody=template)
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName="herogate-formation--ejected", WaiterConfig={"Delay": 1}
    )
    assert services(aws, "ejected--web", "ejected--worker") == running
    assert [count for _, count, _ in running] == [2, 1]


def test_an_app_that_is_taken_along_stays_as_it_is_when_all_of_it_is_sent(
    region: Platform, aws: LocalCloud, app: ReleasedApp
) -> None:
    app.deploy(web=command("serve", "v1"))
    region.buildpacks.set("ejected", ["heroku/python"])
    assert app.page() == "v1"

    cloudformation = aws.client("cloudformation", region_name=REGION)
    cloudformation.update_stack(
        StackName="herogate-app--ejected",
        TemplateBody=region.templates.of_app("ejected")["herogate-app--ejected"],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        # Tags of a stack are those of all in it: so each resource is sent anew.
        Tags=[{"Key": "owner", "Value": "ourselves"}],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName="herogate-app--ejected", WaiterConfig={"Delay": 1}
    )
    assert app.page() == "v1"
    assert region.buildpacks.all("ejected") == ("heroku/python",)


def test_of_what_is_not_there_nothing_is_taken_along(region: Platform) -> None:
    with pytest.raises(NotFound):
        region.templates.of_app("nobody")
    with pytest.raises(NotFound):
        region.templates.of_space("nowhere")
