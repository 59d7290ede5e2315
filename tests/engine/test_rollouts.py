"""Releases brought to what runs, on a cloud that really runs it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from local_cloud import LocalCloud
from registries import OCI_INDEX
from released_apps import ReleasedApp, command, drained
from spoiled_answers import Late, late_answers
from stacks_options import formation_of
from waiting import eventually, wait_until

from herogate import Platform
from herogate.aws.ecr import ImageRepositories
from herogate.aws.ecs import Crews
from herogate.engine.lease import LEASE_SECONDS
from herogate.engine.pruning import KEPT
from herogate.engine.rollout_plan import BOOT_LIMIT
from herogate.engine.rollouts import Rollouts
from herogate.engine.site import Sites
from herogate.errors import InvalidRequest, NotFound
from herogate.models import ChangeKind, Process, ProcessState, Release, ReleaseStatus, Size

V1, V2 = command("serve", "v1"), command("serve", "v2")
WORK = command("work")


@pytest.fixture(scope="module")
def app(region: Platform, aws: LocalCloud) -> ReleasedApp:
    """An app for all tests that do not mind what was released before."""
    region.apps.create("my-shop").wait()
    return ReleasedApp(aws=aws, platform=region, name="my-shop")


@pytest.fixture
def fresh(region: Platform, aws: LocalCloud) -> Iterator[ReleasedApp]:
    """An app of which nothing was ever released."""
    region.apps.create("new-shop").wait()
    yield ReleasedApp(aws=aws, platform=region, name="new-shop")
    region.apps.destroy("new-shop").wait()


def outcome(release: Release) -> tuple[str, str | None]:
    return str(release.status), release.reason


def missing(app: ReleasedApp) -> dict[str, Any]:
    """What ECS tells of an instance that it does not know."""
    arn = f"arn:aws:ecs:{app.platform.region}:123456789012:task/herogate--default/{'0' * 32}"
    return {"tasks": [], "failures": [{"arn": arn, "reason": "MISSING"}]}


def part(app: ReleasedApp, digest: str) -> dict[str, Any]:
    """An image as a list tells of it."""
    found = ImageRepositories(app.session).image(f"herogate/{app.name}", digest=digest)
    assert found is not None
    size = len(found.manifest.encode())
    return {"mediaType": found.media_type, "digest": digest, "size": size}


def ahead(app: ReleasedApp, by: timedelta) -> Rollouts:
    """Rollouts by a clock that is so much ahead of everybody's."""

    def now() -> datetime:
        return datetime.now(UTC) + by

    return Rollouts(app.session, Sites(app.session, now=now), sleep=time.sleep, now=now)


LIVE = ("succeeded", None)


def comes(app: ReleasedApp, **process_types: str) -> list[str]:
    """The services that a release of these process types would bring, by a look that leaves nothing."""
    cloudformation, name = app.client("cloudformation"), f"herogate-formation--{app.name}"
    before = stacks(cloudformation)
    told = app.platform.rollouts.slug_changes(app.name, app.slug(**process_types))
    assert stacks(cloudformation) == before
    assert (told.stack, {each.kind for each in told.changes}) in (
        (name, {ChangeKind.ADD}),
        (name, set()),
    )
    return [each.resource for each in told.changes]


def stacks(cloudformation: Any) -> list[tuple[str, str]]:
    """What there is, and when it was last changed."""
    return [
        (each["StackName"], str(each.get("LastUpdatedTime")))
        for each in cloudformation.describe_stacks()["Stacks"]
    ]


def test_a_first_release_starts_one_web_and_lets_the_world_in(fresh: ReleasedApp) -> None:
    assert comes(fresh, web=V1, worker=WORK, release="true") == ["Serviceweb", "Serviceworker"]
    assert fresh.statuses == []
    assert outcome(fresh.deploy(web=V1, worker=WORK)) == LIVE
    assert comes(fresh, web=V2, mailer=WORK) == ["Servicemailer"]
    assert comes(fresh, worker=V2) == []
    assert (fresh.page(), fresh.counts) == ("v1", {"web": 1, "worker": 0})
    (web,) = fresh.platform.processes.all(fresh.name)
    assert web == Process(
        type="web",
        name=web.name,
        state=ProcessState.UP,
        since=web.since,
        size=Size.STANDARD_1X,
        command=V1,
        release=1,
    )
    assert fresh.platform.processes.named(fresh.name, "web.1") == web


