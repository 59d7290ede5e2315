"""Stacks, resources, events and change sets as CloudFormation's API answers them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from herogate.local.errors import AwsError
from herogate.local.planes.cloudformation.records.events import StackEvent
from herogate.local.planes.cloudformation.records.stack import (
    Configuration,
    OnFailure,
    Stack,
    StackResource,
)
from herogate.local.planes.cloudformation.requests.changesets import ChangeSet

_PAGE = 100
T = TypeVar("T")
_NOT_CHECKED = {"StackDriftStatus": "NOT_CHECKED"}
_RESOURCE_NOT_CHECKED = {"StackResourceDriftStatus": "NOT_CHECKED"}


def page(
    items: Sequence[T], token: str | None, key: Callable[[T], str], size: int = _PAGE
) -> tuple[Sequence[T], dict[str, str]]:
    """One page of items, and the token of the next one, if any.

    A token names the item after which its page begins, so items that come meanwhile do no harm.
    """
    start = 0 if token is None else _after(items, token, key)
    shown = items[start : start + size]
    if start + size >= len(items):
        return shown, {}
    return shown, {"NextToken": base64.urlsafe_b64encode(key(shown[-1]).encode()).decode()}


def _after(items: Sequence[T], token: str, key: Callable[[T], str]) -> int:
    try:
        last = base64.urlsafe_b64decode(token.encode()).decode()
        return next(place for place, item in enumerate(items) if key(item) == last) + 1
    except (binascii.Error, UnicodeDecodeError, StopIteration) as error:
        raise AwsError("ValidationError", f"Invalid NextToken: {token}") from error


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """A result without the members that have no value."""
    return {name: value for name, value in members.items() if value is not None}


def stack(found: Stack) -> dict[str, Any]:
    """A stack as DescribeStacks shows it."""
    return present(
        {
            "StackId": found.stack_id,
            "StackName": found.name,
            "ChangeSetId": found.change_set_id,
            "Description": found.configuration.description,
            "Parameters": parameters(found.configuration) or None,
            "CreationTime": _time(found.created_at),
            "DeletionTime": _time(found.deleted_at),
            "LastUpdatedTime": _time(found.updated_at),
            "RollbackConfiguration": {},
            "StackStatus": found.status,
            "StackStatusReason": found.status_reason,
            "DisableRollback": found.on_failure is OnFailure.DO_NOTHING,
            "DeploymentConfig": {"Mode": "EXPRESS"} if found.express else None,
            "NotificationARNs": list(found.configuration.notification_arns),
            "TimeoutInMinutes": found.timeout_minutes,
            "Capabilities": list(found.configuration.capabilities) or None,
            "Outputs": [_output(output) for output in found.outputs] or None,
            "RoleARN": found.role_arn,
            "Tags": tags(found.configuration),
            "EnableTerminationProtection": found.termination_protection,
            "RetainExceptOnCreate": found.retain_except_on_create or None,
            "DriftInformation": _NOT_CHECKED,
            "LastOperations": [
                {"OperationType": type_, "OperationId": id_} for type_, id_ in found.last_operations
            ],
        }
    )


def stack_summary(found: Stack) -> dict[str, Any]:
    """A stack as ListStacks shows it."""
    return present(
        {
            "StackId": found.stack_id,
            "StackName": found.name,
            "TemplateDescription": found.configuration.description,
            "CreationTime": _time(found.created_at),
            "LastUpdatedTime": _time(found.updated_at),
            "DeletionTime": _time(found.deleted_at),
            "StackStatus": found.status,
            "StackStatusReason": found.status_reason,
            "DriftInformation": _NOT_CHECKED,
        }
    )


def resource_summary(found: StackResource) -> dict[str, Any]:
    """A resource as ListStackResources shows it."""
    return present(
        {
            "LogicalResourceId": found.logical_id,
            "PhysicalResourceId": found.physical_id,
            "ResourceType": found.type_name,
            "LastUpdatedTimestamp": _time(found.changed_at),
            "ResourceStatus": found.status,
            "ResourceStatusReason": found.status_reason,
            "DriftInformation": _RESOURCE_NOT_CHECKED,
        }
    )


def resource(owner: Stack, found: StackResource) -> dict[str, Any]:
    """A resource as DescribeStackResources shows it."""
    summary = resource_summary(found)
    at = summary.pop("LastUpdatedTimestamp")
    return {**summary, "Timestamp": at, "StackName": owner.name, "StackId": owner.stack_id}


def resource_detail(owner: Stack, found: StackResource) -> dict[str, Any]:
    """A resource as DescribeStackResource shows it."""
    return {
        **resource_summary(found),
        "StackName": owner.name,
        "StackId": owner.stack_id,
        "Metadata": json.dumps(found.metadata or {}),
    }


def event(found: StackEvent) -> dict[str, Any]:
    """An event as DescribeStackEvents shows it."""
    return present(
        {
            "StackId": found.stack_id,
            "EventId": found.event_id,
            "StackName": found.stack_name,
            "OperationId": found.operation_id,
            "LogicalResourceId": found.logical_id,
            "PhysicalResourceId": found.physical_id,
            "ResourceType": found.type_name,
            "Timestamp": _time(found.at),
            "ResourceStatus": found.status,
            "ResourceStatusReason": found.reason,
            "ResourceProperties": found.properties,
            "ClientRequestToken": found.client_token,
        }
    )


def change_set_summary(found: ChangeSet) -> dict[str, Any]:
    """A change set as ListChangeSets shows it."""
    return present(
        {
            "StackId": found.stack_id,
            "StackName": found.stack_name,
            "ChangeSetId": found.change_set_id,
            "ChangeSetName": found.name,
            "ExecutionStatus": found.execution_status,
            "Status": found.status,
            "StatusReason": found.status_reason,
            "CreationTime": _time(found.created_at),
            "Description": found.description,
            "IncludeNestedStacks": False,
            "ImportExistingResources": False,
        }
    )


def change_set(found: ChangeSet) -> dict[str, Any]:
    """A change set as DescribeChangeSet shows it, without its changes."""
    configuration = found.configuration
    return {
        **change_set_summary(found),
        "Parameters": parameters(configuration),
        "NotificationARNs": list(configuration.notification_arns),
        "RollbackConfiguration": {},
        "Capabilities": list(configuration.capabilities),
        "Tags": tags(configuration),
        **({"OnStackFailure": found.on_failure} if found.on_failure else {}),
    }


def parameters(configuration: Configuration) -> list[dict[str, Any]]:
    """The parameters of a stack, those with NoEcho masked."""
    return [
        present(
            {
                "ParameterKey": name,
                "ParameterValue": parameter.shown,
                "ResolvedValue": parameter.resolved,
            }
        )
        for name, parameter in configuration.parameters.items()
    ]


def tags(configuration: Configuration) -> list[dict[str, str]]:
    """A stack's own tags."""
    return [{"Key": key, "Value": value} for key, value in configuration.tags.items()]


def _output(found: Any) -> dict[str, Any]:
    return present(
        {
            "OutputKey": found.name,
            "OutputValue": found.value,
            "Description": found.description,
            "ExportName": found.export_name,
        }
    )


def _time(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(round(at, 3), UTC)
