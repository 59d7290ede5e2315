"""What a process of a release is started as."""

from __future__ import annotations

from dataclasses import replace

import pytest
from releases_cases import release, slug

from herogate.aws.ecs_definitions import Definition
from herogate.engine.definitions import definition, scheduled
from herogate.engine.site import Site
from herogate.models import Architecture, ProcessType, Size

SITE = Site(
    app="my-shop",
    space="default",
    space_stack="herogate-space--default",
    web_url="http://localhost:8001",
    target_group_arn="arn:target-group",
    page_rule_arn="arn:rule",
    image_repository="herogate/my-shop",
    image_repository_uri="registry/herogate/my-shop",
    repository="herogate--my-shop",
    log_group="/herogate/my-shop/app",
    task_role_arn="arn:aws:iam::123456789012:role/task",
    execution_role_arn="arn:aws:iam::123456789012:role/execution",
    schedule_group="herogate--my-shop",
    scheduler_role_arn="arn:aws:iam::123456789012:role/scheduler",
    key_arn=None,
)
LAUNCHER = ("/cnb/lifecycle/launcher", "--")
SLUG = slug(process_types={"web": "serve --all", "worker": "work", "release": "migrate"}, port=3000)
RELEASE = release(
    7,
    slug=SLUG,
    config={"KEY": "/herogate/my-shop/config/KEY/1"},
    formation={
        "web": ProcessType(command="serve --all", size=Size.STANDARD_2X),
        "worker": ProcessType(command="work"),
    },
)
WEB = Definition(
    family="herogate--my-shop--web",
    process_type="web",
    image=f"registry/herogate/my-shop@{SLUG.image_digest}",
    architecture=Architecture.X86_64,
    cpu_units=512,
    memory_mib=1024,
    execution_role_arn="arn:aws:iam::123456789012:role/execution",
    task_role_arn="arn:aws:iam::123456789012:role/task",
    log_group="/herogate/my-shop/app",
    entry_point=("/bin/sh", "-c"),
    command=("exec serve --all",),
    port=3000,
    environment={"PORT": "3000"},
    secrets={"KEY": "/herogate/my-shop/config/KEY/1"},
    tags={"herogate:app": "my-shop", "herogate:space": "default", "herogate:release": "7"},
)
PLAIN = replace(
    WEB,
    family="herogate--my-shop--worker",
    process_type="worker",
    cpu_units=256,
    memory_mib=512,
    command=("exec work",),
    port=None,
    environment={},
)


def test_a_web_process_is_told_its_port() -> None:
    assert definition(RELEASE, SLUG, "web", SITE) == WEB


def test_a_worker_says_itself_that_it_lives() -> None:
    assert definition(RELEASE, SLUG, "worker", SITE) == replace(PLAIN, health_command="exit 0")


def test_the_release_process_runs_the_procfiles_line() -> None:
    assert definition(RELEASE, SLUG, "release", SITE) == replace(
        PLAIN,
        family="herogate--my-shop--release",
        process_type="release",
        command=("exec migrate",),
        keeps_output=True,
    )


def test_a_one_off_takes_any_command_whatever_the_images_entry_point() -> None:
    assert definition(RELEASE, SLUG, "run", SITE) == replace(
        PLAIN,
        family="herogate--my-shop--run",
        process_type="run",
        command=("true",),
        keeps_output=True,
    )


def test_what_schedules_run_is_a_one_off_of_a_family_that_no_process_type_can_have() -> None:
    assert scheduled(RELEASE, SLUG, SITE) == replace(
        PLAIN,
        family="herogate--my-shop--_scheduled",
        process_type="scheduler",
        command=("true",),
        keeps_output=True,
    )


def test_an_image_that_does_not_say_its_port_is_told_8080() -> None:
    silent = replace(SLUG, port=None)
    assert definition(RELEASE, silent, "web", SITE).environment == {"PORT": "8080"}


@pytest.mark.parametrize("process_type", ["worker", "run"])
def test_without_a_shell_nothing_needs_one(process_type: str) -> None:
    bare = replace(SLUG, shell=False)
    told = definition(RELEASE, bare, process_type, SITE)
    assert (told.entry_point in (None, ("work",)), told.health_command) == (True, None)


def test_an_image_of_its_own_command_is_started_by_it() -> None:
    own = replace(RELEASE, formation={"web": ProcessType(command=None)})
    told = definition(own, replace(SLUG, process_types={}), "web", SITE)
    assert (told.entry_point, told.command) == (None, None)


@pytest.mark.parametrize(
    ("process_type", "command", "entry_point", "words"),
    [
        ("web", "/cnb/process/web", ("/bin/sh", "-c"), ("exec /cnb/process/web",)),
        ("web", "serve --all", (*LAUNCHER, "/bin/sh", "-c"), ("exec serve --all",)),
        ("web", None, None, None),
        ("run", None, (*LAUNCHER, "/bin/sh", "-c"), ("true",)),
        ("release", None, (*LAUNCHER, "/bin/sh", "-c"), ("exec migrate",)),
    ],
    ids=["found", "declared", "own", "one-off", "release"],
)
def test_what_runs_in_an_image_of_buildpacks_finds_what_they_have_installed(
    process_type: str,
    command: str | None,
    entry_point: tuple[str, ...] | None,
    words: tuple[str, ...] | None,
) -> None:
    packed = replace(SLUG, launcher=True)
    of = replace(RELEASE, formation={"web": ProcessType(command=command)})
    told = definition(of, packed, process_type, SITE)
    assert (told.entry_point, told.command) == (entry_point, words)
