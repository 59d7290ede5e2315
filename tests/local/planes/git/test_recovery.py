"""Killed around a push: EventBridge hears of it all the same, and no data is left or lost."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from git_work import signing
from local_cloud import LocalCloud, running

from herogate.local.directory import Directory

Listen = Callable[[LocalCloud, dict[str, Any]], Callable[[int], list[dict[str, Any]]]]


def kill(directory: Directory) -> None:
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def data(directory: Directory, repository: dict[str, Any]) -> Path:
    return directory.path / "git" / f"{repository['repositoryId']}.git"


def test_a_push_cut_off_before_its_event_is_told_after_the_restart(
    tmp_path: Path, directory: Directory, listen: Listen
) -> None:
    cloud = running(directory)
    created = cloud.client("codecommit").create_repository(repositoryName="shop")
    repository = created["repositoryMetadata"]
    heard = listen(cloud, repository)
    work = signing(tmp_path / "work", cloud)
    first = work.commit("index.html", "v1")
    work.done("push", "--quiet", repository["cloneUrlHttp"], "master")
    heard(1)
    kill(directory)
    second = work.commit("index.html", "v2")
    # What git had done when the kill came: objects and reference are there, nobody was told.
    bare = str(data(directory, repository))
    subprocess.run(["git", "fetch", "--quiet", work.folder, "+master:master"], cwd=bare, check=True)
    heard = listen(running(directory), repository)
    [told] = heard(1)

    assert (told["detail"]["oldCommitId"], told["detail"]["commitId"]) == (first, second)


def test_what_was_answered_is_there_after_a_kill_and_what_was_deleted_is_not(
    tmp_path: Path, directory: Directory
) -> None:
    cloud = running(directory)
    codecommit = cloud.client("codecommit")
    kept = codecommit.create_repository(repositoryName="kept")["repositoryMetadata"]
    gone = codecommit.create_repository(repositoryName="gone")["repositoryMetadata"]
    work = signing(tmp_path / "work", cloud)
    tip = work.commit("index.html", "v1")
    work.done("push", "--quiet", kept["cloneUrlHttp"], "master")
    codecommit.delete_repository(repositoryName="gone")
    kill(directory)
    again = running(directory).client("codecommit")

    branch = again.get_branch(repositoryName="kept", branchName="master")["branch"]
    assert branch == {"branchName": "master", "commitId": tip}
    assert not data(directory, gone).exists()
    assert data(directory, kept).is_dir()
