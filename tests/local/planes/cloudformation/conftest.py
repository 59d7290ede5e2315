"""Stacks of the tests' own on the session's local cloud."""

from __future__ import annotations

from uuid import uuid4

import pytest
from local_cloud import LocalCloud
from stacks_at_work import StacksAtWork


@pytest.fixture
def stacks(cloud: LocalCloud) -> StacksAtWork:
    """A stack, not yet made, whose name no other test has."""
    return _unnamed(cloud)


@pytest.fixture
def another_stack(cloud: LocalCloud) -> StacksAtWork:
    """A second one."""
    return _unnamed(cloud)


def _unnamed(cloud: LocalCloud) -> StacksAtWork:
    return StacksAtWork(cloud=cloud, name=f"stack-{uuid4().hex[:12]}")


@pytest.fixture
def taken(stacks: StacksAtWork) -> str:
    """The name of an SSM parameter that no stack can make any more."""
    name = f"{stacks.name}-taken"
    stacks.cloud.client("ssm").put_parameter(Name=name, Value="mine", Type="String")
    return name