def test_of_a_first_release_that_fails_nothing_runs_and_the_next_starts_anew(
    fresh: ReleasedApp,
) -> None:
    broken = fresh.declare(web=command("crash", "3"))
    changed = fresh.set("GREETING", "hello")
    ended = fresh.follow(broken)
    assert (ended.version, ended.status) == ("v2", ReleaseStatus.FAILED)
    assert fresh.statuses == [
        ("v3", "Set", "succeeded"),
        ("v2", "Set", "failed"),
        ("v1", "Deploy", "superseded"),
    ]
    assert (changed.number, fresh.counts) == (2, {"web": 0})
    assert "There is nothing here yet" in fresh.page()
    assert outcome(fresh.deploy(web=V1)) == LIVE
    assert (fresh.page("GREETING"), fresh.counts) == ("hello", {"web": 1})


def test_a_release_that_fails_says_why_and_leaves_what_was_live(app: ReleasedApp) -> None:
    live = app.deploy(web=V1)
    failed = app.deploy(web=command("crash", "3"))
    said, *lines = str(failed.reason).split("\n")
    assert (failed.status, said.partition(" ")[2]) == (
        ReleaseStatus.FAILED,
        "exited with code 3",
    )
    assert lines == [f"line {number}" for number in range(10, 20)]
    assert (app.page(), app.platform.releases.current(app.name)) == ("v1", live)
    assert app.platform.releases.released_commit(app.name) == live.commit


def test_what_web_is_asked_for_is_its_releases_and_comes_back_with_it(app: ReleasedApp) -> None:
    app.deploy(web=V1)
    paths = [app.asked_for]
    named = app.deploy("/v2", web=V2)
    paths.append(app.asked_for)
    app.follow(app.set("GREETING", "hello"))
    app.deploy("/broken", web=command("crash", "3"))
    with app.platform.apps.update(app.name, health_check_interval_seconds=6) as proposal:
        proposal.apply().wait()
    paths.append(app.asked_for)
    app.deploy(web=V1)
    paths.append(app.asked_for)
    app.follow(app.platform.rollouts.rollback(app.name, named.number))
    paths.append(app.asked_for)
    assert paths == ["/", "/v2", "/v2", "/", "/v2"]


def test_an_app_that_says_itself_what_it_is_asked_for_says_so(app: ReleasedApp) -> None:
    named = app.deploy("/up", web=V1)
    with pytest.raises(InvalidRequest) as refused:
        app.platform.apps.update(app.name, health_check_path="/elsewhere")
    assert (refused.value.message, refused.value.hint) == (
        f"my-shop says itself what its web processes are asked for: /up, since {named.version}.",
        "Change health_check_path in its app.json, and push that.",
    )
    with app.platform.apps.update(app.name, health_check_path="/up") as proposal:
        proposal.apply().wait()
    app.deploy(web=V1)
    assert app.asked_for == "/up"


def test_when_one_process_type_fails_the_others_go_back(app: ReleasedApp) -> None:
    app.deploy(web=V1, worker=WORK)
    app.scale("worker", 1)
    failed = app.deploy(web=V2, worker=command("crash", "4"))
    assert str(failed.reason).startswith("worker.")
    assert eventually(lambda: app.running) == {"web": V1, "worker": WORK}
    app.scale("worker", 0)


def test_a_type_that_is_gone_ends_when_the_release_is_live(app: ReleasedApp) -> None:
    app.deploy(web=V1, worker=WORK)
    app.scale("worker", 1)
    assert app.deploy(web=command("crash", "3")).status is ReleaseStatus.FAILED
    assert app.counts == {"web": 1, "worker": 1}
    assert outcome(app.deploy(web=V2)) == LIVE
    assert app.counts == {"web": 1, "worker": 0}


def test_the_release_process_runs_first_and_is_told(app: ReleasedApp) -> None:
    app.lines.clear()
    assert outcome(app.deploy(web=V1, release=command("say", "migrating"))) == LIVE
    assert app.lines == ["Running release command...", "say migrating"]


