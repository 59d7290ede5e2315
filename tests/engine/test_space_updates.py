"""Spaces that become others: what is shown before it is done, what is refused, and how one grows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from leftovers import leftovers, written
from load_balancing import free_port
from local_cloud import LocalCloud
from regions import region_with_a_space

from herogate import (
    ChangeKind,
    InvalidRequest,
    NameTaken,
    Platform,
    ResourceChange,
    Setback,
    SpaceProtected,
    Status,
    UpdateFailed,
)
from herogate.engine.addresses import Addresses
from stacks import ports
from stacks.outputs import SpaceOutput as Output

REGION = "ca-central-1"
NO_POLICY = "arn:aws:iam::123456789012:policy/none"
ELB = "AWS::ElasticLoadBalancingV2::LoadBalancer"


@pytest.fixture
def platform(aws: LocalCloud) -> Iterator[Platform]:
    """A region of a test's own, in which nothing may be left."""
    own = Platform(region=REGION)
    yield own
    for app in own.apps.all():
        own.apps.destroy(app.name).wait()
    for space in own.spaces.all():
        empty(own, space.name)
        with own.spaces.update(space.name, deletion_protection=False) as unprotected:
            unprotected.apply().wait()
        own.spaces.destroy(space.name).wait()
    assert leftovers(aws, REGION) == []


def outputs(platform: Platform) -> dict[str, str]:
    return dict(platform.spaces.stack("default").outputs)


def stacks(aws: LocalCloud) -> list[tuple[str, str]]:
    """What there is, and when it was last changed."""
    cloudformation = aws.client("cloudformation", region_name=REGION)
    return [
        (each["StackName"], str(each.get("LastUpdatedTime")))
        for each in cloudformation.describe_stacks()["Stacks"]
    ]


def sent(cloudformation: Any) -> str:
    """The template of a region's space."""
    answer = cloudformation.get_template(StackName="herogate-space--default")
    return json.dumps(answer["TemplateBody"])


def give(cloudformation: Any, template: str) -> None:
    """Bring the space to a template, as somebody does with other tools."""
    name = "herogate-space--default"
    cloudformation.update_stack(
        StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )


def fill(platform: Platform, *, leave: int) -> None:
    """Give the places at the first load balancer to apps that nobody makes, but so many."""
    stack = platform.spaces.stack("default")
    ledger, places = platform.spaces.ledger(stack), Addresses(stack).places("filler")
    free = len(places) - len(ledger.apps()) - leave
    for number in range(free):
        ledger.allocate(f"filler-{number}", places)


def empty(platform: Platform, space: str) -> None:
    """Take their places back from apps that nobody makes."""
    ledger = platform.spaces.ledger(platform.spaces.stack(space))
    for app in ledger.apps():
        ledger.forget(app)


def test_a_creation_that_is_only_looked_at_makes_nothing(
    platform: Platform, aws: LocalCloud
) -> None:
    with pytest.raises(InvalidRequest, match=f"There is no policy {NO_POLICY}"):
        platform.spaces.creation_changes("default", permissions_boundary=NO_POLICY)
    aws_owned = "arn:aws:iam::aws:policy/PowerUserAccess"
    told = platform.spaces.creation_changes("default", private=True, permissions_boundary=aws_owned)
    assert told.stack == "herogate-space--default"
    assert {change.kind for change in told.changes} == {ChangeKind.ADD}
    assert "AWS::EC2::NatGateway" in {change.type for change in told.changes}
    assert stacks(aws) == []


