"""What would become of a stack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What would become of a resource."""

    ADD = "add"
    MODIFY = "modify"
    MAY_REPLACE = "modify or replace"
    """Which of the two, AWS says only when it is done."""
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What would become of one resource of a stack.

    Attributes:
        resource: its name in the template.
        properties: those that would be others.
    """

    kind: ChangeKind
    resource: str
    type: str
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StackChanges:
    """What would become of a stack."""

    stack: str
    changes: tuple[ResourceChange, ...]
