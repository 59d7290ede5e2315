"""CloudFormation's change sets: what would become of a stack, told before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.aws.templates import Shelf, sent, taken_back
from herogate.errors import AwsRefused, InvalidRequest, RequestError
from herogate.models import ChangeKind, ResourceChange

_NOTHING = ("didn't contain changes", "No updates are to be performed")
_MISSING = ("ChangeSetNotFound", "ChangeSetNotFoundException")
_OUTDATED = ("InvalidChangeSetStatus", "InvalidChangeSetStatusException")
_AT_WORK = ("_IN_PROGRESS state", "does not exist", "already exists and cannot be created again")
_KINDS = {"Add": ChangeKind.ADD, "Modify": ChangeKind.MODIFY, "Remove": ChangeKind.REMOVE}
_REPLACEMENTS = {"True": ChangeKind.REPLACE, "Conditional": ChangeKind.MAY_REPLACE}

_KEEPING = (
    "AWS::CodeCommit::Repository",
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
)
"""What keeps things that nobody could make anew."""


class ChangeSetStatus(StrEnum):
    """How far CloudFormation is with finding out."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_COMPLETE = "CREATE_COMPLETE"
    FAILED = "FAILED"

    @property
    def is_settled(self) -> bool:
        return self in (ChangeSetStatus.CREATE_COMPLETE, ChangeSetStatus.FAILED)


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """A change set as it is now.

    Attributes:
        is_empty: whether the stack is already as it should be.
    """

    id: str
    stack: str
    stack_id: str
    status: ChangeSetStatus
    changes: tuple[ResourceChange, ...] = ()
    is_empty: bool = False


class ChangeSets:
    """The change sets of a region.

    Every method but `discard` raises `InvalidRequest` if the stack is being changed or removed, or has
    just been: then what was asked for holds no more.
    """

    def __init__(self, session: Session) -> None:
        self._service = session.service("cloudformation")
        self._buckets = Buckets(session)

    def begin(
        self,
        stack: str,
        template: str,
        *,
        creates: bool,
        express: bool,
        tags: Mapping[str, str] | None = None,
        shelf: Shelf | None = None,
    ) -> ChangeSet:
        """Have CloudFormation find out what a template would change.

        Args:
            creates: whether there is no such stack yet. One appears that waits for review.
            tags: of the stack; None leaves them as they are.
        """
        given: dict[str, Any] = sent(self._buckets, stack, template, shelf)
        if tags is not None:
            given["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        if express:
            given["DeploymentConfig"] = {"Mode": "EXPRESS", "DisableRollback": False}
        with _undisturbed(stack):
            answer = self._service.call(
                "create_change_set",
                StackName=stack,
                ChangeSetName=f"herogate-{uuid4()}",
                ChangeSetType="CREATE" if creates else "UPDATE",
                Capabilities=["CAPABILITY_NAMED_IAM"],
                **given,
            )
        return ChangeSet(
            id=answer["Id"],
            stack=stack,
            stack_id=answer["StackId"],
            status=ChangeSetStatus.CREATE_PENDING,
        )

    def describe(self, change_set: ChangeSet) -> ChangeSet:
        """A change set as it is by now. Raises `RequestError` if CloudFormation could not make it."""
        with _undisturbed(change_set.stack):
            answer = self._service.call("describe_change_set", **_named(change_set))
        status = ChangeSetStatus(answer["Status"])
        reason = answer.get("StatusReason", "")
        is_empty = status is ChangeSetStatus.FAILED and any(told in reason for told in _NOTHING)
        if status is ChangeSetStatus.FAILED and not is_empty:
            raise RequestError(f"CloudFormation refuses what is asked for: {reason}")
        found = self._service.items("describe_change_set", "Changes", **_named(change_set))
        return ChangeSet(
            id=answer["ChangeSetId"],
            stack=change_set.stack,
            stack_id=answer["StackId"],
            status=status,
            changes=_changes(found) if status.is_settled else (),
            is_empty=is_empty,
        )

    def execute(self, change_set: ChangeSet) -> None:
        """Begin to carry a change set out."""
        token = str(uuid4())
        with _undisturbed(change_set.stack):
            self._service.call("execute_change_set", **_named(change_set), ClientRequestToken=token)

    def take_back(self, template: str, shelf: Shelf | None) -> None:
        """Leave nothing of a template on its shelf, once what it would change is found out."""
        taken_back(self._buckets, template, shelf)

    def discard(self, change_set: ChangeSet) -> None:
        """Forget a change set; one that is gone is no error."""
        try:
            self._service.call("delete_change_set", **_named(change_set))
        except AwsRefused as refusal:
            if refusal.code not in _MISSING:
                raise


@contextmanager
def _undisturbed(stack: str) -> Iterator[None]:
    try:
        yield
    except AwsRefused as refusal:
        is_at_work = refusal.code == "ValidationError" and any(
            told in refusal.reason for told in _AT_WORK
        )
        if not is_at_work and refusal.code not in _MISSING + _OUTDATED:
            raise
        raise InvalidRequest(
            f"Another command changes or removes {stack} at this moment, or has just done so.",
            "Run the same command again afterwards: it begins with what is there then.",
        ) from refusal


def _named(change_set: ChangeSet) -> dict[str, str]:
    """With its stack: IAM asks for rights to that."""
    return {"StackName": change_set.stack_id, "ChangeSetName": change_set.id}


def _changes(items: Iterable[Mapping[str, Any]]) -> tuple[ResourceChange, ...]:
    return tuple(_change(item["ResourceChange"]) for item in items if "ResourceChange" in item)


def _change(told: Mapping[str, Any]) -> ResourceChange:
    details = (detail.get("Target", {}) for detail in told.get("Details", ()))
    properties = (target["Name"] for target in details if target.get("Name"))
    return change(
        _REPLACEMENTS.get(told.get("Replacement", ""), _KINDS[told["Action"]]),
        told["LogicalResourceId"],
        told["ResourceType"],
        tuple(dict.fromkeys(properties)),
    )


def change(
    kind: ChangeKind, resource: str, resource_type: str, properties: tuple[str, ...] = ()
) -> ResourceChange:
    """What would become of a resource, by its name and CloudFormation's type."""
    return ResourceChange(
        kind=kind,
        resource=resource,
        type=resource_type,
        properties=properties,
        loses_data=kind.takes_away and resource_type in _KEEPING,
    )
