"""How processes are paid, started and stopped, as ECS has it."""

from __future__ import annotations

from typing import Any

import pytest
from local_cloud import LocalCloud
from released_apps import ReleasedApp, command

from herogate import FormationEntry, InvalidRequest, NotFound, Platform, Size

WEB, WORK = command("serve", "v1"), command("work")


@pytest.fixture(scope="module")
def app(region: Platform, aws: LocalCloud) -> ReleasedApp:
    """An app of which one web process runs."""
    region.apps.create("manners").wait()
    made = ReleasedApp(aws=aws, platform=region, name="manners")
    made.deploy(web=WEB, worker=WORK)
    return made


def service(app: ReleasedApp, process_type: str) -> dict[str, Any]:
    ecs = app.client("ecs")
    (found,) = ecs.describe_services(
        cluster="herogate--default", services=[f"manners--{process_type}"]
    )["services"]
    return dict(found)


def container(app: ReleasedApp, definition: str) -> dict[str, Any]:
    told = app.client("ecs").describe_task_definition(taskDefinition=definition)
    return dict(told["taskDefinition"]["containerDefinitions"][0])


def test_processes_are_paid_started_and_stopped_as_asked_from_the_next_release_on(
    app: ReleasedApp,
) -> None:
    before = app.platform.releases.all("manners")[0].number
    (entry,) = app.platform.formations.adjust(
        "manners", ["web"], spot=True, grace_seconds=120, stop_seconds=60
    )
    assert entry == FormationEntry(
        type="web",
        quantity=1,
        size=Size.STANDARD_1X,
        command=WEB,
        spot=True,
        grace_seconds=120,
        stop_seconds=60,
    )
    released = app.platform.releases.all("manners")[0]
    assert released.number == before + 1
    app.follow(released)
    web = service(app, "web")
    assert [share["capacityProvider"] for share in web["capacityProviderStrategy"]] == [
        "FARGATE_SPOT"
    ]
    assert web["healthCheckGracePeriodSeconds"] == 120
    assert container(app, web["taskDefinition"])["stopTimeout"] == 60
    worker = service(app, "worker")
    assert [share["capacityProvider"] for share in worker["capacityProviderStrategy"]] == [
        "FARGATE"
    ]
    assert container(app, worker["taskDefinition"])["stopTimeout"] == 30

    app.deploy(web=WEB, worker=WORK)
    (kept,) = [each for each in app.platform.formations.all("manners") if each.type == "web"]
    assert (kept.spot, kept.grace_seconds, kept.stop_seconds) == (True, 120, 60)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"stop_seconds": 1}, "A process has 2 to 120 seconds to end, not 1"),
        ({"stop_seconds": 121}, "A process has 2 to 120 seconds to end, not 121"),
        ({"grace_seconds": 901}, "A process has 0 to 900 seconds to answer, not 901"),
    ],
)
def test_what_fargate_does_not_give_is_refused(
    app: ReleasedApp, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(InvalidRequest, match=why):
        app.platform.formations.adjust("manners", ["web"], **changes)


def test_a_process_type_that_there_is_not_is_not_adjusted(app: ReleasedApp) -> None:
    with pytest.raises(NotFound, match="Couldn't find that process type"):
        app.platform.formations.adjust("manners", ["clock"], spot=True)
