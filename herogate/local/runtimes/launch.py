"""What the scheduler hands over to have a task started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A task to be started.

    Attributes:
        task_definition: in the API's shape.
        overrides: RunTask's, in the API's shape.
        address: of the task's network interface, as the API shows it.
    """

    region: str
    task_arn: str
    task_definition: Mapping[str, Any]
    overrides: Mapping[str, Any] = field(default_factory=dict)
    address: str

    @property
    def task(self) -> str:
        """The task's id."""
        return self.task_arn.rpartition("/")[2]

    @property
    def cluster(self) -> str:
        """The cluster's name."""
        return self.task_arn.split("/")[-2]
