"""What was asked of a space is read from its stack again: an update changes what it says alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import stacks_options
from stacks_cases import BOUNDARY, PLAIN_SPACE, told

from herogate import __version__
from herogate.aws.cloudformation import Stack
from herogate.aws.stack_status import StackStatus
from herogate.engine import space_spec
from stacks import space


def stack(spec: space.Spec) -> Stack:
    """The stack of a space, as CloudFormation describes it."""
    return Stack(
        name="herogate-space--default",
        id="arn",
        status=StackStatus.CREATE_COMPLETE,
        created_at=datetime.now(UTC),
        outputs=told(space.template(spec)),
    )


@pytest.mark.parametrize("spec", stacks_options.spaces())
def test_every_option_is_told_and_read_again(spec: space.Spec) -> None:
    made = replace(spec, version=__version__)
    described = space_spec.described("default", stack(made))
    assert described == made
    assert space_spec.changed(described, {}) == made


def test_a_permissions_boundary_can_go_again() -> None:
    bounded = replace(PLAIN_SPACE, permissions_boundary=BOUNDARY)
    assert space_spec.changed(bounded, {}) == bounded
    assert space_spec.changed(bounded, {"permissions_boundary": None}) == PLAIN_SPACE


def test_what_apps_go_by_is_foreseen() -> None:
    bounded = replace(PLAIN_SPACE, permissions_boundary=BOUNDARY, log_retention_days=7)
    for before, after in ((PLAIN_SPACE, bounded), (bounded, PLAIN_SPACE)):
        assert space_spec.foreseen(stack(before), after).outputs == stack(after).outputs


def test_a_space_of_another_version_is_described_in_this_ones_words() -> None:
    old = replace(PLAIN_SPACE, version="0.0.1")
    assert space_spec.described("default", stack(old)) == replace(old, version=__version__)
