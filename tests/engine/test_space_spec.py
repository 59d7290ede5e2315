"""What was asked of a space is read from its stack again: an update changes what it says alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import stacks_options
from stacks_cases import ACCOUNT, BOUNDARY, PLAIN_SPACE, REGION, stack_id, told

from herogate import __version__
from herogate.aws.cloudformation import Stack
from herogate.aws.stack_status import StackStatus
from herogate.engine import space_spec
from herogate.errors import InvalidRequest
from stacks import space


def stack(spec: space.Spec) -> Stack:
    """The stack of a space, as CloudFormation describes it."""
    return Stack(
        name="herogate-space--default",
        id=stack_id("herogate-space--default"),
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


def test_a_space_gets_a_key_when_it_is_asked_for_one_and_keeps_it() -> None:
    without = replace(PLAIN_SPACE, customer_key=False)
    assert space_spec.changed(without, {}) == without
    assert space_spec.changed(without, {"customer_key": True}) == PLAIN_SPACE
    with pytest.raises(InvalidRequest, match="lie under its key, and would be lost with it"):
        space_spec.changed(PLAIN_SPACE, {"customer_key": False})


def test_a_key_that_is_not_made_yet_goes_by_its_alias() -> None:
    without = stack(replace(PLAIN_SPACE, customer_key=False))
    assert space_spec.foreseen(without, PLAIN_SPACE).outputs == {
        **without.outputs,
        "KeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/herogate/default",
    }


def test_a_space_of_another_version_is_described_in_this_ones_words() -> None:
    old = replace(PLAIN_SPACE, version="0.0.1")
    assert space_spec.described("default", stack(old)) == replace(old, version=__version__)
