"""Schedule groups in stacks, on the session's cloud."""

from __future__ import annotations

from typing import Any

from local_cloud import LocalCloud
from stacks_at_work import StacksAtWork


def group(**properties: Any) -> dict[str, Any]:
    return {"Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": properties}}


def test_a_schedule_group_lives_and_goes_with_its_stack(cloud: LocalCloud) -> None:
    scheduler = cloud.client("scheduler")
    stacks = StacksAtWork(cloud=cloud, name="schedule-group")
    tags = [{"Key": "app", "Value": "demo"}]

    def own_tags() -> list[Any]:
        found = scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]
        return [tag for tag in found if not tag["Key"].startswith("aws:")]

    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Group", "Arn"]}}}
    assert stacks.create(group(Name="demo", Tags=tags), Outputs=outputs) == "CREATE_COMPLETE"
    arn = stacks.stack["Outputs"][0]["OutputValue"]
    assert arn == scheduler.get_schedule_group(Name="demo")["Arn"]
    assert own_tags() == tags
    assert stacks.update(group(Name="demo")) == "UPDATE_COMPLETE"
    assert own_tags() == []
    stacks.delete()
    listed = scheduler.list_schedule_groups(NamePrefix="demo")["ScheduleGroups"]
    assert listed == []


def test_the_name_of_a_group_that_is_there_is_refused(cloud: LocalCloud) -> None:
    scheduler = cloud.client("scheduler")
    scheduler.create_schedule_group(Name="taken")
    stacks = StacksAtWork(cloud=cloud, name="schedule-group-taken")

    assert stacks.create(group(Name="taken")) == "ROLLBACK_COMPLETE"
    assert scheduler.get_schedule_group(Name="taken")["State"] == "ACTIVE"
    stacks.delete()
    scheduler.delete_schedule_group(Name="taken")
