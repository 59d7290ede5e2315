"""Apps of which nothing can be asked: unfinished, going, or without the space they were in."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from local_cloud import LocalCloud

from herogate import Platform
from herogate.engine.statuses import unready
from herogate.errors import InvalidRequest
from herogate.models import Status

UNREADY = {
    Status.CREATING: (
        "my-shop is still being created.",
        "`herogate info -a my-shop` shows how it is.",
    ),
    Status.DESTROYING: (
        "my-shop is being destroyed.",
        "Should that have been cut short: `herogate destroy -a my-shop` goes on with it.",
    ),
    Status.BROKEN: (
        "my-shop is broken: its creation or destruction stopped half-way.",
        "`herogate destroy -a my-shop` removes what is left of it.",
    ),
}


@pytest.mark.parametrize("status", UNREADY)
def test_an_app_that_is_not_whole_says_so_and_what_to_do(status: Status) -> None:
    refusal = unready("my-shop", status)
    assert (refusal.message, refusal.hint) == UNREADY[status]


@pytest.fixture
def lost(aws: LocalCloud, platform: Platform) -> Iterator[str]:
    """An app whose space is gone."""
    stacks = aws.client("cloudformation", region_name=platform.region)
    stacks.create_stack(
        StackName="herogate-app--lost",
        TemplateBody=json.dumps({"Resources": {"Log": {"Type": "AWS::Logs::LogGroup"}}}),
        Tags=[{"Key": "herogate:space", "Value": "sunken"}],
    )
    stacks.get_waiter("stack_create_complete").wait(
        StackName="herogate-app--lost", WaiterConfig={"Delay": 1}
    )
    yield "lost"
    platform.apps.destroy("lost").wait()


def test_of_an_app_whose_space_is_gone_all_that_can_be_done_is_to_destroy_it(
    platform: Platform, lost: str
) -> None:
    for ask in (platform.config_vars.all, platform.releases.all, platform.formations.all):
        with pytest.raises(InvalidRequest) as refusal:
            ask(lost)
        assert platform.apps.info(lost).status is Status.BROKEN
        assert (refusal.value.message, refusal.value.hint) == (
            "The space sunken, in which lost was, is gone.",
            "`herogate destroy -a lost` removes what is left of the app.",
        )