def test_options_are_changed_after_they_were_shown_and_the_others_stay(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.spaces.create(
        cidr="172.20.0.0/20", private=True, log_retention_days=7, container_insights="enhanced"
    ).wait()
    before, looked_at = outputs(platform), stacks(aws)
    with platform.spaces.update("default", availability_zones=3) as seen:
        assert (
            ResourceChange(
                kind=ChangeKind.MODIFY, resource="LoadBalancer1", type=ELB, properties=("Subnets",)
            )
            in seen.changes.changes
        )
        assert {change.resource for change in seen.changes.changes} >= {
            "PublicSubnet3",
            "PrivateSubnet3",
            "NatGateway3",
        }
    assert (outputs(platform), stacks(aws)) == (before, looked_at)

    with platform.spaces.update("default", availability_zones=3) as proposal:
        space = proposal.apply().wait()
    assert space.status is Status.READY
    after = outputs(platform)
    assert {name for name in after if after[name] != before.get(name)} == {
        Output.AVAILABILITY_ZONES,
        Output.SUBNET_IDS,
    }
    assert len(after[Output.SUBNET_IDS].split(",")) == 3
    with platform.spaces.update("default") as nothing:
        assert nothing.is_empty
        nothing.apply().wait()


def test_a_protected_space_is_not_destroyed_by_anybody(platform: Platform, aws: LocalCloud) -> None:
    platform.spaces.create(deletion_protection=True).wait()
    with pytest.raises(SpaceProtected, match="Space default is protected from deletion"):
        platform.spaces.destroy("default")
    cloudformation = aws.client("cloudformation", region_name=REGION)
    with pytest.raises(cloudformation.exceptions.ClientError, match="TerminationProtection"):
        cloudformation.delete_stack(StackName="herogate-space--default")
    with platform.spaces.update("default", deletion_protection=False) as unprotected:
        unprotected.apply().wait()
    platform.spaces.destroy("default").wait()
    assert platform.spaces.all() == []


def test_a_change_that_aws_cannot_make_is_taken_back(platform: Platform, aws: LocalCloud) -> None:
    platform.spaces.create().wait()
    before = outputs(platform)
    elbv2 = aws.client("elbv2", region_name=REGION)
    stranger = elbv2.create_load_balancer(
        Name="herogate-default-2", Subnets=before[Output.SUBNET_IDS].split(",")
    )["LoadBalancers"][0]["LoadBalancerArn"]
    with pytest.raises(UpdateFailed, match="AWS could not change space default: LoadBalancer2"):
        platform.spaces.update("default", load_balancers=2).apply().wait()
    assert outputs(platform) == before
    assert platform.spaces.info("default").status is Status.READY
    elbv2.delete_load_balancer(LoadBalancerArn=stranger)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"cidr": "10.1.0.0/16"}, "was decided when space default was made: the network"),
        ({"private": True}, "was decided when space default was made: whether the processes"),
        ({"customer_key": False}, "lie under its key, and would be lost with it"),
        ({"load_balancers": 1}, "has 2 load balancers, and what is in it uses them"),
        ({"log_retention_days": 8}, "Logs are kept for one of 1, 3,"),
        ({"container_insights": "some"}, "'some' is not a valid Insights"),
        ({"availability_zones": 4}, "A space lies in 2 or 3 zones, not 4"),
        ({"hosted_zone_id": "Z1"}, "needs the domain it is for"),
        ({"permissions_boundary": NO_POLICY}, f"There is no policy {NO_POLICY}"),
    ],
)
def test_what_cannot_become_otherwise_is_refused(grown: Platform, change: Any, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        grown.spaces.update("default", **change)


def test_an_update_that_would_take_data_away_is_shown_and_refused(
    grown: Platform, aws: LocalCloud
) -> None:
    cloudformation = aws.client("cloudformation", region_name=grown.region)
    made = sent(cloudformation)
    give(cloudformation, made.replace("herogate--default--ledger", "another-ledger"))
    with grown.spaces.update("default", log_retention_days=7) as proposal:
        assert proposal.changes.lost == proposal.changes.anew == ("Ledger",)
        with pytest.raises(InvalidRequest, match="would take away Ledger, and all that is kept"):
            proposal.apply()
    assert outputs(grown)[Output.LEDGER_TABLE] == "another-ledger"
    give(cloudformation, made)


def test_a_space_keeps_the_role_of_apps_that_have_none_of_their_own_yet(
    grown: Platform, aws: LocalCloud
) -> None:
    """As they were made once."""
    cloudformation = aws.client("cloudformation", region_name=grown.region)
    made = sent(cloudformation)
    older = json.loads(made)
    older["Outputs"][Output.EVENTS_ROLE_ARN] = {"Value": "arn:aws:iam::123456789012:role/events"}
    give(cloudformation, json.dumps(older))
    cloudformation.create_stack(
        StackName="herogate-app--older",
        TemplateBody='{"Resources": {"Log": {"Type": "AWS::Logs::LogGroup"}}}',
        Tags=[{"Key": "herogate:space", "Value": "default"}],
    )
    with pytest.raises(
        InvalidRequest, match="a role by which pushes to older are deployed"
    ) as told:
        grown.spaces.update("default", log_retention_days=7)
    assert told.value.hint == "Give apps one of their own first: `herogate apps:update -a older`"
    cloudformation.delete_stack(StackName="herogate-app--older")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="herogate-app--older", WaiterConfig={"Delay": 1}
    )
    with grown.spaces.update("default") as proposal:
        proposal.apply().wait()
    assert Output.EVENTS_ROLE_ARN not in outputs(grown)


