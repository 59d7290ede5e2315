"""Systems Manager parameters. CloudFormation makes plain ones only, never a ``SecureString``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import absence_is_fine
from herogate.local.resources.requests import send
from herogate.local.resources.tags import dropped, listed, wanted, with_tags


@resource(
    "AWS::SSM::Parameter",
    "AllowedPattern",
    "DataType",
    "Description",
    "Name",
    "Policies",
    "Tags",
    "Tier",
    "Type",
    "Value",
)
class Parameter(Handler):
    """A named value. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        named = {"Name": context.physical_name(1011)} | with_tags(context, properties)
        send(context.client("ssm"), "put_parameter", named)
        return str(named["Name"])

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ssm = context.client("ssm")
        value = {k: v for k, v in properties.items() if k != "Tags"}  # not together with Overwrite
        named = {"Description": "", **value, "Name": physical_id}
        send(ssm, "put_parameter", named, Overwrite=True)
        place = {"ResourceType": "Parameter", "ResourceId": physical_id}
        if tags := listed(wanted(context, properties)):
            ssm.add_tags_to_resource(**place, Tags=tags)
        if keys := dropped(context, properties, previous):
            ssm.remove_tags_from_resource(**place, TagKeys=keys)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("ssm").delete_parameter(Name=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        parameter = context.client("ssm").get_parameter(Name=physical_id)["Parameter"]
        return {
            "Arn": parameter["ARN"],
            "Type": parameter["Type"],
            "Value": parameter["Value"],
        }
