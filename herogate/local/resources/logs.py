"""CloudWatch Logs' log groups, and the policies by which services may write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.outcomes import (
    absence_is_fine,
    already_exists,
    undone_on_failure,
)
from herogate.local.resources.requests import changed, document, send
from herogate.local.resources.tags import retag, with_tags


@resource("AWS::Logs::LogGroup", "KmsKeyId", "LogGroupName", "RetentionInDays", "Tags")
class LogGroup(Handler):
    """Where log streams are kept, and for how long. Its physical id is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        logs = context.client("logs")
        named = {"LogGroupName": context.physical_name(512)} | with_tags(context, properties)
        name = str(named["LogGroupName"])
        send(logs, "create_log_group", named)
        with undone_on_failure(self, context, name, properties):
            self._retain(logs, name, properties, {})
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        logs = context.client("logs")
        self._retain(logs, physical_id, properties, previous)
        if changed("KmsKeyId", properties, previous):
            key = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
            call = logs.associate_kms_key if key else logs.disassociate_kms_key
            call(logGroupName=physical_id, **key)
        retag(logs, self._arn(context, physical_id), context, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("logs").delete_log_group(logGroupName=physical_id)

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Arn": f"{self._arn(context, physical_id)}:*"}

    def _arn(self, context: Context, name: str) -> str:
        place = f"{context.region}:{context.account_id}"
        return f"arn:{context.partition}:logs:{place}:log-group:{name}"

    def _retain(self, logs: Any, name: str, properties: Properties, previous: Properties) -> None:
        if not changed("RetentionInDays", properties, previous):
            return
        if "RetentionInDays" in properties:
            send(logs, "put_retention_policy", {**properties, "LogGroupName": name})
        else:
            with absence_is_fine():
                logs.delete_retention_policy(logGroupName=name)


@resource("AWS::Logs::ResourcePolicy", "PolicyDocument", "PolicyName")
class ResourcePolicy(Handler):
    """Which services may write to log groups. Its physical id is its name."""

    def create(self, context: Context, properties: Properties) -> str:
        logs, name = context.client("logs"), str(properties["PolicyName"])
        if name in (policy["policyName"] for policy in _policies(logs)):
            raise already_exists(self, name)  # PutResourcePolicy would overwrite it
        self._put(logs, name, properties)
        return name

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        if changed("PolicyDocument", properties, previous):
            self._put(context.client("logs"), physical_id, properties)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        with absence_is_fine():
            context.client("logs").delete_resource_policy(policyName=physical_id)

    def _put(self, logs: Any, name: str, properties: Properties) -> None:
        text = document(properties["PolicyDocument"])
        logs.put_resource_policy(policyName=name, policyDocument=text)


def _policies(logs: Any) -> list[Mapping[str, Any]]:
    return list(logs.describe_resource_policies()["resourcePolicies"])
