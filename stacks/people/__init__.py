"""What people need to be allowed, by what they do: the policies for those who run Herogate's commands.

Where IAM can name a thing, it is held to Herogate's own names; what it cannot (the parts of a network)
is held to the actions. The policies count for every region and account that they are attached in.
Each job has a room of its own here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from stacks.parts.policies import Statement, document
from stacks.people.apps import apps
from stacks.people.deploy import deploy
from stacks.people.operate import operate
from stacks.people.spaces import spaces


class Job(StrEnum):
    """What somebody does with Herogate."""

    SPACES = "spaces"
    """Make, update and destroy spaces."""
    APPS = "apps"
    """Make, update and destroy apps."""
    DEPLOY = "deploy"
    """Push, and see what becomes of it."""
    OPERATE = "operate"
    """Config vars, processes, releases, schedules, domains, logs, maintenance."""

    @property
    def policy(self) -> dict[str, Any]:
        """The identity policy that the job takes."""
        return document(*_POLICIES[self]())


_POLICIES: Mapping[Job, Callable[[], list[Statement]]] = {
    Job.SPACES: spaces,
    Job.APPS: apps,
    Job.DEPLOY: deploy,
    Job.OPERATE: operate,
}
