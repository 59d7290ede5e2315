"""`apps` and what begins with it: the life of an app, from create to destroy."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from command_line import SCRIPTS, Herogate, Said, run_herogate, shell
from leftovers import leftovers
from local_cloud import LocalCloud
from pages import shows

pytestmark = pytest.mark.e2e

REGION = "eu-central-1"
URL = f"herogate://herogate-local@{REGION}"


@pytest.fixture(scope="module")
def environment(
    cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """A user's shell, in a region where a space is; afterwards nothing may be left there."""
    home = tmp_path_factory.mktemp("home")
    environment = shell(cloud, home, REGION)
    made = run_herogate("spaces:create", folder=home, environment=environment)
    assert made == Said(out="", err="Creating space default... done\n", code=0)
    yield environment
    gone = run_herogate(
        "spaces:destroy", "default", "-c", "default", folder=home, environment=environment
    )
    assert gone == Said(out="", err="Destroying space default... done\n", code=0)
    assert leftovers(cloud, REGION) == []


@pytest.fixture
def folder(environment: dict[str, str], tmp_path: Path) -> Path:
    """A git repository with the branch `trunk` checked out."""
    folder = tmp_path / "shop"
    subprocess.run(["git", "init", "--quiet", "-b", "trunk", folder], check=True, env=environment)
    return folder


@pytest.fixture
def herogate(environment: dict[str, str], folder: Path) -> Iterator[Herogate]:
    """Run `herogate` in that repository; the apps made go with the test."""

    def run(*arguments: str, **more: str) -> Said:
        return run_herogate(*arguments, folder=folder, environment={**environment, **more})

    yield run
    for app in json.loads(run("apps", "--json").out):
        run("destroy", app["name"], "--confirm", app["name"])


def remotes(folder: Path) -> list[str]:
    told = subprocess.run(
        ["git", "remote", "-v"], cwd=folder, check=True, capture_output=True, text=True
    )
    return [line.replace("\t", " ") for line in told.stdout.splitlines() if "(push)" in line]


def web_url(created: Said) -> str:
    return created.out.partition(" | ")[0]


def test_an_app_lives_from_create_to_destroy(
    herogate: Herogate, folder: Path, cloud: LocalCloud
) -> None:
    created = herogate("create", "my-mart")
    url = web_url(created)
    assert (created.out, created.code) == (f"{url} | {URL}/my-mart\n", 0)
    assert created.err.endswith("Creating my-mart... done\n")
    assert remotes(folder) == [f"herogate {URL}/my-mart (push)"]
    assert shows(url, "my-mart")

    facts = dict(line.split("=", 1) for line in herogate("info", "--shell").out.splitlines())
    assert herogate("info").out.startswith(
        f"=== my-mart\n\nAuto Cert Mgmt: false\nGit URL:        {URL}/my-mart\nWeb URL:        {url}\n"
    )
    assert (facts["web_url"], facts["deploy_branch"]) == (url, "trunk")
    assert herogate("apps") == Said(out="=== developer Apps\n\nmy-mart\n", err="", code=0)
    assert herogate("open", "--print", "/a?b=c").out == f"{url}/a?b=c\n"

    stack = cloud.client("cloudformation", region_name=REGION)
    made = stack.describe_stack_resources(StackName="herogate-app--my-mart")["StackResources"]
    destroyed = herogate("destroy", "--confirm", "my-mart")
    assert destroyed == Said(
        out="",
        err="Destroying my-mart (including all add-ons)... done\n"
        f"Removed: {len(made)} AWS resources\n",
        code=0,
    )
    assert remotes(folder) == []
    assert not shows(url, "my-mart")
    assert herogate("info", "my-mart") == Said(
        out="",
        err=(
            " ›   Error: Couldn't find that app.\n"
            " ›\n"
            f" ›   There is no app my-mart in {REGION}. `herogate apps` lists your apps.\n"
        ),
        code=2,
    )
    assert herogate("apps").out == "You have no apps.\n"


def test_an_app_whose_maker_thought_of_no_name_gets_one(herogate: Herogate) -> None:
    created = herogate("create")
    name = created.out.strip().rpartition("/")[2]
    assert created.err.endswith(f"Creating app... done, {name}\n")
    assert herogate("info", "-a", name).code == 0


