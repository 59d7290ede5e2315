"""Schedules, on a cloud that really runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from local_cloud import LocalCloud
from released_apps import ReleasedApp, command
from waiting import eventually, wait_until

from herogate import Platform
from herogate.aws import ecs_events
from herogate.aws.ecs_tasks import Instance, Instances
from herogate.engine import process_names
from herogate.engine.schedules import VARIABLE
from herogate.errors import InvalidRequest, NotFound
from herogate.models import LogSource, Schedule, ScheduledRun, Size
from stacks import names
from stacks.names import LogPurpose
from stacks.outputs import AppOutput as Output

FAMILY = "herogate--cron-shop--_scheduled"
V1 = command("serve", "v1")


@pytest.fixture(scope="module")
def app(region: Platform, aws: LocalCloud) -> ReleasedApp:
    """An app of which something was released."""
    region.apps.create("cron-shop").wait()
    made = ReleasedApp(aws=aws, platform=region, name="cron-shop")
    made.deploy(web=V1)
    return made


@pytest.fixture
def schedules(app: ReleasedApp) -> Iterator[Any]:
    """The app's schedules, of which there are none before a test and after it."""
    yield app.platform.schedules
    for schedule in app.platform.schedules.all(app.name):
        app.platform.schedules.remove(app.name, schedule.id)


def last_run(app: ReleasedApp, schedule_id: str) -> ScheduledRun:
    """The last run of a schedule, as soon as one has ended."""

    def look() -> ScheduledRun | None:
        run = app.platform.schedules.info(app.name, schedule_id).last_run
        return run if run is not None and run.ended_at is not None else None

    return eventually(look)


def definitions(app: ReleasedApp) -> list[str]:
    """The releases that schedules could run, by number: one."""
    ecs = app.client("ecs")
    arns = ecs.list_task_definitions(familyPrefix=FAMILY)["taskDefinitionArns"]
    tags = [
        ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])["tags"] for arn in arns
    ]
    return [tag["value"] for each in tags for tag in each if tag["key"] == "herogate:release"]


def test_a_rate_runs_its_command_in_what_is_live_and_tells_how_it_ended(
    app: ReleasedApp, schedules: Any
) -> None:
    line = f"{command('crash', '3')} | cat; echo $HEROGATE_SCHEDULE; exit 3"
    made = schedules.add(app.name, "every 10 minutes", [line], size=Size.STANDARD_2X)
    run = last_run(app, made.id)
    (found,) = schedules.all(app.name)
    lines = [
        each.message
        for each in app.platform.logs.recent(app.name, process=run.process)
        if "line" not in each.message and each.source is LogSource.APP
    ]

    assert (run.exit_code, run.reason) == (3, None)
    assert lines == ["crash 3", made.id]
    assert found == Schedule(
        id=made.id,
        expression="rate(10 minutes)",
        timezone="UTC",
        written="every 10 minutes",
        command=line,
        size=Size.STANDARD_2X,
        created_at=made.created_at,
        next_run=made.created_at + timedelta(minutes=10),
        last_run=run,
    )


def test_a_schedule_can_be_run_beside_its_times(app: ReleasedApp, schedules: Any) -> None:
    made = schedules.add(app.name, "0 3 1 1 *", ["echo", "two  words"], timezone="Europe/Berlin")
    assert (made.expression, made.timezone, made.last_run) == (
        "cron(0 3 1 1 ? *)",
        "Europe/Berlin",
        None,
    )
    process = schedules.run(app.name, made.id)
    run = last_run(app, made.id)

    assert (run.process, run.exit_code) == (process, 0)

    def log() -> list[str] | None:
        found = app.platform.logs.recent(app.name, process=process)
        lines = [f"{line.source}[{line.process}]: {line.message}" for line in found]
        return sorted(lines) if len(lines) == 4 else None

    assert eventually(log) == [
        f"app[{process}]: two  words",
        f"herogate[{process}]: Process exited with status 0",
        f"herogate[{process}]: State changed from starting to up",
        f"herogate[{process}]: State changed from up to complete",
    ]


def test_how_a_run_ended_is_known_when_ecs_has_forgotten_it(
    app: ReleasedApp, schedules: Any
) -> None:
    made = schedules.add(app.name, "rate(1 day)", ["exit 7"])
    run = last_run(app, made.id)
    log = names.log_group(app.name, LogPurpose.PLATFORM)

    def told() -> Instance | None:
        found = ecs_events.ended(app.session, log, names.scheduled_family(app.name), 10)
        return next((each for each in found if each.environment[VARIABLE] == made.id), None)

    found = eventually(told)
    asked = Instances(app.session, "herogate--default").describe(found.arn)
    assert asked is not None
    assert (process_names.name(found), found.exit_code) == (run.process, 7)
    assert rounded(found) == rounded(replace(asked, tags={}))


