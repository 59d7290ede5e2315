"""What a stack's and a resource's status mean."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from botocore.loaders import Loader
from local_cloud import LocalCloud

from herogate.aws.change_sets import ChangeSet, ChangeSets
from herogate.aws.cloudformation import ResourceEvent, Stacks
from herogate.aws.session import Session
from herogate.aws.stack_status import StackStatus
from herogate.aws.templates import Shelf
from herogate.errors import InvalidRequest, NameTaken

PREDICATES = (
    "is_creating",
    "is_deleting",
    "is_gone",
    "is_half_deleted",
    "is_in_review",
    "is_settled",
    "is_stillborn",
    "is_updating",
    "is_whole",
)
MEANINGS = {
    "CREATE_IN_PROGRESS": {"is_creating"},
    "CREATE_FAILED": {"is_settled", "is_stillborn"},
    "CREATE_COMPLETE": {"is_settled", "is_whole"},
    "ROLLBACK_IN_PROGRESS": {"is_stillborn"},
    "ROLLBACK_FAILED": {"is_settled", "is_stillborn"},
    "ROLLBACK_COMPLETE": {"is_settled", "is_stillborn"},
    "DELETE_IN_PROGRESS": {"is_deleting"},
    "DELETE_FAILED": {"is_half_deleted", "is_settled"},
    "DELETE_COMPLETE": {"is_gone", "is_settled"},
    "UPDATE_IN_PROGRESS": {"is_updating", "is_whole"},
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": {"is_updating", "is_whole"},
    "UPDATE_COMPLETE": {"is_settled", "is_whole"},
    "UPDATE_FAILED": {"is_settled", "is_whole"},
    "UPDATE_ROLLBACK_IN_PROGRESS": {"is_updating", "is_whole"},
    "UPDATE_ROLLBACK_FAILED": {"is_settled", "is_whole"},
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": {"is_updating", "is_whole"},
    "UPDATE_ROLLBACK_COMPLETE": {"is_settled", "is_whole"},
    "REVIEW_IN_PROGRESS": {"is_in_review", "is_settled", "is_stillborn"},
    "IMPORT_IN_PROGRESS": {"is_updating", "is_whole"},
    "IMPORT_COMPLETE": {"is_settled", "is_whole"},
    "IMPORT_ROLLBACK_IN_PROGRESS": {"is_updating", "is_whole"},
    "IMPORT_ROLLBACK_FAILED": {"is_settled", "is_whole"},
    "IMPORT_ROLLBACK_COMPLETE": {"is_settled", "is_whole"},
}


def test_every_status_that_aws_knows_is_known() -> None:
    model = Loader().load_service_model("cloudformation", "service-2")
    assert [str(status) for status in StackStatus] == model["shapes"]["StackStatus"]["enum"]


def test_a_status_means_what_its_predicates_say() -> None:
    assert {
        str(status): {name for name in PREDICATES if getattr(status, name)}
        for status in StackStatus
    } == MEANINGS


LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


@pytest.mark.parametrize(
    ("type_name", "status", "reason", "is_failure", "is_address_taken"),
    [
        (LISTENER, "CREATE_COMPLETE", None, False, False),
        (LISTENER, "CREATE_FAILED", None, True, False),
        (LISTENER, "CREATE_FAILED", "Resource creation cancelled", False, False),
        (
            LISTENER,
            "CREATE_FAILED",
            "A listener already exists on this port for this load balancer 'x' (Service: Elastic",
            True,
            True,
        ),
        (
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            "CREATE_FAILED",
            "Priority '7' is currently in use (Service: ElasticLoadBalancingV2)",
            True,
            True,
        ),
        ("AWS::S3::Bucket", "CREATE_FAILED", "x already exists on this port", True, False),
    ],
)
def test_a_taken_address_is_told_from_other_failures(
    type_name: str, status: str, reason: str | None, is_failure: bool, is_address_taken: bool
) -> None:
    event = ResourceEvent(
        id="1", resource="R", type=type_name, status=status, reason=reason, is_of_stack=False
    )
    assert (event.is_failure, event.is_address_taken) == (is_failure, is_address_taken)


PARAMETER = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}


def template(size: int) -> str:
    """A small stack's template of about this many bytes."""
    return json.dumps({"Metadata": {"Padding": "x" * size}, "Resources": {"P": PARAMETER}})


@pytest.fixture
def stacks(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Stacks:
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    return Stacks(Session(region="ca-central-1"))


def test_a_template_too_large_for_a_request_is_read_from_s3(
    stacks: Stacks, cloud: LocalCloud
) -> None:
    store = cloud.client("s3", region_name="us-east-1")
    store.create_bucket(Bucket="templates-of-a-test")
    shelf = Shelf(bucket="templates-of-a-test", key="template/x.json")
    stack = stacks.create("large", template(60_000), tags={}, express=True, shelf=shelf)
    found = stacks.describe(stack)
    assert found is not None
    assert (found.name, found.id) == ("large", stack)
    with pytest.raises(NameTaken):
        stacks.create("large", template(0), tags={}, express=True)
    stacks.delete(stack)


def test_a_template_too_large_without_a_place_for_it_is_refused(stacks: Stacks) -> None:
    with pytest.raises(InvalidRequest, match="The template of large is over 51,200 bytes"):
        stacks.create("large", template(60_000), tags={}, express=True)


def test_a_stack_that_is_not_there_is_none(stacks: Stacks) -> None:
    assert stacks.describe("nothing-of-that-name") is None


@pytest.mark.usefixtures("stacks")
def test_a_change_of_what_another_command_has_changed_or_removed_is_refused_in_words() -> None:
    session = Session(region="ca-central-1")
    change_sets, stacks = ChangeSets(session), Stacks(session)
    name = "changed-twice"

    def proposed(size: int, *, creates: bool = False) -> ChangeSet:
        begun = change_sets.begin(name, template(size), creates=creates, express=True)
        return change_sets.describe(begun)

    def refused(ask: Callable[[], object]) -> None:
        with pytest.raises(InvalidRequest, match=f"Another command changes or removes {name} at"):
            ask()

    refused(lambda: proposed(0))
    first, second = proposed(0, creates=True), proposed(1, creates=True)
    refused(lambda: proposed(2))
    change_sets.execute(first)
    refused(lambda: change_sets.execute(second))
    refused(lambda: change_sets.describe(second))
    refused(lambda: proposed(3, creates=True))
    stacks.delete(name)
