"""An app of which everything is under way is destroyed, and the account is as it was before it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from leftovers import files, leftovers, written
from local_cloud import LocalCloud
from released_apps import ReleasedApp, command
from waiting import wait_until

from herogate import Platform
from herogate.errors import InvalidRequest, NameTaken, NotFound, RequestError
from herogate.models import Belonging, Event, Receipt, Setback, Status

WEB, WORKER = command("serve", "v1"), command("work")
SLOW = "version: 0.2\nphases: {build: {commands: [sleep 600]}}\n"

Before = tuple[list[str], Mapping[str, list[str]], set[str]]

DESTROY = """\
import sys
from herogate import NotFound, Platform
try:
    Platform(region=sys.argv[1]).apps.destroy(sys.argv[2]).wait()
except NotFound:
    pass  # the one before was killed at its very end
"""


@pytest.fixture
def before(platform: Platform, aws: LocalCloud) -> Before:
    """The account before there was an app."""
    return account(aws, platform)


@pytest.fixture
def busy(platform: Platform, aws: LocalCloud, before: Before) -> ReleasedApp:
    """An app with five releases, a one-off, a schedule, a build and a release that are under way."""
    platform.apps.create("old-shop").wait()
    app = ReleasedApp(aws=aws, platform=platform, name="old-shop")
    assert (app.deploy(web=WEB, worker=WORKER).reason, app.lines) == (None, [])
    for number in range(4):
        release = app.set("NUMBER", str(number))
    app.follow(release)
    builds = app.client("codebuild")
    for project in ("build", "release"):
        builds.start_build(
            projectName=f"herogate--old-shop--{project}",
            sourceTypeOverride="NO_SOURCE",
            artifactsOverride={"type": "NO_ARTIFACTS"},
            buildspecOverride=SLOW,
        )
    run_one_off(app)
    schedule(app)
    return app


def account(aws: LocalCloud, platform: Platform) -> Before:
    region = platform.region
    return leftovers(aws, region), written(aws, region), files(aws)


def run_one_off(app: ReleasedApp) -> None:
    ecs: Any = app.client("ecs")
    (service,) = ecs.describe_services(cluster="herogate--default", services=["old-shop--worker"])[
        "services"
    ]
    ecs.run_task(
        cluster="herogate--default",
        taskDefinition="herogate--old-shop--worker",
        launchType="FARGATE",
        networkConfiguration=service["networkConfiguration"],
    )


def schedule(app: ReleasedApp) -> None:
    """As `schedule:add` makes one, that is due in an hour."""
    app.platform.schedules.add(app.name, "rate(1 hour)", ["true"])


def destroyed_beside(platform: Platform, app: str) -> tuple[Event, Receipt]:
    """What a command that comes later is told first, and its receipt."""
    destroying = platform.apps.destroy(app)
    first = next(iter(destroying))
    return first, destroying.wait()


def test_the_account_is_as_it_was_before_and_one_of_two_at_once_has_the_receipt(
    busy: ReleasedApp, before: Before, platform: Platform, aws: LocalCloud
) -> None:
    destroying = platform.apps.destroy("old-shop")
    with ThreadPoolExecutor(1) as another:
        late = another.submit(destroyed_beside, platform, "old-shop")
        receipt = destroying.wait()
    assert late.result() == (
        Setback(
            reason="old-shop is being destroyed by another command.",
            next_step="Waiting for it to end",
        ),
        Receipt(app="old-shop", removed={}),
    )
    resources = receipt.removed[Belonging.RESOURCE]
    assert receipt.removed == {
        Belonging.PROCESS: 1,
        Belonging.ONE_OFF: 1,
        Belonging.SCHEDULE: 1,
        Belonging.RELEASE: 5,
        Belonging.BUILD: receipt.removed[Belonging.BUILD],
        Belonging.IMAGE: 1,
        Belonging.CONFIG_VALUE: 4,
        Belonging.DEFINITION: receipt.removed[Belonging.DEFINITION],
        Belonging.RESOURCE: resources,
    }
    assert resources > 20
    wait_until(lambda: account(aws, platform) == before)


def give_up_for(aws: LocalCloud, platform: Platform) -> None:
    """Let nobody wait for one that was killed: as when its turn has run out."""
    aws.client("dynamodb", region_name=platform.region).delete_item(
        TableName="herogate--default--ledger",
        Key={"pk": {"S": "app/old-shop"}, "sk": {"S": "destruction"}},
    )


def test_a_destruction_killed_at_any_point_is_finished_by_the_next(
    busy: ReleasedApp, before: Before, platform: Platform, aws: LocalCloud
) -> None:
    for seconds in (0.6, 0.9, 1.2, 1.6, 2.0):
        destroying = subprocess.Popen([sys.executable, "-c", DESTROY, platform.region, "old-shop"])
        try:
            assert destroying.wait(timeout=seconds) == 0
            break  # it was faster than the kill: nothing is left for another one
        except subprocess.TimeoutExpired:
            destroying.kill()
            destroying.wait()
            give_up_for(aws, platform)
    with suppress(NotFound):  # the last one may have got to its end before it was killed
        platform.apps.destroy("old-shop").wait()
    wait_until(lambda: account(aws, platform) == before)


def test_nothing_of_an_app_that_is_being_destroyed_changes_any_more(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.apps.create("old-shop").wait()
    destroying = iter(platform.apps.destroy("old-shop"))
    next(destroying)
    with pytest.raises(RequestError, match=r"old-shop is being destroyed|Couldn't find that app"):
        platform.config_vars.update("old-shop", {"KEY": "value"})
    list(destroying)


def test_an_app_whose_destruction_was_cut_short_is_known_as_such(
    platform: Platform, aws: LocalCloud
) -> None:
    platform.apps.create("old-shop").wait()
    platform.apps.create("new-shop").wait()
    platform.spaces.ledger(platform.spaces.stack("default")).close("old-shop")
    assert {app.name: app.status for app in platform.apps.all(space="default")} == {
        "new-shop": Status.READY,
        "old-shop": Status.DESTROYING,
    }
    assert platform.apps.info("old-shop").status is Status.DESTROYING
    with pytest.raises(InvalidRequest, match="old-shop is being destroyed"):
        platform.apps.update("old-shop", health_check_path="/up")
    goes_on = "old-shop is being destroyed.\nShould that have been cut short: `herogate destroy -a"
    assert taken(platform, "old-shop").startswith(goes_on)

    stacks = aws.client("cloudformation", region_name=platform.region)
    stacks.delete_stack(StackName="herogate-app--old-shop")
    stacks.get_waiter("stack_delete_complete").wait(
        StackName="herogate-app--old-shop", WaiterConfig={"Delay": 1}
    )
    assert taken(platform, "old-shop").startswith(goes_on)
    platform.apps.destroy("old-shop").wait()
    assert platform.apps.create("old-shop").wait().status is Status.READY


def taken(platform: Platform, app: str) -> str:
    """What is said to somebody who makes an app of a name, and to one who only looks."""
    with pytest.raises(NameTaken) as refused:
        platform.apps.create(app)
    with pytest.raises(NameTaken) as looked_at:
        platform.apps.creation_changes(app)
    assert looked_at.value.hint == refused.value.hint
    return str(refused.value.hint)
