"""What CloudFormation's events mean as progress, and as the reason of a failure."""

from __future__ import annotations

import json
import time

import pytest
from local_cloud import LocalCloud
from stacks_at_work import CERTIFICATE

from herogate.aws.cloudformation import ResourceEvent, Stacks
from herogate.aws.session import Session
from herogate.engine.following import End, created, deletion, removed
from herogate.models import StackProgress


def event(resource: str, status: str, reason: str | None = None) -> ResourceEvent:
    return ResourceEvent(
        id=f"{resource}/{status}",
        resource=resource,
        type="AWS::S3::Bucket",
        status=status,
        reason=reason,
        is_of_stack=resource == "stack",
    )


@pytest.mark.parametrize(
    ("events", "done", "waiting_for"),
    [
        ([], 0, ()),
        ([event("stack", "CREATE_IN_PROGRESS")], 0, ()),
        ([event("A", "CREATE_IN_PROGRESS"), event("B", "CREATE_IN_PROGRESS")], 0, ("A", "B")),
        (
            [
                event("A", "CREATE_IN_PROGRESS"),
                event("B", "CREATE_IN_PROGRESS"),
                event("A", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
                event("B", "CREATE_COMPLETE"),
            ],
            1,
            ("A",),
        ),
        (
            [
                event("A", "CREATE_COMPLETE"),
                event("B", "CREATE_FAILED"),
                event("A", "DELETE_IN_PROGRESS"),
            ],
            0,
            ("A",),
        ),
    ],
)
def test_a_creations_progress_counts_what_is_there(
    events: list[ResourceEvent], done: int, waiting_for: tuple[str, ...]
) -> None:
    assert created(events, "my-stack", 5) == StackProgress(
        stack="my-stack", done=done, total=5, waiting_for=waiting_for
    )


def test_a_deletions_progress_counts_what_is_gone_or_kept() -> None:
    events = [
        event("A", "DELETE_IN_PROGRESS"),
        event("B", "DELETE_IN_PROGRESS"),
        event("A", "DELETE_COMPLETE"),
        event("C", "DELETE_SKIPPED"),
    ]
    assert removed(events, "my-stack", 5) == StackProgress(
        stack="my-stack", done=2, total=5, waiting_for=("B",)
    )


def test_the_reason_of_a_failure_is_the_first_resource_that_failed_of_itself() -> None:
    end = End(
        stack=None,
        failures=(
            event("Role", "CREATE_FAILED", "not authorized"),
            event("Rule", "CREATE_FAILED", "no role"),
        ),
    )
    assert end.reason == "Role (AWS::S3::Bucket): not authorized"


def test_a_stack_that_somebody_has_begun_to_change_is_deleted_after_that(aws: LocalCloud) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    api, name = aws.client("cloudformation"), "changed-while-it-goes"
    api.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Handle": handle}}))
    api.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    stacks = Stacks(Session(region=aws.region))
    seen = stacks.describe(name)
    assert seen is not None
    never_ready = {"Resources": {"Handle": handle, "Slow": CERTIFICATE}}
    api.update_stack(StackName=name, TemplateBody=json.dumps(never_ready))
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        if not waits:
            api.cancel_update_stack(StackName=name)
        waits.append(seconds)
        time.sleep(0.05)

    assert len(list(deletion(stacks, seen, sleep))) > 1
    assert (stacks.describe(name), len(waits) > 0) == (None, True)
