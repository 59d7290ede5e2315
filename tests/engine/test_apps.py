"""Apps and spaces made and unmade through the library, on a cloud that is really there."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import WaiterError
from leftovers import leftovers
from local_cloud import LocalCloud
from released_apps import ReleasedApp

from herogate import (
    App,
    CreationFailed,
    InvalidRequest,
    NameTaken,
    NotFound,
    Platform,
    Setback,
    SpaceInUse,
    StackProgress,
    Status,
)
from herogate.engine import package
from herogate.engine.addresses import Addresses
from stacks import names


def client(aws: LocalCloud, platform: Platform, service: str) -> Any:
    return aws.client(service, region_name=platform.region)


def ledger(aws: LocalCloud, platform: Platform) -> dict[str, str]:
    """Which place is whose, as the table has it."""
    items = client(aws, platform, "dynamodb").scan(TableName="herogate--default--ledger")["Items"]
    return {item["sk"]["S"]: item["app"]["S"] for item in items if item["pk"]["S"] == "addresses"}


def bucket_of(aws: LocalCloud, platform: Platform, space: str) -> tuple[Any, str]:
    """A client and a space's bucket."""
    bucket = f"herogate--{space}--{platform.identity().account}--eu-west-1"
    return client(aws, platform, "s3"), bucket


def of_another_space(app: str) -> dict[str, Any]:
    """What CloudFormation is asked for, were there an app of this name in another space."""
    handle = '{"Resources": {"X": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}'
    tags = [{"Key": names.SPACE_TAG, "Value": "another"}]
    return {"StackName": f"herogate-app--{app}", "TemplateBody": handle, "Tags": tags}


def delete(stacks: Any, name: str) -> None:
    stacks.delete_stack(StackName=name)
    stacks.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def page(url: str) -> str:
    with urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_an_app_is_what_its_stack_says(platform: Platform, aws: LocalCloud) -> None:
    app = platform.apps.create("my-shop", git_branch="trunk").wait()
    (stack,) = client(aws, platform, "cloudformation").describe_stacks(
        StackName="herogate-app--my-shop"
    )["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert app == App(
        name="my-shop",
        space="default",
        region="eu-west-1",
        status=Status.READY,
        git_url="herogate://herogate-local@eu-west-1/my-shop",
        created_at=stack["CreationTime"],
        web_url=outputs["WebUrl"],
        clone_url=outputs["CloneUrlHttp"],
        git_branch="trunk",
    )
    assert (platform.apps.info("my-shop"), platform.apps.all()) == (app, [app])
    assert "my-shop" in page(outputs["WebUrl"])


def test_a_creation_tells_how_far_it_is(platform: Platform) -> None:
    creation = platform.apps.create("my-shop")
    told = [event for event in creation if isinstance(event, StackProgress)]
    counts = [event.done for event in told]
    assert counts == sorted(counts)
    assert told[-1] == StackProgress(
        stack="herogate-app--my-shop", done=told[-1].total, total=told[-1].total
    )


def test_an_app_that_is_being_made_has_its_addresses_already(platform: Platform) -> None:
    creation = platform.apps.create("my-shop")
    early = platform.apps.info("my-shop")
    strangers = [event for event in creation if isinstance(event, Setback)]
    app = creation.wait()
    assert early.git_url == app.git_url
    assert (early.web_url == app.web_url) is (not strangers)


def test_a_name_is_taken_once_only(platform: Platform) -> None:
    platform.apps.create("my-shop").wait()
    with pytest.raises(NameTaken, match="Name my-shop is already taken"):
        platform.apps.create("my-shop")


def test_apps_made_at_once_get_addresses_of_their_own(platform: Platform) -> None:
    names = ["one", "two", "three"]
    with ThreadPoolExecutor(3) as threads:
        apps = list(threads.map(lambda name: platform.apps.create(name).wait(), names))
    assert len({app.web_url for app in apps}) == 3
    assert [name in page(str(app.web_url)) for name, app in zip(names, apps, strict=True)] == [
        True,
        True,
        True,
    ]