def test_a_look_at_a_change_too_large_to_be_sent_leaves_nothing_in_the_bucket(
    grown: Platform, aws: LocalCloud
) -> None:
    before = written(aws, grown.region)
    with grown.spaces.update("default", load_balancers=40, domain="a.example.com") as seen:
        assert len(seen.changes.changes) > 100
        assert written(aws, grown.region) == before
    assert written(aws, grown.region) == before


def test_a_space_that_gets_a_key_has_its_apps_write_under_it(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.spaces.create(customer_key=False).wait()
    platform.apps.create("shop").wait()
    platform.config_vars.update("shop", {"OLD": "before"})
    foreseen = platform.apps.foreseen_changes("shop", {"customer_key": True})
    groups = {"AppLogGroup", "BuildLogGroup", "PlatformLogGroup", "ReleaseLogGroup"}
    assert {
        (change.resource, change.properties)
        for change in foreseen.changes
        if change.type == "AWS::Logs::LogGroup"
    } == {(group, ("KmsKeyId",)) for group in groups}

    platform.spaces.update("default", customer_key=True).apply().wait()
    platform.apps.update("shop").apply().wait()
    platform.config_vars.update("shop", {"NEW": "after"})
    key = outputs(platform)[Output.KEY_ARN]
    logs, ssm = (aws.client(service, region_name=REGION) for service in ("logs", "ssm"))
    written_under = [group.get("kmsKeyId") for group in logs.describe_log_groups()["logGroups"]]
    assert written_under == [key] * len(groups)
    values = ssm.describe_parameters()["Parameters"]
    assert {each["Name"].split("/")[4]: each["KeyId"] for each in values} == {
        "OLD": "alias/aws/ssm",
        "NEW": key,
    }
    assert platform.config_vars.all("shop") == {"OLD": "before", "NEW": "after"}


@pytest.fixture(scope="module")
def grown(aws: LocalCloud) -> Iterator[Platform]:
    """A region whose space has two load balancers."""
    with region_with_a_space(aws, "ap-southeast-1", load_balancers=2) as own:
        yield own


def test_a_full_space_grows_by_itself_once_for_all_who_need_it(platform: Platform) -> None:
    platform.spaces.create().wait()
    fill(platform, leave=0)
    with pytest.raises(InvalidRequest, match="has no address left"):
        platform.apps.creation_changes("look")

    with ThreadPoolExecutor(2) as threads:
        works = list(threads.map(platform.apps.create, ["one", "two"]))
        told = [event for work in works for event in work if isinstance(event, Setback)]
        apps = [work.wait() for work in works]
    grew = [setback for setback in told if "no address left" in setback.reason]
    assert {setback.next_step for setback in grew} == {
        "Adding load balancer 2 to it, which is paid by the hour"
    }
    assert len(outputs(platform)[Output.LOAD_BALANCER_ARNS].split(",")) == 2
    reached = [int(str(app.web_url).rpartition(":")[2]) for app in apps]
    assert all(port in ports.of_load_balancer(2) for port in reached)
    assert len(set(reached)) == 2


def test_a_load_balancer_that_takes_no_more_is_passed_over(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.spaces.create().wait()
    elbv2 = aws.client("elbv2", region_name=REGION)
    balancer = outputs(platform)[Output.LOAD_BALANCER_ARNS]
    answer = {"StatusCode": "204", "ContentType": "text/plain"}
    for _ in range(50):
        elbv2.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=free_port(),
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": answer}],
        )
    creation = platform.apps.create("my-shop")
    told = [event.next_step for event in creation if isinstance(event, Setback)]
    assert told[-2:] == [
        "Trying the next one",
        "Adding load balancer 2 to it, which is paid by the hour",
    ]
    url = str(creation.wait().web_url)
    assert int(url.rpartition(":")[2]) in ports.of_load_balancer(2)


def test_a_name_that_is_taken_is_not_looked_at(grown: Platform) -> None:
    with pytest.raises(NameTaken):
        grown.spaces.creation_changes("default")
