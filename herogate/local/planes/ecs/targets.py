"""Tasks as targets of load balancers: registered, taken away, and what is known of their health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from herogate.local.errors import AwsError
from herogate.local.planes.ecs.tasks import Target, Task
from herogate.local.planes.ecs.vitals import TargetHealth

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


async def register(cloud: Cloud, task: Task) -> None:
    """Have load balancers send requests to a task.

    Raises:
        AwsError: a target group refuses; it may have been deleted.
    """
    for target in task.targets:
        await _ask(cloud, "RegisterTargets", task, target)


async def deregister(cloud: Cloud, task: Task) -> None:
    """Have load balancers send no further requests to a task; those under way are finished."""
    for target in task.targets:
        try:
            await _ask(cloud, "DeregisterTargets", task, target)
        except AwsError as error:
            if error.code != "TargetGroupNotFound":
                raise


async def are_drained(cloud: Cloud, task: Task) -> bool:
    """Whether no load balancer has a request under way on a task that was taken away."""
    for target in task.targets:
        known = await health(cloud, task.region, target.group_arn)
        if (target.group_arn, task.interface.address, target.port) in known:
            return False
    return True


async def health(
    cloud: Cloud, region: str, group_arn: str
) -> dict[tuple[str, str, int], TargetHealth]:
    """What is known of a target group's targets; nothing, if the group is gone."""
    asked = {"TargetGroupArn": group_arn}
    try:
        answer = await cloud.calls.ask(
            "elbv2", "DescribeTargetHealth", asked, region=region, caller=cloud.root
        )
    except AwsError as error:
        if error.code != "TargetGroupNotFound":
            raise
        return {}
    return {
        (group_arn, each["Target"]["Id"], each["Target"]["Port"]): TargetHealth(
            state=each["TargetHealth"]["State"],
            reason=each["TargetHealth"].get("Description", ""),
        )
        for each in answer["TargetHealthDescriptions"]
    }


async def _ask(cloud: Cloud, operation: str, task: Task, target: Target) -> None:
    named = {"Id": task.interface.address, "Port": target.port}
    asked = {"TargetGroupArn": target.group_arn, "Targets": [named]}
    await cloud.calls.ask("elbv2", operation, asked, region=task.region, caller=cloud.root)
