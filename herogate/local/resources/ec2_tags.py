"""EC2's own dialect of tags: given with a create call by resource type, changed by id."""

from __future__ import annotations

from typing import Any

from herogate.local.resources import Context, Properties
from herogate.local.resources.tags import dropped, given, listed, wanted


def specification(context: Context, resource_type: str, properties: Properties) -> dict[str, Any]:
    """The argument by which a create call tags what it makes; none when there is nothing to say."""
    tags = listed(wanted(context, properties))
    if not tags:
        return {}
    return {"TagSpecifications": [{"ResourceType": resource_type, "Tags": tags}]}


def retag(context: Context, resource_id: str, properties: Properties, previous: Properties) -> None:
    """Bring the tags of an existing EC2 resource up to date."""
    ec2 = context.client("ec2")
    if tags := listed(given(context, properties, previous)):
        ec2.create_tags(Resources=[resource_id], Tags=tags)
    if keys := dropped(context, properties, previous):
        ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in keys])