def test_a_destroyed_app_leaves_the_space_as_it_was(platform: Platform, aws: LocalCloud) -> None:
    before = leftovers(aws, platform.region)
    platform.apps.create("my-shop").wait()
    platform.apps.destroy("my-shop").wait()
    assert leftovers(aws, platform.region) == before
    assert "my-shop" not in ledger(aws, platform).values()


def test_the_artifacts_and_images_of_an_app_go_with_it(platform: Platform, aws: LocalCloud) -> None:
    platform.apps.create("my-shop").wait()
    store, bucket = bucket_of(aws, platform, "default")
    images = client(aws, platform, "ecr")
    for _ in range(2):
        key = f"{names.artifact_prefix('my-shop')}/SourceArti/x"
        store.put_object(Bucket=bucket, Key=key, Body=b"x")
    ReleasedApp(aws=aws, platform=platform, name="my-shop").slug()
    assert images.list_images(repositoryName="herogate/my-shop")["imageIds"] != []
    platform.apps.destroy("my-shop").wait()
    prefix = f"{names.artifact_prefix('my-shop')}/"
    assert "Versions" not in store.list_object_versions(Bucket=bucket, Prefix=prefix)
    assert images.describe_repositories()["repositories"] == []


def test_an_app_that_is_not_there_cannot_be_destroyed(platform: Platform) -> None:
    with pytest.raises(NotFound, match="Couldn't find that app"):
        platform.apps.destroy("my-shop")


def test_an_app_that_is_being_made_can_be_destroyed(platform: Platform, aws: LocalCloud) -> None:
    platform.apps.create("my-shop")
    platform.apps.destroy("my-shop").wait()
    assert (platform.apps.all(), set(ledger(aws, platform).values()) <= {"--"}) == ([], True)


def test_an_address_without_an_app_is_given_back(platform: Platform, aws: LocalCloud) -> None:
    """As after a creation that was killed between the ledger and CloudFormation."""
    platform.apps.create("my-shop").wait()
    stacks = client(aws, platform, "cloudformation")
    stacks.delete_stack(StackName="herogate-app--my-shop")
    stacks.get_waiter("stack_delete_complete").wait(
        StackName="herogate-app--my-shop", WaiterConfig={"Delay": 1}
    )
    assert "my-shop" in ledger(aws, platform).values()
    platform.apps.destroy("my-shop").wait()
    assert "my-shop" not in ledger(aws, platform).values()


def test_a_failed_creation_is_cleaned_up_and_tried_once_more(
    platform: Platform, aws: LocalCloud
) -> None:
    repositories = client(aws, platform, "codecommit")
    repositories.create_repository(repositoryName="herogate--my-shop")
    before = leftovers(aws, platform.region)
    reason = (
        "Repository (AWS::CodeCommit::Repository): "
        "Repository named herogate--my-shop already exists"
    )
    creation, told = platform.apps.create("my-shop"), []
    with pytest.raises(CreationFailed) as failed:
        told += [event for event in creation if isinstance(event, Setback)]
    assert failed.value.message == f"AWS could not make my-shop, twice: {reason}"
    assert failed.value.hint == "What it had made is removed again."
    assert leftovers(aws, platform.region) == before
    assert "my-shop" not in ledger(aws, platform).values()
    repositories.delete_repository(repositoryName="herogate--my-shop")
    assert platform.apps.create("my-shop").wait().status is Status.READY