def test_json_is_the_same_app_everywhere(herogate: Herogate) -> None:
    created = json.loads(herogate("create", "my-shop", "--json", "-b", "heroku/nodejs").out)
    assert json.loads(herogate("info", "--json").out) == created
    assert json.loads(herogate("apps", "--all", "--personal", "--json").out) == [created]
    assert json.loads(herogate("buildpacks", "--json").out) == ["heroku/nodejs"]
    assert (created["name"], created["region"]["name"]) == ("my-shop", REGION)
    assert created["status"] == "ready"


def test_create_can_leave_the_work_to_aws(herogate: Herogate) -> None:
    created = herogate("create", "my-shop", "--no-wait")
    assert (created.err, created.code) == ("Creating my-shop... accepted\n", 0)
    assert created.out == f"{web_url(created)} | {URL}/my-shop\n"
    assert web_url(created).startswith("http://localhost:80")


def test_a_name_that_is_taken_is_refused(herogate: Herogate) -> None:
    herogate("create", "my-shop", "--no-remote")
    assert herogate("create", "my-shop") == Said(
        out="",
        err=(
            "Creating my-shop... !\n"
            " ›   Error: Name my-shop is already taken\n"
            " ›\n"
            " ›   `herogate info -a my-shop` shows it.\n"
        ),
        code=2,
    )


@pytest.mark.parametrize("remote", ["", "my remote"])
def test_a_remote_that_cannot_be_added_is_refused_before_anything_is_made(
    herogate: Herogate, remote: str
) -> None:
    assert herogate("create", "my-shop", "--remote", remote) == Said(
        out="",
        err=f" ›   Error: {remote!r} cannot be the name of a git remote.\n",
        code=2,
    )
    assert herogate("apps").out == "You have no apps.\n"


def test_no_app_is_made_from_a_repository_that_cannot_be_read(
    herogate: Herogate, folder: Path
) -> None:
    (folder / ".git" / "config").write_text("[remote\n")
    refused = herogate("create", "my-shop")
    assert (refused.out, refused.code) == ("", 1)
    assert refused.err.startswith(" ›   Error: The git repository cannot be read: ")
    assert herogate("apps").out == "You have no apps.\n"


def test_an_app_is_destroyed_though_its_remote_cannot_be_removed(
    herogate: Herogate, folder: Path
) -> None:
    herogate("create", "my-shop")
    (folder / ".git" / "config").write_text("[remote\n")
    destroyed = herogate("destroy", "my-shop", "--confirm", "my-shop")
    assert (destroyed.out, destroyed.code) == ("", 0)
    assert destroyed.err.startswith(
        "Destroying my-shop (including all add-ons)... done\n"
        " ›   Warning: The git remotes stay as they are. The git repository cannot be\n"
    )


def test_a_remote_of_an_app_that_is_gone_is_removed_by_destroying_it_again(
    herogate: Herogate, folder: Path, environment: dict[str, str]
) -> None:
    herogate("create", "my-shop")
    elsewhere = folder.parent
    run_herogate("destroy", "-c", "my-shop", "my-shop", folder=elsewhere, environment=environment)
    assert remotes(folder) == [f"herogate {URL}/my-shop (push)"]
    again = herogate("destroy", "my-shop", "--confirm", "my-shop")
    assert again == Said(
        out="",
        err=(
            "Destroying my-shop (including all add-ons)... !\n"
            " ›   Warning: git remote herogate led to my-shop and is removed.\n"
            " ›   Error: Couldn't find that app.\n"
            " ›\n"
            f" ›   There is no app my-shop in {REGION}. `herogate apps` lists your apps.\n"
        ),
        code=2,
    )
    assert remotes(folder) == []


def test_a_remote_in_use_stays_and_can_be_set(herogate: Herogate, folder: Path) -> None:
    herogate("create", "one")
    second = herogate("create", "two")
    told = " ".join(second.err.replace("›", "").split())
    assert told.endswith(
        f"Warning: git remote herogate points to {URL}/one and stays so. "
        "To point it here: herogate git:remote -a two -r herogate"
    )
    assert remotes(folder) == [f"herogate {URL}/one (push)"]
    said = herogate("git:remote", "-a", "two")
    assert (said.out, said.code) == (f"set git remote herogate to {URL}/two\n", 0)
    assert remotes(folder) == [f"herogate {URL}/two (push)"]
    assert herogate("git:remote", "-a", "three").code == 2


def test_of_two_apps_one_must_be_chosen(herogate: Herogate, folder: Path) -> None:
    herogate("create", "my-shop")
    herogate("create", "my-shop-staging", "--remote", "staging")
    refused = herogate("info")
    assert (refused.out, refused.code) == ("", 2)
    assert refused.err.startswith(" ›   Error: Multiple apps in git remotes\n")
    chosen = [
        herogate("info", "-r", "staging"),
        herogate("info", "-a", "my-shop-staging"),
        herogate("info", HEROGATE_APP="my-shop-staging"),
    ]
    subprocess.run(["git", "config", "herogate.remote", "staging"], cwd=folder, check=True)
    assert chosen == [herogate("info")] * 3


