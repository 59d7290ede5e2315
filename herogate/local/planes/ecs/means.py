"""What tasks are started with, as other services and ECS's own declarations tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.planes.ecs.addresses import Subnet

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

Document = Mapping[str, Any]


class Means:
    """Looks up task definitions and subnets, under the cloud's own name."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._definitions: dict[str, Document] = {}

    async def definition(self, region: str, arn: str) -> Document:
        """The task definition of this ARN, which never changes but for being made inactive."""
        if arn not in self._definitions:
            asked = {"taskDefinition": arn}
            answer = await self._ask(region)("ecs", "DescribeTaskDefinition", asked)
            self._definitions[arn] = answer["taskDefinition"]
        return self._definitions[arn]

    async def tags(self, region: str, arn: str) -> list[Document]:
        """The tags of a task definition."""
        answer = await self._ask(region)("ecs", "ListTagsForResource", {"resourceArn": arn})
        return list(answer["tags"])

    async def subnets(self, region: str, ids: Sequence[str]) -> list[Subnet]:
        """The subnets of these ids.

        Raises:
            AwsError: one of them does not exist.
        """
        try:
            answer = await self._ask(region)("ec2", "DescribeSubnets", {"SubnetIds": list(ids)})
        except AwsError as error:
            if not error.code.startswith("InvalidSubnet"):
                raise
            named = ", ".join(ids)
            raise AwsError(
                "InvalidParameterException",
                f"Error retrieving subnet information for [{named}]: {error.message}",
            ) from error
        return [
            Subnet(
                id=each["SubnetId"],
                cidr=each["CidrBlock"],
                availability_zone=each["AvailabilityZone"],
            )
            for each in answer["Subnets"]
        ]

    def _ask(self, region: str) -> Any:
        return partial(self._cloud.calls.ask, region=region, caller=self._cloud.root)