def rounded(instance: Instance) -> Instance:
    """An instance whose times have milliseconds, as those of events."""
    times = {
        name: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        for name in ("created_at", "started_at", "stopped_at")
        if (moment := getattr(instance, name)) is not None
    }
    return replace(instance, **times)


def test_what_schedules_run_follows_what_is_live_and_never_what_failed(app: ReleasedApp) -> None:
    def is_live() -> bool:
        current = app.platform.releases.current(app.name)
        return current is not None and definitions(app) == [str(current.number)]

    assert is_live()
    assert app.deploy(web=command("crash", "1")).status.has_failed
    assert is_live()
    app.follow(app.set("COLOUR", "blue"))
    assert is_live()
    app.follow(app.platform.rollouts.rollback(app.name, 1))
    assert is_live()


def test_a_release_whose_applier_ended_too_early_is_run_after_a_settling(
    app: ReleasedApp,
) -> None:
    current = app.platform.releases.current(app.name)
    assert current is not None
    ecs = app.client("ecs")
    for arn in ecs.list_task_definitions(familyPrefix=FAMILY)["taskDefinitionArns"]:
        ecs.deregister_task_definition(taskDefinition=arn)
    app.client("dynamodb").delete_item(
        TableName="herogate--default--ledger",
        Key={"pk": {"S": f"app/{app.name}"}, "sk": {"S": "scheduled"}},
    )
    assert list(app.platform.rollouts.settle(app.name)) == []
    assert definitions(app) == [str(current.number)]


def test_a_schedule_that_is_not_there(app: ReleasedApp, schedules: Any) -> None:
    for act in (schedules.info, schedules.remove, schedules.run):
        with pytest.raises(NotFound) as refusal:
            act(app.name, "nightly!")
        assert refusal.value.hint == (
            "cron-shop has no schedule nightly!. `herogate schedule -a cron-shop` lists them."
        )


@pytest.mark.parametrize(
    ("expression", "words", "timezone", "message"),
    [
        ("every full moon", ["true"], "UTC", "'every full moon' is no time at which something"),
        ("0 0 30 2 *", ["true"], "UTC", "0 0 30 2 * never comes."),
        ("cron(0 0 1 1 ? 2020)", ["true"], "UTC", "cron(0 0 1 1 ? 2020) never comes."),
        ("@daily", [], "UTC", "There is no command to run."),
        ("@daily", ["true"], "Mars/Olympus", "There is no time zone Mars/Olympus."),
        ("@daily", ["x" * 9000], "UTC", "The command and its variables take"),
    ],
)
def test_a_schedule_that_cannot_be(
    app: ReleasedApp,
    schedules: Any,
    expression: str,
    words: list[str],
    timezone: str,
    message: str,
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        schedules.add(app.name, expression, words, timezone=timezone)

    assert refusal.value.message.startswith(message)
    assert schedules.all(app.name) == []


def forget_outputs(app: ReleasedApp) -> None:
    """Have the app's stack tell nothing of schedules, as one that an earlier version made."""
    cloudformation = app.client("cloudformation")
    stack = {"StackName": names.app_stack(app.name)}
    template = cloudformation.get_template(**stack)["TemplateBody"]
    document = dict(json.loads(template) if isinstance(template, str) else template)
    for name in (Output.SCHEDULE_GROUP, Output.SCHEDULER_ROLE_ARN):
        del document["Outputs"][name]
    cloudformation.update_stack(
        **stack, TemplateBody=json.dumps(document), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    wait_until(
        lambda: (
            cloudformation.describe_stacks(**stack)["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"
        )
    )


def test_an_app_has_schedules_from_its_first_release_on_and_takes_them_along(
    region: Platform, aws: LocalCloud
) -> None:
    region.apps.create("gone-shop").wait()
    app = ReleasedApp(aws=aws, platform=region, name="gone-shop")
    assert region.schedules.all(app.name) == []
    with pytest.raises(InvalidRequest) as refusal:
        region.schedules.add(app.name, "@daily", ["true"])
    assert refusal.value.message == (
        "gone-shop has nothing to run a command in: no build was released yet."
    )
    app.deploy(web=V1)
    made = region.schedules.add(app.name, "rate(1 minute)", [command("work")])
    eventually(lambda: region.schedules.info(app.name, made.id).last_run)
    forget_outputs(app)
    with pytest.raises(InvalidRequest) as older:
        region.schedules.all(app.name)
    assert older.value.message.startswith(
        "gone-shop was made by a version of Herogate that knew no"
    )
    region.apps.destroy(app.name).wait()

    groups = app.client("scheduler").list_schedule_groups()["ScheduleGroups"]
    assert "herogate--gone-shop" not in [group["Name"] for group in groups]
