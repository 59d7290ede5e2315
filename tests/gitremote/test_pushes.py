"""Pushes that deploy, and those that fail, as git users see them."""

from __future__ import annotations

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from deployed_apps import Checkout, page
from local_cloud import LocalCloud
from waiting import wait_until

BROKEN = {"Dockerfile": "FROM scratch\n"}
CAUSE = "There is a Dockerfile, and the process runtime builds no Dockerfile."
_HELPER = "credential.helper=!aws codecommit credential-helper --ignore-host-check $@"


def tip(cloud: LocalCloud, app: Any, branch: str = "main") -> str:
    codecommit = cloud.client("codecommit", region_name="eu-north-1")
    found = codecommit.get_branch(repositoryName=f"herogate--{app.name}", branchName=branch)
    return str(found["branch"]["commitId"])


def last_released(work: Checkout) -> str:
    """The commit last released, as the remote shows it."""
    return work.git("ls-remote", "herogate", "refs/heads/main").split()[0]


def test_a_deploy_is_streamed_to_its_end(app: Any) -> None:
    lines = app.first_push.err.splitlines()

    assert lines[0].startswith("remote: -----> ")
    assert lines[-6:] == [
        "remote: -----> Launching...",
        "remote:        Released v1",
        f"remote:        {app.web_url} deployed to Herogate",
        "remote: Verifying deploy... done.",
        "To herogate://eu-north-1/demo",
        " * [new branch]      main -> main",
    ]
    assert page(app.web_url) is not None


def test_what_is_released_is_up_to_date(work: Checkout) -> None:
    said = work.push()

    assert (said.code, said.err) == (0, "Everything up-to-date\n")


def test_a_failed_build_is_rejected_with_its_cause_and_nothing_moves(
    cloud: LocalCloud, app: Any, work: Checkout, tmp_path: Path
) -> None:
    released = work.git("rev-parse", "HEAD")
    broken = work.commit(BROKEN)
    first, again = work.push(), work.push()
    work.git("commit", "--quiet", "--amend", "--message", "another attempt")
    amended = work.push()

    for said in (first, again, amended):
        end = said.err.splitlines()[-20:]
        assert said.code == 1
        assert f"remote:  !     {CAUSE}" in end
        assert "remote:  !     Push rejected: the build failed." in end
        assert " ! [remote rejected] main -> main (build failed)" in end
    assert broken != work.git("rev-parse", "HEAD") == tip(cloud, app)
    assert app.clone(tmp_path / "another").git("rev-parse", "HEAD") == released
    assert page(app.web_url) is not None


def test_an_interrupted_push_says_that_the_deploy_goes_on(
    cloud: LocalCloud, app: Any, work: Checkout
) -> None:
    slow = {"Procfile": "web: python web.py\nrelease: sleep 5\n", "version": "interrupted"}
    commit = work.commit(slow)
    pushing = subprocess.Popen(
        ["git", "push", "herogate", "main"],
        cwd=work.path,
        env=work.environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with pushing:
        assert pushing.stderr is not None
        pushing.stderr.readline()  # the build has begun to tell
        os.killpg(pushing.pid, signal.SIGINT)
        rest = pushing.stderr.read().decode()

    assert f"Not watching any more: the deploy goes on. `herogate builds -a {app.name}`" in rest
    assert "Traceback" not in rest
    assert tip(cloud, app) == commit
    wait_until(lambda: last_released(work) == commit)
    assert page(app.web_url) == "interrupted"


def test_of_two_pushes_at_once_the_later_one_is_live_and_the_other_says_so(
    cloud: LocalCloud, app: Any, work: Checkout, tmp_path: Path
) -> None:
    other = app.clone(tmp_path / "other")
    pushed = {work.commit({"version": "one"}): "one", other.commit({"version": "other"}): "other"}
    with ThreadPoolExecutor() as both:
        said = dict(zip(pushed, both.map(Checkout.push, (work, other)), strict=True))
    last = tip(cloud, app)
    (first,) = pushed.keys() - {last}

    assert said[last].code == 0, said[last].err
    assert page(app.web_url) == pushed[last]
    assert said[first].code == 1
    assert f"(superseded by {last[:8]})" in said[first].err


def test_a_plain_push_without_the_helper_deploys_as_well(
    cloud: LocalCloud, app: Any, work: Checkout
) -> None:
    commit = work.commit({"version": "by plain git"})
    codecommit = cloud.client("codecommit", region_name="eu-north-1")
    described = codecommit.get_repository(repositoryName=f"herogate--{app.name}")
    plain = described["repositoryMetadata"]["cloneUrlHttp"]
    work.git("config", "user.name", "Ada")
    work.git("remote", "add", "plain", plain)
    work.git("config", "credential.useHttpPath", "true")
    work.git("config", *_HELPER.split("=", 1))
    environment = {**work.environment, "AWS_DEFAULT_REGION": "eu-north-1"}
    Checkout(path=work.path, environment=environment).git("push", "--force", "plain", "main")

    wait_until(lambda: last_released(work) == commit)
    assert page(app.web_url) == "by plain git"
