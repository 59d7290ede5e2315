"""Config vars, scaling, restarts, rollbacks and maintenance of an app that really runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from local_cloud import LocalCloud
from released_apps import ReleasedApp, command
from spoiled_answers import Late, late_answers, spoiled_answers
from waiting import wait_until

from herogate import Platform
from herogate.engine import scaling
from herogate.errors import AwsRefused, InvalidRequest, NotFound, ReleaseFailed
from herogate.models import FormationEntry, Release, ReleaseStatus, Size

V1, V2 = command("serve", "v1"), command("serve", "v2")
WORK = command("work")

VALUES = {
    "NEWLINES": "one\ntwo\r\n\tthree\n",
    "QUOTES": "'single' \"double\" `back` \\ $HOME !",
    "UNICODE": "ünïcödé 🚀 \u2028",
    "LARGE": "x" * 4096,
    "LARGER": "ü" * 4096,
    "EMPTY": "",
}


@pytest.fixture(scope="module")
def app(region: Platform, aws: LocalCloud) -> ReleasedApp:
    """An app with a web process, and without a worker so far."""
    region.apps.create("op-shop").wait()
    app = ReleasedApp(aws=aws, platform=region, name="op-shop")
    app.deploy(web=V1, worker=WORK)
    return app


@pytest.fixture
def fresh(region: Platform, aws: LocalCloud) -> Iterator[ReleasedApp]:
    """An app of which nothing was ever released."""
    region.apps.create("bare-shop").wait()
    yield ReleasedApp(aws=aws, platform=region, name="bare-shop")
    region.apps.destroy("bare-shop").wait()


def live(app: ReleasedApp) -> Release:
    """What is live when everything declared has come to its end."""
    return app.platform.rollouts.wait(app.name)


def quantities(app: ReleasedApp) -> dict[str, tuple[int, Size]]:
    return {each.type: (each.quantity, each.size) for each in app.platform.formations.all(app.name)}


def scale(app: ReleasedApp, *words: str) -> list[FormationEntry]:
    return app.platform.formations.scale(app.name, scaling.scales(words))


def test_values_arrive_byte_for_byte_and_are_shown_so(app: ReleasedApp) -> None:
    app.platform.config_vars.update(app.name, VALUES)
    assert app.platform.config_vars.all(app.name) == VALUES
    live(app)
    assert {key: app.page(key) for key in VALUES} == VALUES


def test_values_that_ssm_does_not_tell_of_yet_are_waited_for(
    app: ReleasedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.platform.config_vars.update(app.name, {"LATE": "but told"})
    values = app.platform.config_vars.all(app.name)
    late = Late(operation="GetParameters", calls=range(1, 3), content={"Parameters": []})
    with late_answers(app.aws.endpoint_url, late) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", url)
        assert Platform(region=app.platform.region).config_vars.all(app.name) == values


def test_a_value_is_found_nowhere_but_in_its_parameter(app: ReleasedApp, aws: LocalCloud) -> None:
    app.platform.config_vars.update(app.name, {"SECRET": "s3cr3t-and-nowhere-else"})
    release = live(app)
    ecs, ledger = app.client("ecs"), app.client("dynamodb")
    definitions = [
        ecs.describe_task_definition(taskDefinition=arn)
        for arn in ecs.list_task_definitions()["taskDefinitionArns"]
    ]
    (table,) = ledger.list_tables()["TableNames"]
    told = [definitions, ledger.scan(TableName=table)["Items"], release]
    assert "s3cr3t" not in json.dumps(told, default=str)
    assert release.config["SECRET"].startswith(f"/herogate/{app.name}/config/SECRET/")


def test_a_value_is_kept_encrypted_and_never_written_over(app: ReleasedApp) -> None:
    app.platform.config_vars.update(app.name, {"KEY": "first"})
    first = live(app).config["KEY"]
    app.platform.config_vars.update(app.name, {"KEY": "second"})
    second = live(app).config["KEY"]
    found = app.client("ssm").get_parameters(Names=[first, second], WithDecryption=True)
    assert {each["Name"]: (each["Type"], each["Value"]) for each in found["Parameters"]} == {
        first: ("SecureString", "first"),
        second: ("SecureString", "second"),
    }


def test_what_is_unset_is_gone_and_unsetting_nothing_makes_no_release(app: ReleasedApp) -> None:
    app.platform.config_vars.update(app.name, {"GONE": "soon"})
    unset = app.platform.config_vars.update(app.name, {"GONE": None, "KEPT": "yes"})
    assert unset.description == "Set KEPT and Unset GONE config vars"
    again = app.platform.config_vars.update(app.name, {"GONE": None})
    assert again.number == unset.number == live(app).number
    assert (app.page("GONE"), app.page("KEPT")) == ("v1", "yes")


def test_config_vars_wait_for_a_first_deploy(fresh: ReleasedApp) -> None:
    with pytest.raises(InvalidRequest, match="has no config vars to unset"):
        fresh.platform.config_vars.update(fresh.name, {"A": None})
    fresh.platform.config_vars.update(fresh.name, {"GREETING": "hello"})
    assert fresh.statuses == [("v1", "Set", "succeeded")]
    with pytest.raises(NotFound, match=r"Couldn't find that process type \(web\)"):
        scale(fresh, "web=2")
    with pytest.raises(InvalidRequest, match="has no processes: nothing was released yet"):
        fresh.platform.restarts.all(fresh.name)
    fresh.platform.maintenance.enable(fresh.name)
    fresh.platform.maintenance.disable(fresh.name)
    assert "There is nothing here yet" in fresh.page()
    fresh.platform.maintenance.enable(fresh.name)
    fresh.deploy(web=V1)
    assert fresh.platform.maintenance.is_on(fresh.name)
    fresh.platform.maintenance.disable(fresh.name)
    assert fresh.page("GREETING") == "hello"


def test_a_config_var_that_breaks_the_app_is_taken_back(app: ReleasedApp) -> None:
    before = live(app)
    crash = command("crash", "3")
    app.deploy(web=V1, worker=WORK)
    failed = app.deploy(web=crash, worker=WORK)
    app.platform.config_vars.update(app.name, {"AFTER": "the failure"})
    assert failed.status is ReleaseStatus.FAILED
    after = live(app)
    assert (after.formation, set(after.config)) == (
        before.formation,
        {*before.config, "AFTER"},
    )


def test_a_one_off_has_what_was_set_a_moment_ago(app: ReleasedApp) -> None:
    for value in ("one", "two"):
        app.platform.config_vars.update(app.name, {"MOMENT": value})
        one_off = app.platform.one_offs.prepare(app.name, ["echo $MOMENT"])
        one_off.start()
        assert list(one_off.output()) == [value]
    live(app)


def test_a_one_off_is_stopped_as_soon_as_ecs_has_heard_of_it(
    app: ReleasedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Late(operation="DescribeTasks", calls=range(1, 3), content={"tasks": []})
    with late_answers(app.aws.endpoint_url, late) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
        platform = Platform(region=app.platform.region)
        one_off = platform.one_offs.prepare(app.name, ["sleep 1000"])
        one_off.start()
        one_off.stop()
        assert list(one_off.output()) == []


def test_values_outlive_a_lost_answer_if_their_release_was_declared(
    app: ReleasedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = live(app).number
    with spoiled_answers(app.aws.endpoint_url, "TransactWriteItems") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        with pytest.raises(AwsRefused):
            Platform(region=app.platform.region).config_vars.update(app.name, {"LOST": "found"})
    assert (live(app).number, app.page("LOST")) == (before + 1, "found")


def test_nothing_stays_of_values_that_could_not_be_set(
    app: ReleasedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = live(app).number
    with spoiled_answers(app.aws.endpoint_url, "PutParameter") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", url)
        with pytest.raises(AwsRefused):
            Platform(region=app.platform.region).config_vars.update(app.name, {"NEVER": "set"})
    path = f"/herogate/{app.name}/config/NEVER"
    assert app.client("ssm").get_parameters_by_path(Path=path, Recursive=True)["Parameters"] == []
    assert live(app).number == before


def test_of_many_who_set_at_once_every_key_is_kept(app: ReleasedApp) -> None:
    keys = {f"K_{number}": f"V_{number}" for number in range(12)}
    before = live(app).number
    with ThreadPoolExecutor(len(keys)) as people:
        set_ = [
            people.submit(app.platform.config_vars.update, app.name, {key: value})
            for key, value in keys.items()
        ]
    numbers = {each.result().number for each in set_}
    assert numbers == set(range(before + 1, before + 1 + len(keys)))
    assert live(app).number == max(numbers)
    assert keys.items() <= app.platform.config_vars.all(app.name).items()
    assert {app.page(key) for key in keys} == set(keys.values())


def test_quantities_change_at_once_and_are_no_release(app: ReleasedApp) -> None:
    before = live(app)
    entries = scale(app, "web=2", "worker+1")
    assert [(each.type, each.quantity) for each in entries] == [("web", 2), ("worker", 1)]
    wait_until(lambda: len(app.platform.processes.all(app.name)) == 3)
    scale(app, "web-1", "worker=0")
    assert quantities(app) == {"web": (1, Size.STANDARD_1X), "worker": (0, Size.STANDARD_1X)}
    assert live(app) == before


def test_of_many_who_add_to_a_quantity_at_once_each_is_heard(app: ReleasedApp) -> None:
    before = quantities(app)["worker"][0]
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda change: scale(app, change), ["worker+1"] * 4))
    assert quantities(app)["worker"][0] == before + 4
    scale(app, f"worker={before}")


def test_all_of_a_scale_is_done_or_nothing(app: ReleasedApp) -> None:
    before = quantities(app)
    with pytest.raises(NotFound):
        scale(app, "web=5", "clock=1")
    with pytest.raises(InvalidRequest):
        scale(app, "web=5", "worker-9")
    assert quantities(app) == before


def test_a_size_is_a_release(app: ReleasedApp) -> None:
    scale(app, "web=1:0.5x2gb")
    release = live(app)
    (web,) = app.platform.processes.all(app.name, type="web")
    assert (release.description, web.size) == ("Resize web to 0.5x2GB", "0.5x2GB")
    scale(app, "web=1:standard-1x")
    live(app)


def test_a_restart_replaces_processes_and_fails_no_release(app: ReleasedApp) -> None:
    before = live(app)
    (web,) = app.platform.processes.all(app.name, type="web")
    app.platform.restarts.of_process(app.name, "web.1")

    def replaced() -> bool:
        found = app.platform.processes.all(app.name, type="web")
        return len(found) == 1 and found[0].name != web.name

    wait_until(replaced)
    release = app.platform.config_vars.update(app.name, {"DURING": "a restart"})
    app.platform.restarts.all(app.name)
    assert (live(app).number, release.number) == (before.number + 1, before.number + 1)
    assert app.page("DURING") == "a restart"


def test_what_the_load_balancer_does_not_know_restarts_alone(app: ReleasedApp) -> None:
    app.scale("worker", 2)
    one, other = app.platform.processes.all(app.name, type="worker")
    webs = app.platform.processes.all(app.name, type="web")
    assert app.platform.restarts.stop(app.name, one.name) == one

    def replaced() -> bool:
        found = {each.name for each in app.platform.processes.all(app.name, type="worker")}
        return len(found) == 2 and found > {other.name} and one.name not in found

    wait_until(replaced)
    assert app.platform.processes.all(app.name, type="web") == webs
    app.scale("worker", 0)
    with pytest.raises(NotFound, match=r"Couldn't find that process type \(clock\)"):
        app.platform.restarts.of_type(app.name, "clock")


def test_a_rollback_brings_back_code_config_and_sizes(app: ReleasedApp) -> None:
    app.platform.config_vars.update(app.name, {"COLOUR": "green\n"})
    old = live(app)
    app.platform.config_vars.update(app.name, {"COLOUR": "red"})
    app.deploy(web=V2, worker=WORK)
    assert (app.page(), app.page("COLOUR")) == ("v2", "red")
    declared = app.platform.rollouts.rollback(app.name, old.number)
    back = app.platform.rollouts.wait(app.name, declared.number)
    assert (back.description, back.slug, back.config, back.formation) == (
        f"Rollback to {old.version}",
        old.slug,
        old.config,
        old.formation,
    )
    assert (app.page(), app.page("COLOUR")) == ("v1", "green\n")
    assert app.platform.releases.released_commit(app.name) == old.commit


def test_a_rollback_to_what_does_not_run_any_more_fails_as_a_deploy(app: ReleasedApp) -> None:
    failed = app.deploy(web=command("crash", "3"), worker=WORK)
    with pytest.raises(InvalidRequest, match="it was never live, it is failed"):
        app.platform.rollouts.rollback(app.name, failed.number)
    with pytest.raises(ReleaseFailed, match=r"could not go live: web\..* exited with code 3"):
        app.platform.rollouts.wait(app.name, failed.number)


def test_maintenance_is_a_page_in_front_and_survives_a_deploy(app: ReleasedApp) -> None:
    app.platform.maintenance.enable(app.name)
    app.deploy(web=V2, worker=WORK)
    assert app.platform.maintenance.is_on(app.name)
    app.platform.maintenance.disable(app.name)
    assert (app.platform.maintenance.is_on(app.name), app.page()) == (False, "v2")
