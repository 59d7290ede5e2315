"""What a template declares: its parameters, resources and outputs, as values of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

_SSM_VALUE: Final = "AWS::SSM::Parameter::Value<"
_EC2_TYPES: Final = (
    "AvailabilityZone::Name",
    "Image::Id",
    "Instance::Id",
    "KeyPair::KeyName",
    "SecurityGroup::GroupName",
    "SecurityGroup::Id",
    "Subnet::Id",
    "VPC::Id",
    "Volume::Id",
)
_AWS_TYPES: Final = [f"AWS::EC2::{name}" for name in _EC2_TYPES] + ["AWS::Route53::HostedZone::Id"]
_AWS_LISTS: Final = [f"List<{name}>" for name in _AWS_TYPES]
_LISTS: Final = ["CommaDelimitedList", "List<Number>", "List<String>"]
_SSM_TYPES: Final = [
    "String",
    "Number",
    "AWS::SSM::Parameter::Name",
    *_LISTS,
    *_AWS_TYPES,
    *_AWS_LISTS,
]
PARAMETER_TYPES: Final = frozenset(
    ["String", "Number", "AWS::SSM::Parameter::Name"]
    + _LISTS
    + _AWS_TYPES
    + _AWS_LISTS
    + [f"{_SSM_VALUE}{name}>" for name in _SSM_TYPES]
)
"""Every type a parameter can have."""


class DeletionPolicy(StrEnum):
    """What happens to a resource that leaves its stack, or (UpdateReplacePolicy) is replaced."""

    DELETE = "Delete"
    RETAIN = "Retain"
    RETAIN_EXCEPT_ON_CREATE = "RetainExceptOnCreate"
    SNAPSHOT = "Snapshot"


@dataclass(frozen=True, kw_only=True)
class ParameterDeclaration:
    """One member of Parameters. Constraints that were not declared are None."""

    name: str
    type_name: str
    default: str | None = None
    description: str | None = None
    no_echo: bool = False
    allowed_values: tuple[str, ...] | None = None
    allowed_pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_value: float | None = None
    max_value: float | None = None
    constraint_description: str | None = None

    @property
    def names_ssm_parameter(self) -> bool:
        """Whether the value is the name of an SSM parameter that holds the real one."""
        return self.type_name.startswith(_SSM_VALUE)

    @property
    def is_list(self) -> bool:
        """Whether the value is a text with commas that stands for a list."""
        inner = self.type_name.removeprefix(_SSM_VALUE)
        return inner.startswith(("List<", "CommaDelimitedList"))

    @property
    def is_number(self) -> bool:
        """Whether the value, or each item, is a number."""
        return self.type_name in ("Number", "List<Number>")


@dataclass(frozen=True, kw_only=True)
class ResourceDeclaration:
    """One member of Resources; `properties` hold intrinsic functions in their long form."""

    logical_id: str
    type_name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    condition: str | None = None
    deletion_policy: DeletionPolicy | None = None
    update_replace_policy: DeletionPolicy | None = None
    update_policy: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class OutputDeclaration:
    """One member of Outputs; `value` and `export_name` hold intrinsic functions in long form."""

    name: str
    value: Any
    description: str | None = None
    export_name: Any = None
    condition: str | None = None


@dataclass(frozen=True, kw_only=True)
class Template:
    """A parsed template. Sections that were not declared are empty."""

    body: str
    """The text as it was sent: what GetTemplate answers."""
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, ParameterDeclaration] = field(default_factory=dict)
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, ResourceDeclaration] = field(default_factory=dict)
    outputs: Mapping[str, OutputDeclaration] = field(default_factory=dict)
