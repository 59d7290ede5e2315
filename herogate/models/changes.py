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

    @property
    def takes_away(self) -> bool:
        """Whether what is there now goes."""
        return self in (ChangeKind.REPLACE, ChangeKind.REMOVE)


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What would become of one resource of a stack.

    Attributes:
        resource: its name in the template.
        properties: those that would be others.
        loses_data: whether code, images, releases, packages or what a key opens would go with it.
    """

    kind: ChangeKind
    resource: str
    type: str
    properties: tuple[str, ...] = ()
    loses_data: bool = False


@dataclass(frozen=True, kw_only=True)
class StackChanges:
    """What would become of a stack."""

    stack: str
    changes: tuple[ResourceChange, ...]

    @property
    def lost(self) -> tuple[str, ...]:
        """The resources whose data would be lost."""
        return tuple(change.resource for change in self.changes if change.loses_data)

    @property
    def anew(self) -> tuple[str, ...]:
        """The resources that would be made anew: other addresses and ids, and an interruption."""
        return tuple(each.resource for each in self.changes if each.kind is ChangeKind.REPLACE)
