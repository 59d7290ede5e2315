"""CloudFormation: stacks as they are, their creation and deletion, and their events.

The only place where the statuses of resources are spelled. Which stacks there should be, and when one
is made again, is the engine's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.aws.stack_status import StackStatus
from herogate.aws.templates import Shelf, sent
from herogate.errors import AwsRefused, NameTaken

_LISTENER_TYPES = (
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
_ADDRESS_TAKEN = re.compile(
    r"DuplicateListener|already exists on this port|PriorityInUse|Priority '?\d+'? is currently in use"
)
_OVER_LIMIT = re.compile(r"HandlerErrorCode: ServiceLimitExceeded|TooMany(Listeners|Rules|Unique)")
_NOT_MADE = ("CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_COMPLETE", "DELETE_SKIPPED")
_HANDLER_MESSAGE = re.compile(
    r'Resource handler returned message: "(?P<message>.*?)(?: \(Service: [^)]*\))?"'
    r" \(RequestToken: .*\)",
    re.DOTALL,
)
_CANCELLED = re.compile(r"Resource (creation|update|deletion) cancelled", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack as described. `id` stays true of this one when another of its name is made later.

    Attributes:
        is_protected: whether CloudFormation refuses to delete it.
    """

    name: str
    id: str
    status: StackStatus
    created_at: datetime
    reason: str | None = None
    is_protected: bool = False
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ResourceEvent:
    """Something happened to a resource of a stack, or (`is_of_stack`) to the stack itself.

    Attributes:
        reason: in the words of the service that failed, without the ids of the request.
        is_over_limit: whether it failed since the account or what it belongs to can have no more.
    """

    id: str
    resource: str
    type: str
    status: str
    reason: str | None
    is_of_stack: bool
    is_over_limit: bool = False

    @property
    def is_begun(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")

    @property
    def is_created(self) -> bool:
        return self.status == "CREATE_COMPLETE"

    @property
    def is_deleted(self) -> bool:
        """Removed, or left alone because its deletion policy says so."""
        return self.status in ("DELETE_COMPLETE", "DELETE_SKIPPED")

    @property
    def is_failure(self) -> bool:
        """Failed of itself, not cancelled because another resource had failed."""
        return self.status.endswith("_FAILED") and not _CANCELLED.match(self.reason or "")

    @property
    def is_balancer_full(self) -> bool:
        """Whether it failed since the load balancer has as many of these as AWS lets it have."""
        return self.is_failure and self.type in _LISTENER_TYPES and self.is_over_limit

    @property
    def is_address_taken(self) -> bool:
        """Whether it failed since the load balancer has a listener or rule at this very place."""
        return (
            self.is_failure
            and self.type in _LISTENER_TYPES
            and bool(_ADDRESS_TAKEN.search(self.reason or ""))
        )


class Stacks:
    """The stacks of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("cloudformation")
        self._buckets = Buckets(session)

    def create(
        self,
        name: str,
        template: str,
        *,
        tags: Mapping[str, str],
        express: bool,
        shelf: Shelf | None = None,
    ) -> str:
        """Begin to create a stack that rolls back when it fails; return its id.

        Args:
            express: complete when the configuration is applied, not when all is ready for traffic.
            shelf: where a template over 51,200 bytes is put for CloudFormation to read.

        Raises:
            NameTaken: a stack of that name exists.
        """
        try:
            answer = self._service.call(
                "create_stack",
                StackName=name,
                ClientRequestToken=str(uuid4()),  # by which AWS knows a retry for what it is
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                **sent(self._buckets, name, template, shelf),
                **_mode(express=express),
            )
        except AwsRefused as refusal:
            if refusal.code == "AlreadyExistsException":
                raise NameTaken(name) from refusal
            raise
        return str(answer["StackId"])

    def update(
        self, name: str, template: str, *, express: bool = True, shelf: Shelf | None = None
    ) -> bool:
        """Begin to update a stack to a template; False if it is so already. Its tags stay as they are.

        Args:
            express, shelf: as in `create`.
        """
        try:
            self._service.call(
                "update_stack",
                StackName=name,
                ClientRequestToken=str(uuid4()),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                **sent(self._buckets, name, template, shelf),
                **_mode(express=express),
            )
        except AwsRefused as refusal:
            if refusal.code == "ValidationError" and "No updates are" in refusal.reason:
                return False
            raise
        return True

    def delete(self, stack: str) -> bool:
        """Begin to delete a stack, by name or id; one that is gone is no error.

        In standard mode always: Express would report the end while resources still go.

        Returns:
            False if it is being updated or rolled back, which ends first.
        """
        try:
            self._service.call("delete_stack", StackName=stack)
        except AwsRefused as refusal:
            if "cannot be deleted while in status" in refusal.reason:
                return False
            raise
        return True

    def protect(self, stack: str, *, protected: bool) -> None:
        """Have CloudFormation refuse to delete a stack, or no longer."""
        self._service.call(
            "update_termination_protection",
            StackName=stack,
            EnableTerminationProtection=protected,
        )

    def template(self, stack: str) -> str:
        """The template of a stack, as it was sent."""
        answer = self._service.call("get_template", StackName=stack, TemplateStage="Original")
        body = answer["TemplateBody"]
        return body if isinstance(body, str) else json.dumps(body)

    def resources(self, stack: str) -> list[tuple[str, str]]:
        """The name in the template and the type of each resource that a stack has made."""
        return [(item["LogicalResourceId"], item["ResourceType"]) for item in self._made(stack)]

    def describe(self, stack: str) -> Stack | None:
        """A stack by name or id; None if there is none (or, by name, no longer)."""
        try:
            answer = self._service.call("describe_stacks", StackName=stack)
        except AwsRefused as refusal:
            if refusal.code == "ValidationError" and "does not exist" in refusal.reason:
                return None
            raise
        return _stack(answer["Stacks"][0])

    def all(self) -> Iterator[Stack]:
        """Every stack that is not gone."""
        return map(_stack, self._service.items("describe_stacks", "Stacks"))

    def events(self, stack: str, *, after: str | None = None) -> list[ResourceEvent]:
        """A stack's events in the order they happened, those after the event id `after`."""
        events: list[ResourceEvent] = []
        for item in self._service.items("describe_stack_events", "StackEvents", StackName=stack):
            if item["EventId"] == after:
                break
            events.append(_event(item))
        return events[::-1]

    def made(self, stack: str) -> list[str]:
        """The physical ids of a stack's resources that exist because the stack made them."""
        return [str(item["PhysicalResourceId"]) for item in self._made(stack)]

    def _made(self, stack: str) -> Iterator[Mapping[str, Any]]:
        for item in self._service.items(
            "list_stack_resources", "StackResourceSummaries", StackName=stack
        ):
            if item["ResourceStatus"] not in _NOT_MADE:
                yield item


def _mode(*, express: bool) -> dict[str, Any]:
    if not express:
        return {}
    # Sources disagree on what Express mode does with a failure unless it is told.
    return {"DeploymentConfig": {"Mode": "EXPRESS", "DisableRollback": False}}


def _stack(item: Mapping[str, Any]) -> Stack:
    return Stack(
        name=item["StackName"],
        id=item["StackId"],
        status=StackStatus(item["StackStatus"]),
        created_at=item["CreationTime"],
        reason=item.get("StackStatusReason"),
        is_protected=item.get("EnableTerminationProtection", False),
        outputs={output["OutputKey"]: output["OutputValue"] for output in item.get("Outputs", [])},
        tags={tag["Key"]: tag["Value"] for tag in item.get("Tags", [])},
    )


def _event(item: Mapping[str, Any]) -> ResourceEvent:
    return ResourceEvent(
        id=item["EventId"],
        resource=item["LogicalResourceId"],
        type=item["ResourceType"],
        status=item["ResourceStatus"],
        reason=_reason(item.get("ResourceStatusReason")),
        is_of_stack=item.get("PhysicalResourceId") == item["StackId"],
        is_over_limit=bool(_OVER_LIMIT.search(item.get("ResourceStatusReason", ""))),
    )


def _reason(text: str | None) -> str | None:
    match = _HANDLER_MESSAGE.fullmatch(text or "")
    return match["message"] if match else text