def test_a_remote_brings_its_region_and_profile(
    herogate: Herogate, environment: dict[str, str]
) -> None:
    herogate("create", "my-shop")
    said = herogate("info", AWS_REGION="us-east-1", AWS_PROFILE="")
    assert (said.err, said.code) == ("", 0)
    assert f"Region:         {REGION}\n" in said.out
    assert herogate("info", "--region", "us-east-1").code == 2


def test_without_the_git_helper_on_path_create_says_so(herogate: Herogate) -> None:
    said = herogate("create", "my-shop", PATH="/usr/local/bin:/usr/bin:/bin")
    told = " ".join(said.err.replace("›", "").split())
    assert told.endswith(
        "Warning: git-remote-herogate is not on PATH: `git push` to the app needs it. "
        f"Add {SCRIPTS} to it."
    )


def test_ctrl_c_detaches_and_the_app_can_still_be_destroyed(
    environment: dict[str, str], folder: Path, herogate: Herogate, cloud: LocalCloud
) -> None:
    with subprocess.Popen(
        [SCRIPTS / "herogate", "create", "my-shop"],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as creating:
        wait_for_the_first_resource(cloud, "herogate-app--my-shop")
        creating.send_signal(signal.SIGINT)
        out, err = creating.communicate(timeout=30)
    assert (out, creating.returncode) == ("", 130)
    assert err.startswith("Creating my-shop... detached\n ›   Warning: AWS goes on with")
    assert herogate("destroy", "my-shop", "-c", "my-shop").code == 0
    assert herogate("apps").out == "You have no apps.\n"


def wait_for_the_first_resource(cloud: LocalCloud, stack: str) -> None:
    """Return when something of a stack is being made, which is long before all of it is."""
    stacks = cloud.client("cloudformation", region_name=REGION)
    begun = 0
    while begun < 2:  # the stack itself, then a resource
        with suppress(stacks.exceptions.ClientError):
            begun = len(stacks.describe_stack_events(StackName=stack)["StackEvents"])


@pytest.mark.parametrize(("typed", "code"), [("my-shop", 0), ("my-sho", 1)])
def test_at_a_terminal_the_name_is_asked_for(
    environment: dict[str, str], folder: Path, herogate: Herogate, typed: str, code: int
) -> None:
    herogate("create", "my-shop")
    parent, terminal = pty.openpty()
    with subprocess.Popen(
        [SCRIPTS / "herogate", "destroy"],
        cwd=folder,
        env=environment,
        stdin=terminal,
        stderr=subprocess.PIPE,
        text=True,
    ) as destroying:
        os.write(parent, f"{typed}\n".encode())
        _, err = destroying.communicate(timeout=60)
    os.close(parent)
    os.close(terminal)
    assert err.startswith(
        " ›   Warning: This will destroy my-shop with everything that belongs to it.\n"
        " ›   To proceed, type my-shop or re-run with --confirm my-shop\n\n> "
    )
    assert destroying.returncode == code
    assert herogate("info", "my-shop").code == (0 if code else 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("destroy", "my-shop"), "Couldn't find that app."),
        (("destroy", "My-Shop"), "'My-Shop' cannot be the name of an app: "),
        (("spaces:destroy", "another"), "Couldn't find that space."),
    ],
)
def test_nobody_is_asked_to_confirm_what_cannot_be_destroyed(
    environment: dict[str, str], folder: Path, words: tuple[str, ...], message: str
) -> None:
    parent, terminal = pty.openpty()
    refused = subprocess.run(
        [SCRIPTS / "herogate", *words],
        cwd=folder,
        env=environment,
        stdin=terminal,
        capture_output=True,
        text=True,
        timeout=60,
    )
    os.close(parent)
    os.close(terminal)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f" ›   Error: {message}")


def test_what_would_be_made_is_shown_and_nothing_is_made(herogate: Herogate) -> None:
    created = herogate("create", "my-shop", "--dry-run", "--json")
    (stack,) = json.loads(created.out)
    assert (stack["stack"], {change["kind"] for change in stack["changes"]}) == (
        "herogate-app--my-shop",
        {"add"},
    )
    assert json.loads(herogate("apps", "--json").out) == []