def test_an_app_made_anew_runs_its_first_release_process_though_another_one_had_one(
    app: ReleasedApp,
) -> None:
    def released() -> list[str]:
        made = replace(app, name="made-anew", lines=[])
        made.platform.apps.create(made.name).wait()
        try:
            assert outcome(made.deploy(web=V1, release=command("say", "first"))) == LIVE
        finally:
            made.platform.apps.destroy(made.name).wait()
        return made.lines

    assert [released(), released()] == [["Running release command...", "say first"]] * 2


def test_when_the_release_process_fails_nothing_else_has_happened(app: ReleasedApp) -> None:
    live = app.deploy(web=V1)
    before = app.platform.processes.all(app.name, type="web")
    failed = app.deploy(web=V2, release=command("crash", "5"))
    said, *lines = str(failed.reason).split("\n")
    assert said.startswith("release.")
    assert said.endswith(" exited with code 5")
    assert lines == [f"line {number}" for number in range(10, 20)]
    assert app.platform.processes.all(app.name, type="web") == before
    assert app.platform.releases.current(app.name) == live


def test_a_config_var_set_on_top_of_a_broken_deploy_stays(app: ReleasedApp) -> None:
    good = app.deploy(web=V1)
    broken = app.declare(web=command("crash", "3"))
    app.set("COLOUR", "green")
    ended = app.follow(broken)
    assert (ended.number, ended.status) == (broken.number + 1, ReleaseStatus.FAILED)

    def kept() -> Release | None:
        """What stays, once whoever led this rollout has declared it and brought it to its end."""
        current = app.platform.releases.current(app.name)
        return current if current is not None and current.number > ended.number else None

    current = eventually(kept)
    assert (current.slug, current.description) == (good.slug, "Set COLOUR config vars")
    wait_until(lambda: app.page("COLOUR") == "green")


def test_of_two_deploys_at_once_the_newest_is_live_and_the_older_superseded(
    app: ReleasedApp,
) -> None:
    declared = [app.declare(web=V1), app.declare(web=V2)]
    with ThreadPoolExecutor(2) as pushers:
        older, newer = pushers.map(app.follow, declared)
    assert (older.status, older.superseded_by) == (ReleaseStatus.SUPERSEDED, newer.number)
    assert outcome(newer) == LIVE
    wait_until(lambda: app.page() == "v2")


def test_what_an_interrupted_applier_left_is_finished_by_whoever_settles(
    app: ReleasedApp,
) -> None:
    app.deploy(web=V1)
    declared = app.declare(web=V2, release=command("say", "once"))
    interrupted = app.platform.rollouts.follow(app.name, declared.number)
    said = [next(interrupted), next(interrupted)]
    runs = app.one_offs("release")
    interrupted.close()
    assert list(app.platform.rollouts.settle(app.name)) == said
    assert said == ["Running release command...", "say once"]
    assert app.platform.releases.info(app.name, declared.number).status is ReleaseStatus.SUCCEEDED
    assert app.one_offs("release") == runs


def test_a_dead_applier_is_followed_when_its_lease_is_over(app: ReleasedApp) -> None:
    declared = app.declare(web=V1)
    assert eventually(Sites(app.session).ledger(app.name).lease)  # by one that dies with it

    heir = ahead(app, timedelta(seconds=LEASE_SECONDS))
    assert list(heir.settle(app.name)) == []
    assert app.platform.releases.info(app.name, declared.number).status is ReleaseStatus.SUCCEEDED


def test_settling_what_is_settled_changes_nothing(app: ReleasedApp) -> None:
    app.deploy(web=V1)
    before = app.statuses
    assert (list(app.platform.rollouts.settle(app.name)), app.statuses) == ([], before)


def test_what_aws_refuses_is_a_failed_release(app: ReleasedApp) -> None:
    live = app.deploy(web=V1)
    failed = app.deploy(web=command("serve", "x" * 70_000))
    assert failed.status is ReleaseStatus.FAILED
    assert "Max allowed length is '65536' bytes" in str(failed.reason)
    assert app.platform.releases.current(app.name) == live