def test_what_a_failure_left_behind_is_no_obstacle(platform: Platform, aws: LocalCloud) -> None:
    """As after a creation that failed when nobody watched any more."""
    repositories = client(aws, platform, "codecommit")
    repositories.create_repository(repositoryName="herogate--my-shop")
    platform.apps.create("my-shop")
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        client(aws, platform, "cloudformation").get_waiter("stack_create_complete").wait(
            StackName="herogate-app--my-shop", WaiterConfig={"Delay": 1}
        )
    assert platform.apps.info("my-shop").status is Status.BROKEN
    repositories.delete_repository(repositoryName="herogate--my-shop")
    assert platform.apps.create("my-shop").wait().status is Status.READY


def test_a_port_where_a_stranger_listens_is_passed_over(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.apps.create("one").wait()
    taken = ledger(aws, platform)
    places = Addresses(platform.spaces.stack("default")).places("two")
    port = next(each.number for each in places if f"01/{each.number:05}" not in taken)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            stranger.bind(("127.0.0.1", port))
            stranger.listen()
        except OSError:
            pass  # somebody else is the stranger already
        told = [event for event in platform.apps.create("two") if isinstance(event, Setback)]
    assert told[0] == Setback(
        reason=f"Port {port} of the load balancer is taken by something else.",
        next_step="Trying the next one",
    )
    assert ledger(aws, platform)[f"01/{port:05}"] == "--"
    assert "two" in page(str(platform.apps.info("two").web_url))


def test_an_app_destroyed_while_it_is_made_stays_destroyed(
    platform: Platform, aws: LocalCloud
) -> None:
    creation = iter(platform.apps.create("my-shop"))
    next(creation)
    platform.apps.destroy("my-shop").wait()
    with pytest.raises(CreationFailed, match="my-shop was destroyed while it was being made"):
        list(creation)
    assert platform.apps.all() == []
    assert "my-shop" not in ledger(aws, platform).values()


def test_an_app_destroyed_while_its_creation_fails_is_not_tried_once_more(
    platform: Platform, aws: LocalCloud
) -> None:
    repositories = client(aws, platform, "codecommit")
    repositories.create_repository(repositoryName="herogate--my-shop")
    creation = iter(platform.apps.create("my-shop"))
    next(creation)
    stacks = client(aws, platform, "cloudformation")
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        stacks.get_waiter("stack_create_complete").wait(
            StackName="herogate-app--my-shop", WaiterConfig={"Delay": 1}
        )
    platform.apps.destroy("my-shop").wait()
    repositories.delete_repository(repositoryName="herogate--my-shop")
    with pytest.raises(CreationFailed, match="my-shop was destroyed while it was being made"):
        list(creation)
    assert platform.apps.all() == []
    assert "my-shop" not in ledger(aws, platform).values()


def test_who_loses_a_name_to_an_app_of_another_space_gives_the_address_back(
    platform: Platform, aws: LocalCloud
) -> None:
    """As of two who make it at the same moment: there was none of that name yet when both looked."""
    stacks = client(aws, platform, "cloudformation")
    other = of_another_space("my-shop")
    stacks.create_change_set(ChangeSetName="look", ChangeSetType="CREATE", **other)
    creation = iter(platform.apps.create("my-shop"))  # removes what is only looked at
    next(creation)
    stacks.get_waiter("stack_delete_complete").wait(
        StackName="herogate-app--my-shop", WaiterConfig={"Delay": 1}
    )
    stacks.create_stack(**other)
    with pytest.raises(NameTaken):
        list(creation)
    assert "my-shop" not in ledger(aws, platform).values()
    delete(stacks, "herogate-app--my-shop")


def test_what_stands_in_the_way_of_a_destruction_is_known_beforehand(platform: Platform) -> None:
    with pytest.raises(NotFound):
        platform.apps.check_destroyable("my-shop")
    platform.apps.create("my-shop").wait()
    platform.apps.check_destroyable("my-shop")
    with pytest.raises(SpaceInUse):
        platform.spaces.check_destroyable("default")
    with pytest.raises(NotFound):
        platform.spaces.check_destroyable("another")


def test_of_two_creations_of_one_space_the_later_is_told_the_name_is_taken(
    platform: Platform,
) -> None:
    def create(_: int) -> str:
        try:
            platform.spaces.create("another").wait()
        except NameTaken as taken:
            return f"{taken.message}: {taken.hint}"
        return "made"

    with ThreadPoolExecutor(2) as users:
        outcomes = sorted(users.map(create, range(2)))
    platform.spaces.destroy("another").wait()
    assert outcomes == [
        "Name another is already taken: `herogate spaces:info another` shows it.",
        "made",
    ]


def test_a_space_with_apps_in_it_stays(platform: Platform) -> None:
    platform.apps.create("my-shop").wait()
    with pytest.raises(SpaceInUse) as refusal:
        platform.spaces.destroy("default")
    assert (refusal.value.message, refusal.value.hint) == (
        "Space default still has apps in it: my-shop",
        "Destroy each with `herogate destroy -a <app>` first.",
    )


def test_a_space_stays_with_all_that_it_holds_for_an_app_that_is_just_being_made(
    platform: Platform, aws: LocalCloud
) -> None:
    stack = platform.spaces.stack("default")
    book, places = platform.spaces.ledger(stack), Addresses(stack).places("my-shop")
    book.allocate("my-shop", places)
    book.allocate("elsewhere", places)
    stacks = client(aws, platform, "cloudformation")
    stacks.create_stack(**of_another_space("elsewhere"))
    with pytest.raises(SpaceInUse, match=r"Space default still has apps in it: my-shop$"):
        platform.spaces.destroy("default")
    store, bucket = bucket_of(aws, platform, "default")
    assert store.head_object(Bucket=bucket, Key=package.key())["ContentLength"] > 0
    book.allocate("another", places)
    for app in ("my-shop", "another"):
        platform.apps.destroy(app).wait()
    delete(stacks, "herogate-app--elsewhere")
    assert not {"my-shop", "elsewhere", "another"} & set(ledger(aws, platform).values())


def test_a_space_is_destroyed_with_every_version_in_its_bucket(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.spaces.create("another").wait()
    store, bucket = bucket_of(aws, platform, "another")
    for _ in range(3):
        store.put_object(Bucket=bucket, Key="template/x.json", Body=b"x")
    store.delete_object(Bucket=bucket, Key="template/x.json")
    platform.spaces.destroy("another").wait()
    assert [space.name for space in platform.spaces.all()] == ["default"]


def test_a_space_that_failed_is_cleaned_up_and_says_why_be_it_one_to_be_protected(
    platform: Platform, aws: LocalCloud
) -> None:
    tables = client(aws, platform, "dynamodb")
    tables.create_table(
        TableName="herogate--another--ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    with pytest.raises(CreationFailed, match=r"AWS could not make space another: Ledger\w* \("):
        platform.spaces.create("another", deletion_protection=True).wait()
    assert [space.name for space in platform.spaces.all()] == ["default"]
    tables.delete_table(TableName="herogate--another--ledger")


def test_an_app_cannot_go_where_there_is_no_space(platform: Platform) -> None:
    with pytest.raises(NotFound, match="Couldn't find that space"):
        platform.apps.create("my-shop", space="nowhere")


@pytest.mark.parametrize("name", ["", "x", "My-Shop", "my_shop", "my--shop", "-shop", "ünder"])
def test_a_name_that_breaks_the_rule_is_refused(platform: Platform, name: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be the name of an app"):
        platform.apps.create(name)


def test_a_space_holds_herogates_package_and_gets_it_back(
    platform: Platform, aws: LocalCloud
) -> None:
    s3, bucket = bucket_of(aws, platform, "default")
    assert s3.get_object(Bucket=bucket, Key=package.key())["Body"].read(2) == b"PK"
    s3.delete_object(Bucket=bucket, Key=package.key())
    platform.apps.create("my-shop").wait()
    assert s3.head_object(Bucket=bucket, Key=package.key())["ContentLength"] > 0
