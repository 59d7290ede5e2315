"""What was asked of an app is read from its stack again: an update changes what it says alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stacks_options
from stacks_cases import told

from herogate.aws.cloudformation import Stack
from herogate.aws.stack_status import StackStatus
from herogate.engine import app_spec
from stacks import app
from stacks.app_options import Options


def stack(outputs: dict[str, str]) -> Stack:
    """The stack of an app, as CloudFormation describes it."""
    return Stack(
        name="herogate-app--my-shop",
        id="arn",
        status=StackStatus.CREATE_COMPLETE,
        created_at=datetime.now(UTC),
        outputs=outputs,
    )


@pytest.mark.parametrize("spec", stacks_options.apps())
def test_every_option_is_told_and_read_again(spec: app.Spec) -> None:
    described = app_spec.described(stack(told(app.template(spec))))
    assert described == spec.options
    assert app_spec.changed(described, {}) == spec.options


def test_an_app_made_before_there_were_options_has_the_plain_ones() -> None:
    assert app_spec.described(stack({})) == Options()