def test_an_app_that_has_had_too_many_process_types_gets_no_more(fresh: ReleasedApp) -> None:
    ledger = Sites(fresh.session).ledger(fresh.name)
    lease = ledger.lease()
    assert lease is not None
    gone = formation_of(web=False, workers=60, private=False, port=8080).entries
    ledger.bear(gone, lease)
    lease.give_back()
    failed = fresh.deploy(web=V1)
    assert str(failed.reason).startswith(
        "new-shop has had 61 process types, and its stack has no room"
    )
    assert ledger.births().keys() == gone.keys()


def test_what_the_image_cannot_run_is_a_failed_release(app: ReleasedApp) -> None:
    live = app.deploy(web=V1)
    bare = replace(app.slug(web="a | b"), shell=False)
    declared = app.platform.rollouts.deploy_container(app.name, bare)
    assert outcome(app.follow(declared)) == (
        "failed",
        "The command 'a | b' needs a shell, and the image has none.",
    )
    assert app.platform.releases.current(app.name) == live


def test_what_ecs_has_not_heard_of_yet_is_waited_for(
    app: ReleasedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = "TaskDefinition not found."
    late = [
        Late.refused("RunTask", "ClientException", unknown, calls=range(1, 3)),
        Late(operation="DescribeTasks", calls=range(1, 3), content=missing(app)),
        Late(operation="DescribeTasks", calls=range(4, 5), content=missing(app)),
        Late.refused("UpdateService", "ClientException", unknown, calls=range(1, 3)),
    ]
    with late_answers(app.aws.endpoint_url, *late) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
        later = replace(app, platform=Platform(region=app.platform.region), lines=[])
        assert outcome(later.deploy(web=V2, release=command("say", "late"))) == LIVE
    assert later.lines == ["Running release command...", "say late"]


def test_a_rollout_that_ended_before_it_was_stopped_stays_so(
    app: ReleasedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = {"serviceDeploymentArn": "arn:aws:ecs:eu-west-1:123456789012:service-deployment/a/b/c"}
    late = [
        Late(
            operation="ListServiceDeployments",
            calls=range(1, 2),
            content={"serviceDeployments": [over]},
        ),
        Late.refused(
            "StopServiceDeployment", "ConflictException", "It is over.", calls=range(1, 2)
        ),
    ]
    with late_answers(app.aws.endpoint_url, *late) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
        Crews(app.session, "herogate--default").take_back("my-shop--web")


@pytest.mark.parametrize(
    ("events", "trouble"),
    [
        ([], ""),
        (["has started 1 tasks: (task 1).", "was unable to place a task."], ""),
        (["has reached a steady state."], ""),
        (
            ["(deployment ecs-svc/1) deployment in progress.", "was unable to place a task."],
            "was unable to place a task.",
        ),
        (
            ["failed to launch a task with (error ECS was unable to assume the role 'r').", "x"],
            "failed to launch a task with (error ECS was unable to assume the role 'r').",
        ),
    ],
)
def test_why_nothing_starts_is_what_ecs_said_last_of_it(
    app: ReleasedApp, events: list[str], trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = {
        "serviceName": "my-shop--web",
        "status": "ACTIVE",
        "desiredCount": 1,
        "deployments": [],
        "events": [{"message": f"(service my-shop--web) {said}"} for said in events],
    }
    late = Late(operation="DescribeServices", calls=range(1, 2), content={"services": [service]})
    with late_answers(app.aws.endpoint_url, late) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
        (crew,) = Crews(app.session, "herogate--default").describe(["my-shop--web"]).values()
    assert crew.trouble == trouble


def test_a_rollout_that_takes_too_long_is_stopped_and_taken_back(app: ReleasedApp) -> None:
    live = app.deploy(web=V1)
    declared = app.declare(web=WORK)
    failed = drained(ahead(app, BOOT_LIMIT).follow(app.name, declared.number), [])
    assert failed.status is ReleaseStatus.FAILED
    assert "web" in str(failed.reason)
    assert eventually(lambda: app.running) == {"web": V1}
    assert (app.page(), app.platform.releases.current(app.name)) == ("v1", live)


def test_values_that_thirty_newer_releases_do_not_need_go_with_the_next_change_of_config_vars(
    fresh: ReleasedApp,
) -> None:
    pages = fresh.client("ssm").get_paginator("get_parameters_by_path")

    def values() -> set[str]:
        found = pages.paginate(Path=f"/herogate/{fresh.name}/config/KEY")
        return {each["Name"] for page in found for each in page["Parameters"]}

    everything = {fresh.set("KEY", str(number)).config["KEY"] for number in range(KEPT + 1)}
    newest = fresh.set("KEY", "last")
    assert outcome(fresh.follow(newest)) == LIVE
    assert values() == {*everything, newest.config["KEY"]}
    fresh.platform.config_vars.update(fresh.name, {"OTHER": "now"})
    kept = {release.config["KEY"] for release in fresh.platform.releases.all(fresh.name)[:KEPT]}
    assert values() == kept


def test_a_destroyed_app_leaves_nothing_of_its_releases_though_aws_tells_of_it_for_a_while(
    region: Platform, aws: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.apps.create("old-shop").wait()
    app = ReleasedApp(aws=aws, platform=region, name="old-shop")
    app.deploy(web=V1)
    secret = app.set("SECRET", "value").config["SECRET"]
    told = {"Parameters": [{"Name": secret, "Type": "SecureString"}]}
    late = Late(operation="GetParametersByPath", calls=range(2, 4), content=told)
    with late_answers(aws.endpoint_url, late) as url, monkeypatch.context() as lately:
        lately.setenv("AWS_ENDPOINT_URL_SSM", url)
        Platform(region=region.region).apps.destroy("old-shop").wait()
    definitions = app.client("ecs").list_task_definitions()["taskDefinitionArns"]
    parameters = app.client("ssm").get_parameters_by_path(Path="/herogate/old-shop", Recursive=True)
    (table,) = app.client("dynamodb").list_tables()["TableNames"]
    items = app.client("dynamodb").scan(TableName=table)["Items"]
    assert [arn for arn in definitions if "--old-shop--" in arn] == []
    assert parameters["Parameters"] == []
    assert [item for item in items if item["pk"]["S"] == "app/old-shop"] == []


def test_of_an_image_and_what_attests_to_it_the_image_is_what_was_pushed(app: ReleasedApp) -> None:
    image, attestation = app.slug(web=V1).image_digest, app.slug(web=V1).image_digest
    registry, images = app.registry, ImageRepositories(app.session)
    repository = f"herogate/{app.name}"
    parts = [
        {"platform": {"os": "linux", "architecture": "amd64"}, **part(app, image)},
        {"platform": {"os": "unknown", "architecture": "unknown"}, **part(app, attestation)},
    ]
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": parts}
    text = json.dumps(index).encode()
    put = registry.call("PUT", "manifests/container-1", text, Content_Type=OCI_INDEX)
    assert put.status == 201, put.body

    pushed = images.pushed(repository, "container-1")
    assert pushed is not None
    assert (pushed.digest, pushed.settings_digest is None) == (image, False)
    assert images.image(repository, tag="container-1") is None
    assert images.tagged(repository, ["container-1-image"]) == {"container-1-image"}
    assert images.pushed(repository, "container-1-image") == pushed


def test_processes_are_named_by_id_or_by_age_and_others_are_not_found(app: ReleasedApp) -> None:
    app.deploy(web=V1, worker=WORK)
    eventually(lambda: app.running)
    processes = app.platform.processes
    (web,) = processes.all(app.name, type="web")
    assert [processes.named(app.name, name) for name in (web.name, "web.1")] == [web, web]
    for name in ("web.2", "web.0", "web.00000000", "clock.1", "web"):
        with pytest.raises(NotFound, match="Couldn't find that process"):
            processes.named(app.name, name)
    with pytest.raises(NotFound, match="No clock processes on my-shop") as unknown:
        processes.all(app.name, type="clock")
    assert unknown.value.hint == "Process types of my-shop: web, worker."


def test_a_process_that_crashed_is_shown_until_another_has_taken_its_place(
    app: ReleasedApp,
) -> None:
    app.deploy(web=V1, worker=command("crash", "9"))
    workers = {"cluster": "herogate--default", "service": "my-shop--worker"}
    app.client("ecs").update_service(**workers, desiredCount=1)

    def crashed() -> Process | None:
        found = app.platform.processes.all(app.name, type="worker")
        return next((p for p in found if p.state is ProcessState.CRASHED), None)

    assert eventually(crashed).command == command("crash", "9")
    app.client("ecs").update_service(**workers, desiredCount=0)
    wait_until(lambda: crashed() is None)
