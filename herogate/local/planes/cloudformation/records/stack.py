"""Stacks, their resources, and the operations on them: frozen records of what is so.

No deciding and no doing: what comes next is decided in ``plan.py`` and done in ``executor.py``. All
are plain data that turn into the store's documents and back. Times are seconds since the epoch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from herogate.local.identity import Credentials
from herogate.local.planes.cloudformation.records.status import ResourceStatus, StackStatus, Stage
from herogate.local.planes.cloudformation.templates.parameters import Parameter
from herogate.local.planes.cloudformation.templates.template import DeletionPolicy

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What a stack is to be: a template, values for its parameters, and tags.

    Attributes:
        template: the digest under which the template's text is kept.
    """

    template: str
    description: str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Configuration:
        """The configuration of a document."""
        parameters = {name: Parameter(**value) for name, value in document["parameters"].items()}
        return cls(
            **{
                **document,
                "parameters": parameters,
                "capabilities": tuple(document["capabilities"]),
                "notification_arns": tuple(document["notification_arns"]),
            }
        )


@dataclass(frozen=True, kw_only=True)
class Output:
    """One output of a stack, resolved."""

    name: str
    value: str
    description: str | None = None
    export_name: str | None = None


class OnFailure(StrEnum):
    """What becomes of a stack whose operation fails."""

    ROLLBACK = "ROLLBACK"
    DELETE = "DELETE"
    DO_NOTHING = "DO_NOTHING"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack as it is now.

    Attributes:
        configuration: what it is, or is on its way to be.
        previous: the last configuration it was wholly in, while a later one has not been reached.
        imports: names of the exports of other stacks that it uses.
        tokens: the client request tokens of its operations, with the operation's type.
        last_operations: type and id of the newest operations, newest first.
    """

    stack_id: str
    name: str
    region: str
    status: StackStatus
    created_at: float
    configuration: Configuration
    status_reason: str | None = None
    previous: Configuration | None = None
    outputs: tuple[Output, ...] = ()
    imports: tuple[str, ...] = ()
    updated_at: float | None = None
    deleted_at: float | None = None
    change_set_id: str | None = None
    role_arn: str | None = None
    on_failure: OnFailure = OnFailure.ROLLBACK
    timeout_minutes: int | None = None
    express: bool = False
    retain_except_on_create: bool = False
    termination_protection: bool = False
    policy: str | None = None
    tokens: Mapping[str, str] = field(default_factory=dict)
    last_operations: tuple[tuple[str, str], ...] = ()

    @property
    def exports(self) -> Mapping[str, str]:
        """The exported values by export name."""
        return {o.export_name: o.value for o in self.outputs if o.export_name is not None}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Stack:
        """The stack of a document."""
        previous = document["previous"]
        return cls(
            **{
                **document,
                "status": StackStatus(document["status"]),
                "configuration": Configuration.of(document["configuration"]),
                "previous": None if previous is None else Configuration.of(previous),
                "outputs": tuple(Output(**output) for output in document["outputs"]),
                "imports": tuple(document["imports"]),
                "on_failure": OnFailure(document["on_failure"]),
                "last_operations": tuple((kind, id_) for kind, id_ in document["last_operations"]),
            }
        )


@dataclass(frozen=True, kw_only=True)
class StackResource:
    """One resource of a stack, as it was last brought about.

    Attributes:
        properties: resolved, as last sent to its service; secrets stand in it as references.
        tags: the stack's own tags as last put on it.
        attributes: what Fn::GetAtt gives; `reference` is what Ref gives.
        dependencies: logical ids that had to exist before it.
        token: differs for each physical resource that ever stood for this logical id.
        mark: the phase of the operation that `stage` belongs to; in any other phase it is PENDING.
    """

    logical_id: str
    type_name: str
    status: ResourceStatus
    changed_at: float
    token: str
    physical_id: str | None = None
    status_reason: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    reference: str | None = None
    dependencies: tuple[str, ...] = ()
    deletion_policy: DeletionPolicy = DeletionPolicy.DELETE
    update_replace_policy: DeletionPolicy = DeletionPolicy.DELETE
    metadata: Mapping[str, Any] | None = None
    mark: str = ""
    stage: Stage = Stage.PENDING

    @property
    def exists(self) -> bool:
        """Whether there is a physical resource, and it is the stack's."""
        return self.physical_id is not None and not self.status.is_gone

    def stage_in(self, mark: str) -> Stage:
        """How far the resource has come in the phase of this mark."""
        return self.stage if self.mark == mark else Stage.PENDING

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> StackResource:
        """The resource of a document."""
        return cls(
            **{
                **document,
                "status": ResourceStatus(document["status"]),
                "dependencies": tuple(document["dependencies"]),
                "deletion_policy": DeletionPolicy(document["deletion_policy"]),
                "update_replace_policy": DeletionPolicy(document["update_replace_policy"]),
                "stage": Stage(document["stage"]),
            }
        )


class OperationType(StrEnum):
    """What is done to a stack."""

    CREATE = "CREATE_STACK"
    UPDATE = "UPDATE_STACK"
    DELETE = "DELETE_STACK"
    CONTINUE_ROLLBACK = "CONTINUE_ROLLBACK"
    ROLLBACK = "ROLLBACK"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation under way on a stack; its record is removed when it ends.

    Attributes:
        credentials: whose right it is done with; `role_arn` is assumed with them if there is one.
        former: the stack's state before.
        deadline: when a create is given up.
        kept: logical ids that a delete leaves behind.
        skipped: logical ids that a continued rollback leaves as they are.
        forced: failures to delete a resource leave it behind.
    """

    id: str
    type: OperationType
    stack_id: str
    credentials: Credentials
    former: StackStatus
    role_arn: str | None = None
    client_token: str | None = None
    express: bool = False
    on_failure: OnFailure = OnFailure.ROLLBACK
    deadline: float | None = None
    cancelled: bool = False
    kept: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    forced: bool = False
    retain_except_on_create: bool = False

    def mark(self, status: StackStatus) -> str:
        """The mark of one phase of this operation."""
        return f"{self.id}:{status}"

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Operation:
        """The operation of a document."""
        return cls(
            **{
                **document,
                "type": OperationType(document["type"]),
                "credentials": Credentials(**document["credentials"]),
                "former": StackStatus(document["former"]),
                "on_failure": OnFailure(document["on_failure"]),
                "kept": tuple(document["kept"]),
                "skipped": tuple(document["skipped"]),
            }
        )


def document(record: Any) -> dict[str, Any]:
    """The store's document of any of these records."""
    return dataclasses.asdict(record)
