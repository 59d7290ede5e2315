"""Pushes that deploy nothing, fetches and clones: as with any remote of git's."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from deployed_apps import Checkout, checkout
from local_cloud import LocalCloud

from herogate import Platform
from herogate.aws.dynamodb import Table
from herogate.aws.session import Session
from herogate.engine.ledger import Ledger


def test_another_branch_is_pushed_and_said_not_to_deploy(work: Checkout) -> None:
    work.git("checkout", "--quiet", "-b", "feature/x")
    commit = work.commit({"version": "x"})
    pushed = work.push("herogate", "feature/x")

    assert pushed.code == 0
    assert pushed.err.splitlines()[:2] == [
        "remote: Pushed to feature/x, which is not deployed: only main is.",
        "remote: To deploy it: git push <remote> feature/x:main",
    ]
    assert work.git("ls-remote", "herogate", "feature/x").split()[0] == commit
    assert (
        work.push("herogate", ":feature/x").err.splitlines()[-1] == " - [deleted]         feature/x"
    )


def test_tags_come_with_a_push_and_a_fetch(work: Checkout, app: Any, tmp_path: Path) -> None:
    work.git("tag", "--annotate", "first", "--message", "First")
    pushed = work.push("--tags", "herogate")
    another = app.clone(tmp_path / "another")
    another.git("fetch", "--quiet", "--tags", "herogate")

    assert (pushed.code, " * [new tag]         first -> first" in pushed.err) == (0, True)
    assert another.git("tag") == "first"
    assert work.push("herogate", ":first").code == 0


def test_what_was_released_is_not_replaced_without_force(
    work: Checkout, app: Any, tmp_path: Path
) -> None:
    work.git("commit", "--quiet", "--amend", "--message", "other")
    stranger = checkout(tmp_path / "stranger", app.environment)
    stranger.commit({"index.html": "mine"})
    stranger.git("remote", "add", "herogate", app.url)

    behind, foreign = work.push(), stranger.push()
    assert (behind.code, " ! [rejected]        main -> main (non-fast-forward)" in behind.err) == (
        1,
        True,
    )
    assert (foreign.code, " ! [rejected]        main -> main (fetch first)" in foreign.err) == (
        1,
        True,
    )


def test_a_dry_run_pushes_nothing(work: Checkout) -> None:
    before = work.git("ls-remote", "herogate")
    work.commit({"version": "dry"})
    said = work.push("--dry-run", "herogate", "main", "main:other")

    assert (said.code, "main -> main" in said.err, "remote:" in said.err) == (0, True, False)
    assert work.git("ls-remote", "herogate") == before


def test_a_shallow_clone_holds_the_one_commit_that_is_released(
    work: Checkout, app: Any, tmp_path: Path
) -> None:
    work.git("clone", "--quiet", "--depth=1", app.url, str(tmp_path / "shallow"))
    shallow = Checkout(path=tmp_path / "shallow", environment=work.environment)

    assert shallow.git("rev-parse", "HEAD") == work.git("rev-parse", "HEAD")
    assert shallow.git("rev-list", "--count", "HEAD") == "1"


def test_an_app_that_is_still_being_made_is_waited_for(
    region: Platform, app: Any, tmp_path: Path
) -> None:
    work = checkout(tmp_path / "work", app.environment)
    for name in ("fresh", "newer", "newest", "latest"):
        region.apps.create(name)
        said = work.run("git", "clone", str(region.apps.git_url(name)), "clone")
        if f"{name} is broken" not in said.err:  # as it is where another program has its port
            break

    # A fast machine has made the app before git has started.
    waiting = f"remote: Waiting for {name} to be created..."
    assert (said.code, [line for line in said.err.splitlines() if line != waiting]) == (
        0,
        ["Cloning into 'clone'...", "warning: You appear to have cloned an empty repository."],
    )


def test_an_app_that_is_being_destroyed_takes_no_push(work: Checkout, region: Platform) -> None:
    app = region.apps.create("going").wait()
    Ledger(Table(Session(region=region.region), "herogate--default--ledger"), "default").close(
        app.name
    )
    refused = work.push(app.git_url, "main")

    assert (refused.code, refused.err.splitlines()[0]) == (128, "fatal: going is being destroyed.")
    region.apps.destroy(app.name).wait()


@pytest.mark.parametrize(
    ("url", "changed", "said"),
    [
        (
            "herogate://eu-north-1/nobody",
            {},
            [
                "fatal: Couldn't find that app.",
                "hint: There is no app nobody in eu-north-1. `herogate apps` lists your apps.",
            ],
        ),
        (
            "herogate://eu-north-1/demo",
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            [
                "fatal: The AWS endpoint http://127.0.0.1:9 does not answer.",
                "hint: Check the network and the profile's endpoint_url.",
                "hint: If it is a local cloud: `herogate local start`.",
            ],
        ),
        (
            "herogate://eu-north-1/demo",
            {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"},
            [
                "fatal: Unable to locate credentials.",
                "hint: Set AWS_PROFILE or --profile, "
                "or sign in with `aws configure` or `aws sso login`.",
                "hint: For a cloud on this machine: `herogate local start`.",
            ],
        ),
        (
            "herogate://Demo",
            {},
            [
                "fatal: herogate://Demo is not the git URL of an app.",
                "hint: It has the form herogate://[<profile>@]<region>/<app>.",
            ],
        ),
    ],
)
def test_what_is_wrong_is_said_as_git_says_it(
    work: Checkout, url: str, changed: dict[str, str], said: list[str]
) -> None:
    changed_work = Checkout(path=work.path, environment={**work.environment, **changed})
    pushed = changed_work.push(url, "main")

    assert (pushed.code, pushed.err.splitlines()) == (128, said)


def test_no_secret_stands_in_an_argument_a_setting_or_a_log(
    cloud: LocalCloud, work: Checkout
) -> None:
    done, seen = threading.Event(), set[bytes]()

    def watch() -> None:
        while not done.is_set():
            seen.update(_arguments())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        pushed = work.push("herogate", "main:refs/heads/watched")
    finally:
        done.set()
        watcher.join()
    assert pushed.code == 0
    settings = (work.path / ".git" / "config").read_bytes()
    shown = [*seen, settings, pushed.err.encode(), cloud.directory.log.read_bytes()]

    assert any(b"remote-http" in arguments for arguments in seen)
    assert not [text for text in shown if cloud.secret_access_key.encode() in text]
    assert not [text for text in shown if re.search(rb"[0-9]{8}T[0-9]{6}Z[0-9a-f]{64}", text)]


def _arguments() -> list[bytes]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:
            continue  # it has ended meanwhile
    return found
